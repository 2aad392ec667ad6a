// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
extern "C" int step();
int step() { return 1; }
