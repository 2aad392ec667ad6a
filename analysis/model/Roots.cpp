// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Roots.h"
#include "model/Places.h"

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
  forEachPlace(Unit, [&](const Place &P) {
    std::string &Name = Unit.Strings[P.File];
    if (StringRef(Name).starts_with("./"))
      Name = pathFromRoot(Name, Root);
  });
}

} // namespace threadbare
