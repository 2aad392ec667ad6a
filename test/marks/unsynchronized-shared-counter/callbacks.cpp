// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Callbacks that are registered once and called again and again, by pools and timers of the project's own.
// RUN: %marks %s
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
// own pool whose tasks rearm themselves
class Pool {
  std::mutex m;
  std::condition_variable cv;
  std::queue<std::function<void()>> q;
  bool stop = false;
  std::vector<std::thread> ws;
  void work() {
    for (;;) {
      std::function<void()> f;
      {
        std::unique_lock l(m);
        cv.wait(l, [this] {
          return stop || !q.empty();
        });
        if (q.empty())
          return;
        f = std::move(q.front());
        q.pop();
      }
      f();
    }
  }

public:
  explicit Pool(int n) {
    for (int i = 0; i < n; ++i)
      ws.emplace_back(&Pool::work, this);
  }
  void post(std::function<void()> f) {
    {
      std::lock_guard l(m);
      q.push(std::move(f));
    }
    cv.notify_one();
  }
  ~Pool() {
    {
      std::lock_guard l(m);
      stop = true;
    }
    cv.notify_all();
    for (auto &w : ws)
      w.join();
  }
};
class Service {
  Pool &pool;
  long runs = 0;
  void step() {
    runs++;
    if (runs < 100)
      pool.post([this] {
        step();
      });
  }

public:
  explicit Service(Pool &p) : pool(p) {
  }
  void start() {
    pool.post([this] {
      step();
    });
  }
};
static void service_ok() {
  Pool p(4);
  Service s(p);
  s.start();
}
// scheduler with timed queue and several workers; every() reposts
class Scheduler {
  struct Item {
    Clock::time_point at;
    std::function<void()> f;
    bool operator<(const Item &o) const {
      return at > o.at;
    }
  };
  std::mutex m;
  std::condition_variable cv;
  std::priority_queue<Item> q;
  bool stop = false;
  std::vector<std::thread> ws;
  void work() {
    std::unique_lock l(m);
    for (;;) {
      if (stop)
        return;
      if (q.empty()) {
        cv.wait(l);
        continue;
      }
      auto at = q.top().at;
      if (Clock::now() < at) {
        cv.wait_until(l, at);
        continue;
      }
      auto f = q.top().f;
      q.pop();
      l.unlock();
      f();
      l.lock();
    }
  }

public:
  explicit Scheduler(int n) {
    for (int i = 0; i < n; ++i)
      ws.emplace_back([this] {
        work();
      });
  }
  void after(Clock::duration d, std::function<void()> f) {
    {
      std::lock_guard l(m);
      q.push({Clock::now() + d, std::move(f)});
    }
    cv.notify_one();
  }
  void every(Clock::duration d, std::function<void()> f) {
    after(d, [this, d, f] {
      f();
      every(d, f);
    });
  }
  ~Scheduler() {
    {
      std::lock_guard l(m);
      stop = true;
    }
    cv.notify_all();
    for (auto &w : ws)
      w.join();
  }
};
class Monitor {
  Scheduler &s;
  long samples = 0;

public:
  explicit Monitor(Scheduler &x) : s(x) {
  }
  void start() {
    s.every(10ms, [this] {
      samples++;
    });
  }
};
static void monitor_ok() {
  Scheduler s(4);
  Monitor m(s);
  m.start();
}
class Monitor2 {
  Scheduler &s;
  long samples = 0;
  void sample() {
    samples++;
    s.after(10ms, [this] {
      sample();
    });
  }

public:
  explicit Monitor2(Scheduler &x) : s(x) {
  }
  void start() {
    sample();
  }
};
static void monitor2_ok() {
  Scheduler s(4);
  Monitor2 m(s);
  m.start();
}
// std::function that posts itself
static void self_ok() {
  Pool p(4);
  long n = 0;
  std::function<void()> tick;
  tick = [&] {
    n++;
    p.post(tick);
  };
  p.post(tick);
}
// timer thread calling callbacks
class TimerThread {
  std::mutex m;
  std::condition_variable cv;
  std::map<int, std::function<void()>> timers;
  bool stop = false;
  int next = 0;
  std::thread t{[this] {
    run();
  }};
  void run() {
    std::unique_lock l(m);
    while (!stop) {
      cv.wait_for(l, 10ms);
      auto copy = timers;
      l.unlock();
      for (auto &[id, f] : copy)
        f();
      l.lock();
    }
  }

public:
  int add(std::function<void()> f) {
    std::lock_guard l(m);
    timers[next] = std::move(f);
    return next++;
  }
  ~TimerThread() {
    {
      std::lock_guard l(m);
      stop = true;
    }
    cv.notify_all();
    t.join();
  }
};
class Gauge {
  long n = 0;

public:
  void start(TimerThread &t) {
    t.add([this] {
      n++;
    });
  }
};
static void gauge_ok() {
  TimerThread t;
  Gauge g;
  g.start(t);
}
static void two_gauges_ok() {
  TimerThread t;
  long n = 0;
  t.add([&] {
    n++;
  });
  t.add([&] {
    n++;
  });
}
// each timer its own thread
class Repeating {
  std::atomic<bool> stop{false};
  std::thread t;

public:
  void start(std::function<void()> f) {
    t = std::thread([this, f = std::move(f)] {
      while (!stop) {
        std::this_thread::sleep_for(1ms);
        f();
      }
    });
  }
  ~Repeating() {
    stop = true;
    if (t.joinable())
      t.join();
  }
};
class Meter {
  Repeating r;
  long n = 0;
  void tick() {
    n++;
  }

public:
  void start() {
    r.start([this] {
      tick();
    });
  }
};
static void meter_ok() {
  Meter m;
  m.start();
}
static void meters_ok() {
  Meter a, b;
  a.start();
  b.start();
}
static void many_meters_ok() {
  std::vector<std::unique_ptr<Meter>> v;
  for (int i = 0; i < 3; ++i) {
    v.push_back(std::make_unique<Meter>());
    v.back()->start();
  }
}
// thread that restarts itself
class Chain {
  std::thread t;
  long n = 0;

public:
  void run() {
    n++;
  }
  void start() {
    t = std::thread([this] {
      for (;;)
        run();
    });
  }
  ~Chain() {
    t.join();
  }
};
static void chain_ok() {
  Chain c;
  c.start();
}
static void chain_detached_ok() {
  static long n = 0;
  struct R {
    static void again() {
      n++;
      std::thread(again).detach();
    }
  };
  std::thread(R::again).detach();
}
// bad
static long shared_n = 0;
static void posts_bad() {
  Pool p(4);
  for (int i = 0; i < 3; ++i)
    p.post([] {
      shared_n++; // expect: unsynchronized-shared-counter
    });
}
class Two {
  Scheduler &s;
  long n = 0;

public:
  explicit Two(Scheduler &x) : s(x) {
  }
  void start() {
    s.every(10ms, [this] {
      n++; // expect: unsynchronized-shared-counter
    });
    s.every(20ms, [this] {
      n++; // expect: unsynchronized-shared-counter
    });
  }
};
static void two_bad() {
  Scheduler s(4);
  Two m(s);
  m.start();
}
class TwoMeter {
  Repeating r, q;
  long n = 0;

public:
  void start() {
    r.start([this] {
      n++; // expect: unsynchronized-shared-counter
    });
    q.start([this] {
      n++; // expect: unsynchronized-shared-counter
    });
  }
};
static void two_meter_bad() {
  TwoMeter m;
  m.start();
}
int main() {
  service_ok();
  monitor_ok();
  monitor2_ok();
  self_ok();
  gauge_ok();
  two_gauges_ok();
  meter_ok();
  meters_ok();
  many_meters_ok();
  chain_ok();
  chain_detached_ok();
  posts_bad();
  two_bad();
  two_meter_bad();
}
