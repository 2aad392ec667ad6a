// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the C library's functions are stood in for. Preloaded or linked, our definitions come first; the real ones are
// what the loader finds next.
#pragma once

#include "Blocking.h"

#include <dlfcn.h>

#define THREADBARE_EXPORT extern "C" __attribute__((visibility("default")))

namespace threadbare::rt {

template <class Function> Function *next(const char *Name) {
  return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, Name));
}

} // namespace threadbare::rt

/// BLOCKS(ssize_t, read, (int F, void *B, size_t N), (F, B, N)) times read.
#define BLOCKS(Result, Name, Parameters, Arguments)                                                                    \
  THREADBARE_EXPORT Result Name Parameters {                                                                           \
    static auto *Real = threadbare::rt::next<Result Parameters>(#Name);                                                \
    return threadbare::rt::timed(#Name, [&] { return Real Arguments; });                                               \
  }

/// The same for a call that a loop waits for work in: what follows is how late the loop is.
#define WAITS_FOR_EVENTS(Name, Parameters, Arguments)                                                                  \
  THREADBARE_EXPORT int Name Parameters {                                                                              \
    static auto *Real = threadbare::rt::next<int Parameters>(#Name);                                                   \
    int Result = threadbare::rt::timed(#Name, [&] { return Real Arguments; });                                         \
    threadbare::rt::loopWoke();                                                                                        \
    return Result;                                                                                                     \
  }
