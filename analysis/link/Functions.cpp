// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function a call means. A call resolves to its own unit first, then to a unique definition; where definitions
// differ (several programs in one database) it is unknown.
#include "link/Linker.h"

namespace threadbare {

Linker::Linker(std::vector<const UnitSummary *> Given, LinkOptions Options)
    : Units(std::move(Given)), Options(std::move(Options)) {}

void Linker::indexFunctions() {
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
      if (!InUnit.try_emplace({U, F.Id}, Number).second)
        continue;
      auto [It, New] = Anywhere.try_emplace(F.Id, Number);
      if (!New && It->second != NoFunction) {
        // The same inline function read twice is one; two that stand at different places are two.
        const FunctionInfo &First = Functions[It->second];
        bool Same = First.Record->At.Line == F.At.Line && First.Record->At.Column == F.At.Column &&
                    First.Unit->string(First.Record->At.File) == Unit.string(F.At.File);
        if (Same) {
          InUnit[{U, F.Id}] = It->second;
          continue;
        }
        It->second = NoFunction;
      }
      Functions.push_back({&Unit, &F});
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
    // Only what is counted somewhere, or may be through a pointer, is followed through calls.
    auto Leaf = [&](TermIndex T) {
      while (T && Unit.Terms[T].Kind == TermKind::Element)
        T = Unit.Terms[T].A;
      return T;
    };
    for (const Op &O : Unit.Ops)
      if (O.Kind == OpKind::Access && static_cast<AccessKind>(O.Sub) == AccessKind::Add)
        Counted.insert(Unit.Terms[Leaf(O.A)].Id);
    for (const Term &T : Unit.Terms)
      if (T.Kind == TermKind::Address)
        Counted.insert(Unit.Terms[Leaf(T.A)].Id);
    for (const Range &S : Unit.Silences)
      Silences[Unit.Strings[S.First]] += S.Count;
  }
  AllFacts.resize(Functions.size());
}

FunctionIndex Linker::resolve(const UnitSummary &Unit, SymbolId Id) const {
  if (auto It = InUnit.find({UnitNumbers.lookup(&Unit), Id}); It != InUnit.end())
    return It->second;
  auto It = Anywhere.find(Id);
  return It == Anywhere.end() ? NoFunction : It->second;
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
