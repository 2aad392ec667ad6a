// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
#include <boost/asio.hpp>
#include <uv.h>

namespace asio = boost::asio;

// Whatever the style of the call.
void with_a_handler_bad(asio::ip::tcp::resolver &resolver) {
  resolver.async_resolve("example.org", "80", [](auto, auto) {}); // expect: fake-async-api; note: one private thread runs getaddrinfo
}

asio::awaitable<void> awaited_bad() {
  asio::ip::udp::resolver resolver(co_await asio::this_coro::executor);
  auto found = co_await resolver.async_resolve("example.org", "53", asio::use_awaitable); // expect: fake-async-api
  (void)found;
}

static void on_file(uv_fs_t *) {}

void files_bad(uv_loop_t *loop, uv_fs_t *request) {
  uv_fs_open(loop, request, "/etc/hosts", 0, 0, on_file);  // expect: fake-async-api; note: UV_THREADPOOL_SIZE
  uv_fs_close(loop, request, 3, &on_file);                 // expect: fake-async-api
  uv_fs_stat(loop, request, "/etc/hosts", [](uv_fs_t *) {}); // expect: fake-async-api
}

// Without a callback it is a plain blocking call; with one that somebody else chooses it may be either.
void synchronous_ok(uv_loop_t *loop, uv_fs_t *request) {
  uv_fs_open(loop, request, "/etc/hosts", 0, 0, nullptr);
  uv_fs_close(nullptr, request, 3, NULL);
}
void chosen_by_the_caller_ok(uv_loop_t *loop, uv_fs_t *request, uv_fs_cb then) {
  uv_fs_close(loop, request, 3, then);
}

// What says in its name that it hands work to a pool.
void work_ok(uv_loop_t *loop, uv_work_t *work) {
  uv_queue_work(loop, work, [](uv_work_t *) {}, [](uv_work_t *, int) {});
}

// Really asynchronous.
asio::awaitable<void> genuine_ok(asio::ip::tcp::socket &socket, asio::steady_timer &timer) {
  char buffer[8];
  co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable);
  co_await timer.async_wait(asio::use_awaitable);
}
void stream_ok(uv_stream_t *stream, uv_tcp_t *socket, uv_connect_t *request, const sockaddr *address) {
  uv_read_start(stream, [](uv_handle_t *, size_t, uv_buf_t *) {}, [](uv_stream_t *, ssize_t, const uv_buf_t *) {});
  uv_tcp_connect(request, socket, address, [](uv_connect_t *, int) {});
}

// A function of the same name that is somebody else's.
namespace own {
void uv_fs_close(uv_loop_t *, uv_fs_t *, int, uv_fs_cb) {}
struct Resolver {
  void async_resolve(const char *, const char *) {}
};
} // namespace own
void own_ok(uv_loop_t *loop, uv_fs_t *request, own::Resolver &resolver) {
  own::uv_fs_close(loop, request, 3, on_file);
  resolver.async_resolve("example.org", "80");
}

int main() {}
