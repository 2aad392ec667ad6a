// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
extern int shared_hits;
void hit();
