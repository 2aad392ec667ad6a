// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What drove users away from other tools: correct coroutines. No mark stands in this file.
// RUN: %marks --checks=-*,threadbare-* %s
#include <boost/asio.hpp>

#include <cerrno>
#include <fcntl.h>
#include <future>
#include <mutex>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Handed over.
asio::awaitable<void> posted_ok(asio::thread_pool &pool, int fd) {
  static char buffer[16];
  asio::post(pool, [fd] { (void)!::read(fd, buffer, sizeof buffer); });
  co_return;
}

// A lambda that is only made.
struct File {
  void close() { ::fsync(3); }
};
asio::awaitable<void> on_exit_ok(File &file) {
  auto on_exit = [&file] { file.close(); };
  (void)on_exit;
  co_return;
}

// Non-blocking descriptors.
asio::awaitable<void> fcntl_ok(int fd) {
  char b[16];
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  (void)!::recv(fd, b, sizeof b, 0);
  co_return;
}
asio::awaitable<void> fcntl_keeps_flags_ok(int fd) {
  char b[16];
  int flags = ::fcntl(fd, F_GETFL, 0);
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  (void)!::read(fd, b, sizeof b);
  co_return;
}
asio::awaitable<void> opened_ok(asio::ip::tcp::socket &socket) {
  socket.non_blocking(true);
  char b[16];
  boost::system::error_code ignored;
  socket.read_some(asio::buffer(b), ignored);
  co_return;
}

// A future that is known to be ready.
asio::awaitable<int> polled_ok(std::future<int> f) {
  int v = 0;
  if (f.wait_for(0s) == std::future_status::ready)
    v = f.get();
  co_return v;
}
asio::awaitable<int> polled_early_return_ok(std::future<int> f) {
  if (f.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    co_return 0;
  co_return f.get();
}

// The project's own coroutines of those names.
namespace mine {
asio::awaitable<void> connect(const char *host);
asio::awaitable<void> sleep(std::chrono::milliseconds time);
} // namespace mine
asio::awaitable<void> same_name_ok() {
  co_await mine::connect("host");
  co_await mine::sleep(10ms);
}

// A stream over memory.
asio::awaitable<std::string> memory_ok(std::string text) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  std::ostringstream out;
  out << line << std::endl;
  co_return out.str();
}

// Short critical sections.
asio::awaitable<void> locks_ok(std::mutex &m, int &n) {
  {
    std::lock_guard lock(m);
    ++n;
  }
  std::unique_lock second(m, std::defer_lock);
  if (second.try_lock())
    --n;
  co_return;
}

// A root may wait.
asio::awaitable<int> root() { co_return 1; }
int main() {
  asio::io_context io;
  auto result = asio::co_spawn(io, root(), asio::use_future);
  io.run();
  return result.get();
}
