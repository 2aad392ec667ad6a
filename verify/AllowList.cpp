// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/AllowList.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

#include <fnmatch.h>

using namespace llvm;

namespace threadbare::verify {

Expected<AllowList> AllowList::load(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return createStringError(Path + ": error: cannot be read: " + Buffer.getError().message());
  AllowList List;
  for (line_iterator Line(**Buffer); !Line.is_at_end(); ++Line)
    if (StringRef Pattern = Line->split('#').first.trim(); !Pattern.empty())
      List.Patterns.push_back(Pattern.str());
  return List;
}

bool AllowList::allows(const Frame &F) const {
  std::string Short = qualifiedName(F.Function);
  return any_of(Patterns, [&](const std::string &Pattern) {
    return any_of(ArrayRef{&F.Function, &F.Symbol, static_cast<const std::string *>(&Short)},
                  [&](const std::string *Name) { return fnmatch(Pattern.c_str(), Name->c_str(), 0) == 0; });
  });
}

void AllowList::write(raw_ostream &OS) const {
  for (const std::string &Pattern : Patterns)
    OS << Pattern << '\n';
}

} // namespace threadbare::verify
