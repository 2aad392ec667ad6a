// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// The usual ways to say "I know". No finding may stand in this file.
#include <boost/asio.hpp>
#include <unistd.h>

namespace asio = boost::asio;

asio::awaitable<void> line() {
  ::sleep(1);  // NOLINT(threadbare-blocking-call-in-coroutine)
  // NOLINTNEXTLINE(threadbare-blocking-call-in-coroutine): start-up only
  ::sleep(1);
  // NOLINTBEGIN(threadbare-*)
  ::sleep(1);
  // NOLINTEND(threadbare-*)
  co_return;
}

// An annotation says that this function does not block the caller for long, whatever it calls.
[[clang::annotate("threadbare::nonblocking")]] static void warm() { ::usleep(1); }
asio::awaitable<void> annotated() {
  warm();
  co_return;
}

int main() {}
