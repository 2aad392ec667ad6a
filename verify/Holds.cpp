// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Holds.h"

using namespace llvm;

namespace threadbare::verify {

std::vector<Hold> holdsOf(const Run &R, Symbolizer &Names) {
  std::vector<Hold> Found;
  for (const json::Object &O : R.Trace) {
    if (O.getString("event") != "held")
      continue;
    Hold H;
    H.Thread = number(O, "tid");
    H.GivenBackBy = number(O, "by");
    H.Millis = number(O, "ns") / 1e6;
    H.SuspendedMillis = number(O, "suspended") / 1e6;
    H.Deadlock = number(O, "deadlock");
    H.Waiters = number(O, "waiters");
    H.WaitedMillis = number(O, "waited") / 1e6;
    H.Stack = Names.frames(O.getArray("stack"));
    H.Waiter = Names.frames(O.getArray("waiter_stack"));
    Found.push_back(std::move(H));
  }
  return Found;
}

} // namespace threadbare::verify
