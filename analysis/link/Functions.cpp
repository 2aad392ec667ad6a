// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function a call means. A call resolves to its own unit first, then to a unique definition; where definitions
// differ (several programs in one database) it is unknown.
#include "link/Linker.h"

namespace threadbare {

Linker::Linker(std::vector<const UnitSummary *> Given, LinkOptions Options)
    : Units(std::move(Given)), Options(std::move(Options)) {}

void Linker::indexFunctions() {
  InUnit.resize(Units.size());
  for (unsigned U = 0; U < Units.size(); ++U) {
    const UnitSummary &Unit = *Units[U];
    UnitNumbers[&Unit] = U;
    for (const Symbol &S : Unit.Symbols) {
      SymbolNames.try_emplace(S.Id, Unit.string(S.Name).str());
      SymbolFlagsOf[S.Id] |= S.Flags;
    }
    for (const Function &F : Unit.Functions) {
      constexpr std::uint32_t Said = FnAnnotatedBlocking | FnAnnotatedNonblocking | FnAnnotatedOffloads;
      if (F.Flags & Said)
        Annotations[F.Id] |= F.Flags & Said;
      if (F.Flags & FnDeclarationOnly)
        continue;
      auto Number = static_cast<FunctionIndex>(Functions.size());
      if (!InUnit[U].try_emplace(F.Id, Number).second)
        continue;
      auto [It, New] = Anywhere.try_emplace(F.Id, Number);
      if (!New && It->second != NoFunction) {
        // The same inline function read twice is one; two that stand at different places are two.
        const FunctionInfo &First = Functions[It->second];
        bool Same = First.Record->At.Line == F.At.Line && First.Record->At.Column == F.At.Column &&
                    First.Unit->string(First.Record->At.File) == Unit.string(F.At.File);
        if (Same) {
          InUnit[U][F.Id] = It->second;
          continue;
        }
        It->second = NoFunction;
      }
      Functions.push_back({&Unit, U, &F});
    }
    for (const Override &O : Unit.Overrides) {
      if (!O.Method || O.Method == O.Overridden)
        MethodClass.try_emplace(O.Overridden, O.Class);
      if (O.Method) {
        auto &List = Overriders[O.Overridden];
        if (llvm::none_of(List, [&](const Overriding &K) { return K.Method == O.Method; }))
          List.push_back({O.Method, O.Class});
      }
      if (!O.InMainFile && !Options.ClosedWorld)
        OpenMethods.insert(O.Overridden);
    }
    for (const Range &S : Unit.Silences)
      Silences[Unit.Strings[S.First]] += S.Count;
  }
  for (unsigned U = 0; U < Units.size(); ++U) {
    CalledAt.emplace_back(Units[U]->Ops.size(), NoFunction);
    for (std::size_t N = 0; N < Units[U]->Ops.size(); ++N)
      if (const Op &O = Units[U]->Ops[N]; O.Kind == OpKind::Call && O.Symbol)
        CalledAt[U][N] = resolve(U, O.Symbol);
  }
  orderCalls();
}

Callers::Callers(const std::vector<std::vector<CallEdge>> &Edges) : First(Edges.size() + 1, 0) {
  for (const auto &List : Edges)
    for (const CallEdge &E : List)
      ++First[E.Callee + 1];
  for (std::size_t F = 0; F < Edges.size(); ++F)
    First[F + 1] += First[F];
  Calls.resize(First.back());
  std::vector<std::uint32_t> Next(First.begin(), First.end() - 1);
  for (FunctionIndex F = 0; F < Edges.size(); ++F)
    for (std::uint32_t N = 0; N < Edges[F].size(); ++N)
      Calls[Next[Edges[F][N].Callee]++] = {F, N, Edges[F][N].Foreign};
}

/// Callees before callers, without recursion: a million functions may call each other in one chain.
void Linker::orderCalls() {
  enum : std::uint8_t { New, Open, Done };
  std::vector<std::uint8_t> Mark(Functions.size(), New);
  Order.reserve(Functions.size());
  struct Visit {
    FunctionIndex F;
    std::vector<std::pair<FunctionIndex, bool>> Callees; ///< and whether it is called by name
    std::size_t At = 0;
  };
  std::vector<Visit> Stack;
  auto Enter = [&](FunctionIndex F) {
    Mark[F] = Open;
    Visit V{F, {}, 0};
    const FunctionInfo &I = Functions[F];
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (std::uint32_t N = B.Ops.First; N < B.Ops.First + B.Ops.Count; ++N) {
        const Op &O = I.Unit->Ops[N];
        if (FunctionIndex C = CalledAt[I.Number][N]; C != NoFunction)
          V.Callees.emplace_back(C, true);
        if ((O.Kind == OpKind::Spawn || O.Kind == OpKind::Store || O.Kind == OpKind::Call) && O.B) {
          const Term &K = I.Unit->Terms[O.B];
          if (K.Kind == TermKind::Closure || K.Kind == TermKind::Function)
            if (FunctionIndex C = resolve(I.Number, K.Id); C != NoFunction)
              V.Callees.emplace_back(C, false);
        }
      }
    Stack.push_back(std::move(V));
  };
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
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
      auto [C, ByName] = V.Callees[V.At++];
      if (Mark[C] == New)
        Enter(C);
      else if (Mark[C] == Open && ByName && C != V.F)
        BackCalls.insert({V.F, C});
    }
  }
}

FunctionIndex Linker::resolve(unsigned Unit, SymbolId Id) const {
  if (auto It = InUnit[Unit].find(Id); It != InUnit[Unit].end())
    return It->second;
  auto It = Anywhere.find(Id);
  return It == Anywhere.end() ? NoFunction : It->second;
}

FunctionIndex Linker::resolve(const UnitSummary &Unit, SymbolId Id) const {
  return resolve(UnitNumbers.lookup(&Unit), Id);
}

std::vector<FunctionIndex> Linker::overriders(const UnitSummary &Unit, SymbolId Method) const {
  std::vector<FunctionIndex> Found;
  llvm::SmallVector<SymbolId, 8> Work{Method};
  llvm::DenseSet<SymbolId> Seen{Method};
  bool Known = false;
  while (!Work.empty()) {
    SymbolId Id = Work.pop_back_val();
    if (OpenMethods.contains(Id))
      return {};
    if (FunctionIndex F = resolve(Unit, Id); F != NoFunction)
      Found.push_back(F);
    auto It = Overriders.find(Id);
    if (It == Overriders.end())
      continue;
    Known = true;
    for (const Overriding &O : It->second) {
      if (Seen.insert(O.Method).second)
        Work.push_back(O.Method);
      else if (O.Method != Id)
        continue;
      if (resolve(Unit, O.Method) == NoFunction)
        return {}; // its body was not read
    }
  }
  if (!Known) {
    // Itself an override, and the last.
    bool Closed = Found.size() == 1 && (Options.ClosedWorld || (Functions[Found[0]].Record->Flags & FnInMainFile));
    return Closed ? Found : std::vector<FunctionIndex>{};
  }
  return Found;
}

/// Whether every caller of \p F was read.
bool Linker::closed(FunctionIndex F) const {
  return Options.ClosedWorld || Functions[F].Record->Flags & (FnInternalLinkage | FnInMainFile | FnLambda);
}

} // namespace threadbare
