// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <boost/asio.hpp>

namespace asio = boost::asio;

static int refresh() { return 1; }

namespace {
struct Cursor {
  int advance() { return 1; }
};
} // namespace

int blocking_a();

asio::awaitable<int> own_statics_ok() { co_return refresh() + Cursor().advance(); }
asio::awaitable<int> other_file_bad() {
  co_return blocking_a(); // expect: blocking-call-in-coroutine; note: blocking_a -> refresh -> usleep
}
int main() {
  asio::io_context io;
  asio::co_spawn(io, own_statics_ok(), asio::detached);
  asio::co_spawn(io, other_file_bad(), asio::detached);
  io.run();
}
