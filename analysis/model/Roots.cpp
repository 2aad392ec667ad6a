// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Roots.h"

#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace threadbare {

std::string nameBelowRoots(StringRef Path, ArrayRef<std::string> Roots) {
  for (StringRef Root : Roots) {
    StringRef Rest = Path;
    if (Rest.consume_front(Root.rtrim('/')) && Rest.consume_front("/"))
      return ("./" + Twine(Rest)).str();
  }
  return Path.str();
}

std::string pathFromRoot(StringRef Name, StringRef Root) {
  if (!Name.consume_front("./"))
    return Name.str();
  return (Twine(Root.rtrim('/')) + "/" + Name).str();
}

void restoreRoot(UnitSummary &Unit, StringRef Root) {
  Unit.MainFile = pathFromRoot(Unit.MainFile, Root);
  auto Restore = [&](const Place &P) {
    std::string &Name = Unit.Strings[P.File];
    if (StringRef(Name).starts_with("./"))
      Name = pathFromRoot(Name, Root);
  };
  for (const Op &O : Unit.Ops)
    Restore(O.At);
  for (const Local &L : Unit.Locals)
    Restore(L.At);
  for (const Function &F : Unit.Functions)
    Restore(F.At);
  for (const Symbol &S : Unit.Symbols)
    Restore(S.At);
  for (const Place &P : Unit.Expansions)
    Restore(P);
}

} // namespace threadbare
