// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
struct Worker {
  int done = 0;
  void run();
};
