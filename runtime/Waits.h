// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that do not return: with hang_ms=N, a thread of the runtime looks for those that wait longer than that.
#pragma once

namespace threadbare::rt {

void beginWait(const char *Function);
void endWait();

} // namespace threadbare::rt
