// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Linker.h"

namespace threadbare {

/// Callees before callers, without recursion: a million functions may call each other in one chain.
static std::vector<FunctionIndex> bottomUp(const Linker &L) {
  enum : std::uint8_t { New, Open, Done };
  std::vector<std::uint8_t> Mark(L.Functions.size(), New);
  std::vector<FunctionIndex> Order;
  Order.reserve(L.Functions.size());
  struct Visit {
    FunctionIndex F;
    std::vector<FunctionIndex> Callees;
    std::size_t At = 0;
  };
  std::vector<Visit> Stack;
  auto Enter = [&](FunctionIndex F) {
    Mark[F] = Open;
    Visit V{F, {}, 0};
    const FunctionInfo &I = L.Functions[F];
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops)) {
        if (O.Kind == OpKind::Call && O.Symbol)
          if (FunctionIndex C = L.resolve(*I.Unit, O.Symbol); C != NoFunction)
            V.Callees.push_back(C);
        if ((O.Kind == OpKind::Spawn || O.Kind == OpKind::Store || O.Kind == OpKind::Call) && O.B) {
          const Term &K = I.Unit->Terms[O.B];
          if (K.Kind == TermKind::Closure || K.Kind == TermKind::Function)
            if (FunctionIndex C = L.resolve(*I.Unit, K.Id); C != NoFunction)
              V.Callees.push_back(C);
        }
      }
    Stack.push_back(std::move(V));
  };
  for (FunctionIndex F = 0; F < L.Functions.size(); ++F) {
    if (Mark[F] != New)
      continue;
    Enter(F);
    while (!Stack.empty()) {
      Visit &V = Stack.back();
      if (V.At == V.Callees.size()) {
        Mark[V.F] = Done;
        Order.push_back(V.F);
        Stack.pop_back();
        continue;
      }
      FunctionIndex C = V.Callees[V.At++];
      if (Mark[C] == New)
        Enter(C);
    }
  }
  return Order;
}

Program::Program(std::vector<const UnitSummary *> Units, LinkOptions Options)
    : L(std::make_unique<Linker>(std::move(Units), std::move(Options))) {
  L->indexFunctions();
  std::vector<FunctionIndex> Order = bottomUp(*L);
  auto Silences = L->Silences;
  for (unsigned Round = 0;; ++Round) {
    for (FunctionIndex F : Order)
      L->facts(F);
    // Which containers are worked off by threads is only known now, and changes what it means to fill them.
    if (Round == 3 || !L->learnQueues())
      break;
    L->forget();
    L->Silences = Silences;
  }
  L->spreadBlocking();
  L->findContexts();
  L->findHiddenThreads();
}

Program::~Program() = default;

std::size_t Program::size() const { return L->Functions.size(); }
const Function &Program::function(FunctionIndex F) const { return *L->Functions[F].Record; }
const UnitSummary &Program::unit(FunctionIndex F) const { return *L->Functions[F].Unit; }
const Op &Program::operation(PathStep S) const { return L->op(S); }

void Program::forEachBlockedLoop(BlockingCategory Category,
                                 llvm::function_ref<void(FunctionIndex, const BlockingPath &)> Visit) const {
  for (auto &[F, Path] : L->BlockedLoops[Category == BlockingCategory::SyncWait])
    Visit(F, Path);
}

const std::vector<Race> &Program::races() const { return L->Races; }
const std::vector<HiddenThread> &Program::hiddenThreads() const { return L->Hidden; }

std::string Program::name(FunctionIndex F) const {
  return L->Functions[F].Unit->string(L->Functions[F].Record->Name).str();
}

Location Program::location(const UnitSummary &Unit, const Place &P) const {
  return {Unit.string(P.File).str(), P.Line, P.Column};
}

Location Program::location(PathStep S) const { return location(*L->Functions[S.In].Unit, L->op(S).At); }

std::string Program::replacement(llvm::StringRef Set, llvm::StringRef Ecosystem) const {
  return L->Options.Replacement ? L->Options.Replacement(Set, Ecosystem) : "";
}

const std::map<std::string, std::uint64_t> &Program::silences() const { return L->Silences; }

std::unique_ptr<Program, void (*)(Program *)> link(std::vector<const UnitSummary *> Units, LinkOptions Options) {
  return {new Program(std::move(Units), std::move(Options)), [](Program *P) { delete P; }};
}

const std::map<std::string, std::uint64_t> &silences(const Program &P) { return P.silences(); }

} // namespace threadbare
