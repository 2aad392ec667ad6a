// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

inline long hits = 0;
inline void count() { hits++; } // claim count change hits++

void use();
int other();
