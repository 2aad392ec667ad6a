// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Does not include the header: nothing of it has to be compiled again.
int other() { return 0; }
