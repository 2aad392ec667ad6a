// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <unistd.h>

static int refresh() { return ::usleep(1000); }

namespace {
struct Cursor {
  int advance() { return ::usleep(1000); }
};
} // namespace

int blocking_a() { return refresh() + Cursor().advance(); }
