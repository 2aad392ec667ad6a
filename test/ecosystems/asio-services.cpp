// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Services whose callback arms itself again: it runs one at a time, on however many threads.
// RUN: %marks %s
#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;
// b. a rearming timer, started once
class Heartbeat {
  asio::steady_timer timer;
  long beats = 0;
  void arm() {
    timer.expires_after(10ms);
    timer.async_wait([this](error_code e) {
      if (e)
        return;
      ++beats;
      arm();
    });
  }

public:
  explicit Heartbeat(asio::io_context &io) : timer(io) {
  }
  void start() {
    arm();
  }
};
static void heartbeat_ok() {
  asio::io_context io;
  Heartbeat h(io);
  h.start();
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&] {
      io.run();
    });
  for (auto &t : ts)
    t.join();
}
class Heartbeat2 : public std::enable_shared_from_this<Heartbeat2> {
  asio::steady_timer timer;
  long beats = 0;
  void tick(const error_code &e) {
    if (e)
      return;
    ++beats;
    timer.expires_after(10ms);
    timer.async_wait(std::bind(&Heartbeat2::tick, shared_from_this(), std::placeholders::_1));
  }

public:
  explicit Heartbeat2(asio::io_context &io) : timer(io) {
  }
  void start() {
    timer.expires_after(10ms);
    timer.async_wait(std::bind(&Heartbeat2::tick, shared_from_this(), std::placeholders::_1));
  }
};
static void heartbeat2_ok() {
  asio::io_context io;
  auto h = std::make_shared<Heartbeat2>(io);
  h->start();
  std::thread a([&] {
    io.run();
  }),
      b([&] {
        io.run();
      });
  a.join();
  b.join();
}
// A service: timer that rearms itself on a pool
class Sampler {
  asio::thread_pool pool{4};
  asio::steady_timer timer{pool};
  int samples = 0;
  void next() {
    timer.expires_after(1s);
    timer.async_wait([this](error_code e) {
      if (!e) {
        samples++;
        next();
      }
    });
  }

public:
  void start() {
    next();
  }
  void stop() {
    pool.join();
  }
};
static void sampler_ok() {
  Sampler s;
  s.start();
  s.stop();
}
// own loop with every(...)
class Loop {
  asio::io_context io;
  std::thread t[2];
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::vector<std::unique_ptr<asio::steady_timer>> timers;

public:
  void run() {
    for (auto &x : t)
      x = std::thread([this] {
        io.run();
      });
  }
  void every(std::chrono::milliseconds d, std::function<void()> f) {
    auto t = std::make_shared<asio::steady_timer>(io);
    schedule(t, d, std::move(f));
  }
  void schedule(std::shared_ptr<asio::steady_timer> t, std::chrono::milliseconds d, std::function<void()> f) {
    t->expires_after(d);
    t->async_wait([this, t, d, f](error_code e) {
      if (e)
        return;
      f();
      schedule(t, d, f);
    });
  }
  ~Loop() {
    work.reset();
    for (auto &x : t)
      x.join();
  }
};
class Service {
  Loop &loop;
  long ticks = 0;

public:
  explicit Service(Loop &l) : loop(l) {
  }
  void start() {
    loop.every(10ms, [this] {
      ++ticks;
    });
  }
};
static void service_ok() {
  Loop l;
  Service s(l);
  l.run();
  s.start();
}
// coroutine timer
struct Ticker {
  asio::io_context &io;
  long n = 0;
  asio::awaitable<void> run() {
    asio::steady_timer t(io);
    for (;;) {
      t.expires_after(1s);
      co_await t.async_wait(asio::use_awaitable);
      ++n;
    }
  }
  void start() {
    asio::co_spawn(io, run(), asio::detached);
  }
};
static void ticker_ok() {
  asio::io_context io;
  Ticker t{io};
  t.start();
  std::thread a([&] {
    io.run();
  }),
      b([&] {
        io.run();
      });
  a.join();
  b.join();
}
// own thread: every
class Periodic {
  std::jthread worker;

public:
  void every(std::chrono::milliseconds d, std::function<void()> f) {
    worker = std::jthread([d, f](std::stop_token st) {
      while (!st.stop_requested()) {
        std::this_thread::sleep_for(d);
        f();
      }
    });
  }
};
class Collector {
  Periodic p;
  long runs = 0;

public:
  void start() {
    p.every(5ms, [this] {
      ++runs;
    });
  }
};
static void collector_ok() {
  Collector c;
  c.start();
}
// bad: the same but two of them
class Shared {
  asio::io_context &io;
  asio::steady_timer a{io}, b{io};
  long n = 0;
  void arm_a() {
    a.expires_after(1s);
    a.async_wait([this](error_code e) {
      if (e)
        return;
      ++n; // expect: unsynchronized-shared-counter
      arm_a();
    });
  }
  void arm_b() {
    b.expires_after(1s);
    b.async_wait([this](error_code e) {
      if (e)
        return;
      ++n; // expect: unsynchronized-shared-counter
      arm_b();
    });
  }

public:
  explicit Shared(asio::io_context &i) : io(i) {
  }
  void start() {
    arm_a();
    arm_b();
  }
};
static void shared_bad() {
  asio::io_context io;
  Shared s(io);
  s.start();
  std::thread x([&] {
    io.run();
  }),
      y([&] {
        io.run();
      });
  x.join();
  y.join();
}
// bad: read and counted from outside
class Outside {
  asio::io_context &io;
  asio::steady_timer a{io};
  long n = 0;
  void arm() {
    a.expires_after(1s);
    a.async_wait([this](error_code e) {
      if (e)
        return;
      ++n; // expect: unsynchronized-shared-counter
      arm();
    });
  }

public:
  explicit Outside(asio::io_context &i) : io(i) {
  }
  void start() {
    arm();
  }
  void add() {
    ++n; // expect: unsynchronized-shared-counter
  }
};
static void outside_bad() {
  asio::io_context io;
  Outside s(io);
  s.start();
  std::thread x([&] {
    io.run();
  });
  s.add();
  x.join();
}
// own timer loop: thread draining a queue
class Timers {
  std::mutex m;
  std::vector<std::function<void()>> jobs;
  bool stop = false;
  std::thread t{[this] {
    loop();
  }};
  void loop() {
    for (;;) {
      std::this_thread::sleep_for(1ms);
      std::vector<std::function<void()>> copy;
      {
        std::lock_guard l(m);
        if (stop)
          return;
        copy = jobs;
      }
      for (auto &j : copy)
        j();
    }
  }

public:
  void every(std::function<void()> f) {
    std::lock_guard l(m);
    jobs.push_back(std::move(f));
  }
  ~Timers() {
    {
      std::lock_guard l(m);
      stop = true;
    }
    t.join();
  }
};
class Stats {
  Timers &t;
  long n = 0;

public:
  explicit Stats(Timers &x) : t(x) {
  }
  void start() {
    t.every([this] {
      ++n;
    });
  }
};
static void stats_ok() {
  Timers t;
  Stats s(t);
  s.start();
}
int main() {
  heartbeat_ok();
  heartbeat2_ok();
  sampler_ok();
  service_ok();
  ticker_ok();
  collector_ok();
  shared_bad();
  outside_bad();
  stats_ok();
}
