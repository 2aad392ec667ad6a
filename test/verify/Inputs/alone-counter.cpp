// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
double total = 0;
void add() { total += 0.5; } // claim add change total
