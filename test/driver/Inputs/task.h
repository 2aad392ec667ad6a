// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The smallest coroutine, for tests of the program: of what is found, the checks' own tests speak.
#pragma once
#include <coroutine>
#include <unistd.h>

struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
