// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Sources.h"

using namespace llvm;

namespace threadbare::report {

StringRef Sources::line(StringRef File, unsigned Number) {
  auto [Entry, New] = Known.try_emplace(File);
  Source &Text = Entry->second;
  if (New)
    if (auto Buffer = Files->getBufferForFile(File)) {
      Text.Buffer = std::move(*Buffer);
      Text.Buffer->getBuffer().split(Text.Lines, '\n');
    }
  return Number == 0 || Number > Text.Lines.size() ? StringRef() : Text.Lines[Number - 1].rtrim("\r");
}

} // namespace threadbare::report
