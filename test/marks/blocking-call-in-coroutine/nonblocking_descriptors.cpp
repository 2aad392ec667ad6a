// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// Who made the descriptor non-blocking: a helper, a constructor, a factory, the call that opened it; and who did not.
#include <array>
#include <boost/asio.hpp>
#include <cerrno>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;

static bool make_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags == -1) return false;
  return ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != -1;
}
static int listener_on(int backlog) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  ::listen(fd, backlog);
  return fd;
}
static int plain_socket() { return ::socket(AF_INET, SOCK_DGRAM, 0); }

class Channel {
public:
  Channel() {
    if (::pipe2(ends_.data(), O_NONBLOCK) != 0) ends_ = {-1, -1};
  }
  long receive(char *p, std::size_t n) { return ::read(ends_[0], p, n); }

private:
  std::array<int, 2> ends_{};
};
class Wakeup {
public:
  Wakeup() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  void wait() {
    eventfd_t v;
    ::eventfd_read(fd_, &v);
  }
  int native() const { return fd_; }

private:
  int fd_;
};
class Timer {
public:
  Timer() : fd_(::timerfd_create(CLOCK_MONOTONIC, 0)) {}
  void wait() {
    unsigned long n;
    (void)!::read(fd_, &n, sizeof n);
  }

private:
  int fd_;
};

awaitable<void> helper_ok(int fd) {
  if (!make_nonblocking(fd)) co_return;
  char b[8];
  (void)!::read(fd, b, sizeof b);
}
awaitable<void> the_other_one_bad(int a, int b) {
  make_nonblocking(a);
  char data[8];
  (void)!::read(b, data, sizeof data);  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> factory_ok() {
  int fd = listener_on(5);
  int peer = ::accept(fd, nullptr, nullptr);
  (void)peer;
  co_return;
}
awaitable<void> factory_bad() {
  int fd = plain_socket();
  char b[8];
  ::recv(fd, b, sizeof b, 0);  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> members_ok(Channel &c, Wakeup &w) {
  char b[8];
  c.receive(b, sizeof b);
  w.wait();
  unsigned long v;
  (void)!::read(w.native(), &v, sizeof v);
  co_return;
}
awaitable<void> member_bad(Timer &t) {
  t.wait();  // expect: blocking-call-in-coroutine; note: Timer::wait -> read
  co_return;
}
awaitable<void> asio_socket_ok(asio::ip::tcp::socket &s) {
  s.non_blocking(true);
  char b[8];
  boost::system::error_code ec;
  s.read_some(asio::buffer(b), ec);
  co_return;
}
awaitable<void> asio_socket_bad(asio::ip::tcp::socket &s) {
  s.non_blocking(false);
  char b[8];
  s.read_some(asio::buffer(b));  // expect: blocking-call-in-coroutine; note: asio::ip::tcp::socket::read_some
  co_return;
}
awaitable<void> locks_bad(int fd) {
  ::flock(fd, LOCK_EX);  // expect: blocking-call-in-coroutine
  ::flock(fd, LOCK_UN);
  ::flock(fd, LOCK_SH | LOCK_NB);
  co_return;
}
awaitable<void> numbers_only_ok(const char *ip) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_INET;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  if (::getaddrinfo(ip, "80", &hints, &found) == 0) ::freeaddrinfo(found);
  co_return;
}
awaitable<void> names_bad(const char *host) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_INET;
  if (::getaddrinfo(host, "80", &hints, &found) == 0)  // expect: blocking-call-in-coroutine
    ::freeaddrinfo(found);
  co_return;
}
