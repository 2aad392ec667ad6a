// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// A function whose body is elsewhere, declared to block by its author.
#include <boost/asio.hpp>

namespace asio = boost::asio;

[[clang::annotate("threadbare::blocking")]] int talk_to_the_licence_dongle();
int unknown();

asio::awaitable<int> start() {
  int a = talk_to_the_licence_dongle();  // expect: blocking-call-in-coroutine
  co_return a + unknown();               // its body is not in the program: nothing is claimed
}

int main() {}
