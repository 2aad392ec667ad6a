// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program can tell the Threadbare runtime. Link threadbare::runtime; nothing happens unless THREADBARE_OPTIONS
// is set. C++17.
#pragma once

#if defined(__GNUC__)
#define THREADBARE_RUNTIME_API __attribute__((visibility("default")))
#else
#define THREADBARE_RUNTIME_API
#endif

extern "C" {
THREADBARE_RUNTIME_API void threadbare_allow_blocking(int change);
THREADBARE_RUNTIME_API void threadbare_set_loop_thread(void);
}

namespace threadbare {

/// Blocking calls of this thread are meant while one of these lives: no evidence is written of them.
class ScopedAllowBlocking {
public:
  ScopedAllowBlocking() { threadbare_allow_blocking(1); }
  ~ScopedAllowBlocking() { threadbare_allow_blocking(-1); }
  ScopedAllowBlocking(const ScopedAllowBlocking &) = delete;
  ScopedAllowBlocking &operator=(const ScopedAllowBlocking &) = delete;
};

/// This thread runs an event loop: to be called each time the loop begins to handle what is ready. Not needed for loops
/// that wait in epoll_wait, poll or select.
inline void set_loop_thread() { threadbare_set_loop_thread(); }

} // namespace threadbare
