// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Linker.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

Program::Program(std::vector<const UnitSummary *> Units, LinkOptions Options)
    : L(std::make_unique<Linker>(std::move(Units), std::move(Options))) {
  L->indexFunctions();
  L->readAll();
  L->spreadBlocking();
  L->findContexts();
  L->findHiddenThreads();
  L->findWrappers();
  L->findKeptLocks();
  L->findPoolsPerCall();
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

const std::vector<KeptLocks> &Program::keptLocks() const { return L->Kept; }

const std::vector<ShortPool> &Program::shortPools() const { return L->ShortPools; }
bool Program::isInLoop(PathStep At) const { return L->isInLoop(At); }

void Program::forEachFakeCall(llvm::function_ref<void(const FakeCallSite &)> Visit) const {
  for (const UnitSummary *Unit : L->Units)
    for (const FakeCall &C : Unit->Fakes)
      Visit({L->resolve(*Unit, C.In), Unit, &C});
}

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
  // Limits cut by order: the same units give the same findings, in whichever order they come.
  llvm::stable_sort(Units, [](const UnitSummary *A, const UnitSummary *B) { return A->MainFile < B->MainFile; });
  return {new Program(std::move(Units), std::move(Options)), [](Program *P) { delete P; }};
}

const std::map<std::string, std::uint64_t> &silences(const Program &P) { return P.silences(); }

} // namespace threadbare
