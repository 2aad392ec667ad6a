// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Workers in a container, each run by a thread of its own, that share what they were told of.
// RUN: %marks %s
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
struct Stats {
  long n = 0;
  std::mutex m;
  long g = 0;
  std::atomic<long> a{0};
  long own = 0;
};
struct Worker {
  Stats &stats;
  void operator()() {
    stats.n++; // expect: unsynchronized-shared-counter
  }
};
static void vector_bad() {
  Stats s;
  std::vector<Worker> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.push_back(Worker{s});
  for (auto &w : ws)
    ts.emplace_back(std::ref(w));
  for (auto &t : ts)
    t.join();
}
struct Worker2 {
  Stats &stats;
  void operator()() {
    stats.n++; // expect: unsynchronized-shared-counter
  }
};
static void copied_bad() {
  Stats s;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back(Worker2{s});
  for (auto &t : ts)
    t.join();
}
class Worker3 {
  Stats &stats;
  std::thread t;

public:
  explicit Worker3(Stats &s) : stats(s) {
  }
  void start() {
    t = std::thread([this] {
      run();
    });
  }
  void join() {
    t.join();
  }
  void run() {
    stats.n++; // expect: unsynchronized-shared-counter
    std::lock_guard l(stats.m);
    stats.g++;
  }
};
static void unique_bad() {
  Stats s;
  std::vector<std::unique_ptr<Worker3>> ws;
  for (int i = 0; i < 4; ++i)
    ws.push_back(std::make_unique<Worker3>(s));
  for (auto &w : ws)
    w->start();
  for (auto &w : ws)
    w->join();
}
class Worker4 {
  Stats *stats;

public:
  explicit Worker4(Stats *s) : stats(s) {
  }
  void run() {
    stats->n++; // expect: unsynchronized-shared-counter
    stats->a++;
    mine++;
  }
  long mine = 0;
};
static void pointers_bad() {
  Stats s;
  std::vector<std::unique_ptr<Worker4>> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.emplace_back(std::make_unique<Worker4>(&s));
  for (auto &w : ws)
    ts.emplace_back(&Worker4::run, w.get());
  for (auto &t : ts)
    t.join();
}
class Worker5 {
  std::shared_ptr<Stats> stats;

public:
  explicit Worker5(std::shared_ptr<Stats> s) : stats(std::move(s)) {
  }
  void run() {
    stats->n++; // expect: unsynchronized-shared-counter
  }
};
static void shared_bad() {
  auto s = std::make_shared<Stats>();
  std::vector<Worker5> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.emplace_back(s);
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w.run();
    });
  for (auto &t : ts)
    t.join();
}
class Worker6 {
  Stats &stats;
  std::jthread t;

public:
  explicit Worker6(Stats &s)
      : stats(s), t([this] {
          loop();
        }) {
  }
  void loop() {
    ++stats.n; // expect: unsynchronized-shared-counter
  }
};
static void ctor_bad() {
  Stats s;
  std::vector<std::unique_ptr<Worker6>> ws;
  for (int i = 0; i < 4; ++i)
    ws.push_back(std::make_unique<Worker6>(s));
  ws.clear();
}
static void two_bad() {
  Stats s;
  Worker6 a(s), b(s);
}
struct Server {
  Stats stats;
  struct W {
    Server &server;
    void operator()() {
      server.stats.n++; // expect: unsynchronized-shared-counter
    }
  };
  std::vector<std::thread> ts;
  void run() {
    for (int i = 0; i < 4; ++i)
      ts.emplace_back(W{*this});
    for (auto &t : ts)
      t.join();
  }
};
struct Server2 {
  Stats stats;
  class W {
    Server2 *owner;
    int id;

  public:
    W(Server2 *o, int i) : owner(o), id(i) {
    }
    void run() {
      owner->stats.n += id; // expect: unsynchronized-shared-counter
      owner->note();
    }
  };
  void note() {
    std::lock_guard l(stats.m);
    stats.g++;
  }
  std::vector<W> ws;
  std::vector<std::thread> ts;
  void run() {
    for (int i = 0; i < 4; ++i)
      ws.emplace_back(this, i);
    for (auto &w : ws)
      ts.emplace_back(&W::run, &w);
    for (auto &t : ts)
      t.join();
  }
};
static void index_bad() {
  Stats s;
  std::vector<Worker4> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.emplace_back(&s);
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&ws, i] {
      ws[i].run();
    });
  for (auto &t : ts)
    t.join();
}
struct ArrW {
  Stats *s;
  void operator()() {
    s->n++; // expect: unsynchronized-shared-counter
  }
};
static void array_bad() {
  Stats s;
  ArrW w[2] = {{&s}, {&s}};
  std::thread a(std::ref(w[0])), b(std::ref(w[1]));
  a.join();
  b.join();
}
struct Base {
  virtual ~Base() = default;
  virtual void run() = 0;
};
struct Derived1 : Base {
  Stats &s;
  explicit Derived1(Stats &x) : s(x) {
  }
  void run() override {
    s.n++; // expect: unsynchronized-shared-counter
  }
};
static void virtual_bad() {
  Stats s;
  std::vector<std::unique_ptr<Base>> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.push_back(std::make_unique<Derived1>(s));
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w->run();
    });
  for (auto &t : ts)
    t.join();
}
// fine
class Fine {
  Stats &stats;

public:
  explicit Fine(Stats &s) : stats(s) {
  }
  void run() {
    stats.own++;
  }
};
static void own_each_ok() {
  std::vector<Stats> all(4);
  std::vector<std::unique_ptr<Fine>> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.push_back(std::make_unique<Fine>(all[i]));
  for (auto &w : ws)
    ts.emplace_back(&Fine::run, w.get());
  for (auto &t : ts)
    t.join();
}
class Fine2 {
  std::unique_ptr<Stats> stats = std::make_unique<Stats>();

public:
  void run() {
    stats->own++;
  }
};
static void own_inside_ok() {
  std::vector<Fine2> ws(4);
  std::vector<std::thread> ts;
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w.run();
    });
  for (auto &t : ts)
    t.join();
}
class Fine3 {
  std::shared_ptr<Stats> stats;

public:
  explicit Fine3(std::shared_ptr<Stats> s) : stats(std::move(s)) {
  }
  void run() {
    stats->own++;
  }
};
static void fresh_shared_ok() {
  std::vector<Fine3> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.emplace_back(std::make_shared<Stats>());
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w.run();
    });
  for (auto &t : ts)
    t.join();
}
class Fine4 {
  Stats &stats;

public:
  explicit Fine4(Stats &s) : stats(s) {
  }
  void run() {
    std::lock_guard l(stats.m);
    stats.g++;
  }
};
static void locked_ok() {
  Stats s;
  std::vector<Fine4> ws;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ws.emplace_back(s);
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w.run();
    });
  for (auto &t : ts)
    t.join();
}
class Fine5 {
  Stats &stats;
  long n = 0;

public:
  explicit Fine5(Stats &s) : stats(s) {
  }
  void run() {
    for (int i = 0; i < 100; ++i)
      n++;
    stats.a += n;
  }
  long count() const {
    return n;
  }
};
static void merged_ok() {
  Stats s;
  std::vector<std::unique_ptr<Fine5>> ws;
  std::vector<std::thread> ts;
  long total = 0;
  for (int i = 0; i < 4; ++i)
    ws.push_back(std::make_unique<Fine5>(s));
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w->run();
    });
  for (auto &t : ts)
    t.join();
  for (auto &w : ws)
    total += w->count();
}
static void one_ok() {
  Stats s;
  std::vector<std::unique_ptr<Fine>> ws;
  ws.push_back(std::make_unique<Fine>(s));
  std::thread t([&] {
    ws[0]->run();
  });
  t.join();
}
static void new_stats_each_ok() {
  std::vector<Fine> ws;
  std::vector<std::unique_ptr<Stats>> all;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i) {
    all.push_back(std::make_unique<Stats>());
    ws.emplace_back(*all.back());
  }
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w.run();
    });
  for (auto &t : ts)
    t.join();
}
static void distinct_ok() {
  Stats x, y;
  std::vector<Fine> ws;
  std::vector<std::thread> ts;
  ws.emplace_back(x);
  ws.emplace_back(y);
  for (auto &w : ws)
    ts.emplace_back([&w] {
      w.run();
    });
  for (auto &t : ts)
    t.join();
}
int main() {
  vector_bad();
  copied_bad();
  unique_bad();
  pointers_bad();
  shared_bad();
  ctor_bad();
  two_bad();
  Server().run();
  Server2().run();
  index_bad();
  array_bad();
  virtual_bad();
  own_each_ok();
  own_inside_ok();
  fresh_shared_ok();
  locked_ok();
  merged_ok();
  one_ok();
  new_stats_each_ok();
  distinct_ok();
}
