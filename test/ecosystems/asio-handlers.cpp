// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Completion handlers: on the executor of the object that they wait for, one after the other in each chain, and at once
// where several threads run a context that has several chains.
// RUN: %marks %s
#include <boost/asio.hpp>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

static void run_on(asio::io_context &io, int count) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back([&io] { io.run(); });
  for (auto &t : threads)
    t.join();
}

// ---- timers --------------------------------------------------------------------------------------------------------

static int beside_main, two_timers, one_thread, bound, on_strand, rearmed;
static void timer_beside_main() {
  asio::io_context io;
  asio::steady_timer timer(io);
  std::thread t([&io] { io.run(); });
  timer.async_wait([](error_code) { ++beside_main; }); // expect: unsynchronized-shared-counter
  ++beside_main;                                       // expect: unsynchronized-shared-counter
  t.join();
}
static void timers_on_two_threads() {
  asio::io_context io;
  asio::steady_timer a(io), b(io);
  a.async_wait([](error_code) { ++two_timers; }); // expect: unsynchronized-shared-counter
  b.async_wait([](error_code) { ++two_timers; }); // expect: unsynchronized-shared-counter
  run_on(io, 2);
}
static void timers_on_one_thread() {
  asio::io_context io;
  asio::steady_timer a(io), b(io);
  a.async_wait([](error_code) { ++one_thread; });
  b.async_wait([](error_code) { ++one_thread; });
  std::thread t([&io] { io.run(); });
  t.join();
}
static void handlers_bound_to_a_strand() {
  asio::io_context io;
  auto strand = asio::make_strand(io);
  asio::steady_timer a(io), b(io);
  a.async_wait(asio::bind_executor(strand, [](error_code) { ++bound; }));
  b.async_wait(asio::bind_executor(strand, [](error_code) { ++bound; }));
  run_on(io, 2);
}
static void timers_made_on_a_strand() {
  asio::io_context io;
  auto strand = asio::make_strand(io);
  asio::steady_timer a(strand), b(strand);
  a.async_wait([](error_code) { ++on_strand; });
  b.async_wait([](error_code) { ++on_strand; });
  run_on(io, 2);
}
struct Ticker {
  explicit Ticker(asio::io_context &io) : timer(io) { next(); }
  void next() {
    timer.expires_after(std::chrono::seconds(1));
    timer.async_wait([this](error_code ec) {
      ++ticks; // one wait at a time
      ++rearmed;
      if (!ec)
        next();
    });
  }
  asio::steady_timer timer;
  int ticks = 0;
};
static void rearmed_timer() {
  asio::io_context io;
  Ticker ticker(io);
  run_on(io, 4);
}

// ---- servers -------------------------------------------------------------------------------------------------------

static int served, served_locked, served_alone;
static std::atomic<int> served_atomically;
static std::mutex mutex;

class Session : public std::enable_shared_from_this<Session> {
public:
  explicit Session(tcp::socket socket) : socket(std::move(socket)) {}
  void start() { read(); }

private:
  void read() {
    socket.async_read_some(asio::buffer(data), [this, self = shared_from_this()](error_code ec, std::size_t n) {
      if (ec)
        return;
      received += n; // of this session, whose handlers follow each other
      ++turns;
      ++served; // expect: unsynchronized-shared-counter
      ++served_atomically;
      {
        std::lock_guard lock(mutex);
        ++served_locked;
      }
      write(n);
    });
  }
  void write(std::size_t n) {
    asio::async_write(socket, asio::buffer(data, n), [this, self = shared_from_this()](error_code ec, std::size_t n) {
      if (ec)
        return;
      sent += n;
      ++turns;
      read();
    });
  }
  tcp::socket socket;
  std::size_t received = 0, sent = 0;
  int turns = 0;
  char data[256];
};

class Server {
public:
  Server(asio::io_context &io, unsigned short port) : acceptor(io, {tcp::v4(), port}) { accept(); }

private:
  void accept() {
    acceptor.async_accept([this](error_code ec, tcp::socket socket) {
      if (!ec) {
        ++accepted; // one accept at a time
        std::make_shared<Session>(std::move(socket))->start();
      }
      accept();
    });
  }
  tcp::acceptor acceptor;
  int accepted = 0;
};
static void server_of_four_threads() {
  asio::io_context io;
  Server server(io, 4000);
  run_on(io, 4);
}

class LoneSession : public std::enable_shared_from_this<LoneSession> {
public:
  explicit LoneSession(tcp::socket socket) : socket(std::move(socket)) {}
  void start() {
    socket.async_read_some(asio::buffer(data), [this, self = shared_from_this()](error_code ec, std::size_t) {
      ++served_alone;
      if (!ec)
        start();
    });
  }
  tcp::socket socket;
  char data[256];
};
static void accept_alone(tcp::acceptor &acceptor) {
  acceptor.async_accept([&acceptor](error_code ec, tcp::socket socket) {
    if (!ec)
      std::make_shared<LoneSession>(std::move(socket))->start();
    accept_alone(acceptor);
  });
}
static void server_of_one_thread() {
  asio::io_context io;
  tcp::acceptor acceptor(io, {tcp::v4(), 4001});
  accept_alone(acceptor);
  io.run();
}

// Each connection on a strand of its own: its handlers follow each other, whoever starts them.
class Duplex : public std::enable_shared_from_this<Duplex> {
public:
  explicit Duplex(tcp::socket socket) : socket(std::move(socket)) {}
  void start() {
    read();
    write();
  }

private:
  void read() {
    socket.async_read_some(asio::buffer(in), [this, self = shared_from_this()](error_code ec, std::size_t) {
      ++operations;
      if (!ec)
        read();
    });
  }
  void write() {
    asio::async_write(socket, asio::buffer(out), [this, self = shared_from_this()](error_code ec, std::size_t) {
      ++operations;
      if (!ec)
        write();
    });
  }
  tcp::socket socket;
  int operations = 0;
  char in[16], out[16];
};
static void accept_on_strands(asio::io_context &io, tcp::acceptor &acceptor) {
  acceptor.async_accept(asio::make_strand(io), [&](error_code ec, tcp::socket socket) {
    if (!ec)
      std::make_shared<Duplex>(std::move(socket))->start();
    accept_on_strands(io, acceptor);
  });
}
static void server_with_strands() {
  asio::io_context io;
  tcp::acceptor acceptor(io, {tcp::v4(), 4002});
  accept_on_strands(io, acceptor);
  run_on(io, 4);
}

// A chat room that a strand guards.
class Room {
public:
  explicit Room(asio::io_context &io) : strand(asio::make_strand(io)), timer(strand) {}
  void join() {
    asio::post(strand, [this] { ++members; });
  }
  void sweep() {
    timer.async_wait([this](error_code) {
      members -= 1;
      sweep();
    });
  }

private:
  asio::strand<asio::io_context::executor_type> strand;
  asio::steady_timer timer;
  int members = 0;
};
static void room() {
  asio::io_context io;
  Room room(io);
  room.sweep();
  for (int i = 0; i < 10; ++i)
    room.join();
  run_on(io, 4);
}

// Two strands, or a strand and none, exclude nobody.
class Split {
public:
  explicit Split(asio::thread_pool &pool) : one(asio::make_strand(pool)), other(asio::make_strand(pool)), pool(pool) {}
  void fine() {
    asio::post(one, [this] { ++guarded; });
  }
  void bad() {
    asio::post(one, [this] { ++split; });   // expect: unsynchronized-shared-counter
    asio::post(other, [this] { ++split; }); // expect: unsynchronized-shared-counter
  }

private:
  asio::strand<asio::thread_pool::executor_type> one, other;
  asio::thread_pool &pool;
  int guarded = 0, split = 0;
};
static void split() {
  asio::thread_pool pool(4);
  Split all(pool);
  for (int i = 0; i < 100; ++i) {
    all.fine();
    all.bad();
  }
  pool.join();
}

int main() {
  timer_beside_main();
  timers_on_two_threads();
  timers_on_one_thread();
  handlers_bound_to_a_strand();
  timers_made_on_a_strand();
  rearmed_timer();
  server_of_four_threads();
  server_of_one_thread();
  server_with_strands();
  room();
  split();
}
