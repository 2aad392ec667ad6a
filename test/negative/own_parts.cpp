// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads that share a container and each work on what is their own, or under its lock. No mark stands in this file.
// RUN: %marks --checks=-*,threadbare-* %s
#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <queue>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>
// sharded map with per-shard counters
class Sharded {
  struct Shard {
    std::mutex m;
    std::unordered_map<std::string, long> data;
    long size = 0;
  };
  std::array<Shard, 16> shards;
  std::atomic<long> total{0};
  std::mutex all;
  long resets = 0;
  Shard &of(const std::string &k) {
    return shards[std::hash<std::string>{}(k) % shards.size()];
  }

public:
  void add(const std::string &k) {
    Shard &s = of(k);
    std::lock_guard l(s.m);
    auto [it, fresh] = s.data.try_emplace(k, 0);
    it->second++;
    if (fresh)
      s.size++;
    total++;
  }
  long count() {
    long n = 0;
    for (auto &s : shards) {
      std::lock_guard l(s.m);
      n += s.size;
    }
    return n;
  }
  void clear() {
    std::lock_guard g(all);
    resets++;
    for (auto &s : shards) {
      std::lock_guard l(s.m);
      s.data.clear();
      s.size = 0;
    }
  }
};
static void sharded_ok() {
  Sharded s;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&s, i] {
      s.add("k" + std::to_string(i));
      s.count();
      s.clear();
    });
  for (auto &t : ts)
    t.join();
}
// striped locks over a vector
class Striped {
  std::vector<long> v = std::vector<long>(1024);
  std::array<std::mutex, 16> locks;

public:
  void inc(std::size_t i) {
    std::lock_guard l(locks[i % locks.size()]);
    v[i]++;
  }
  void swap_two(std::size_t i, std::size_t j) {
    std::scoped_lock l(locks[std::min(i % 16, j % 16)], locks[std::max(i % 16, j % 16)]);
    v[i]--;
    v[j]++;
  }
};
static void striped_ok() {
  Striped s;
  std::vector<std::thread> ts;
  for (std::size_t i = 0; i < 4; ++i)
    ts.emplace_back([&s, i] {
      for (std::size_t k = 0; k < 100; ++k)
        s.inc(k * i);
    });
  for (auto &t : ts)
    t.join();
}
// accounts: each with its lock
struct Account {
  std::mutex m;
  long balance = 0;
  long ops = 0;
};
class Bank {
  std::vector<std::unique_ptr<Account>> accounts;

public:
  Bank() {
    for (int i = 0; i < 8; ++i)
      accounts.push_back(std::make_unique<Account>());
  }
  void deposit(int i, long n) {
    auto &a = *accounts[i];
    std::lock_guard l(a.m);
    a.balance += n;
    a.ops++;
  }
  void transfer(int i, int j, long n) {
    auto &a = *accounts.at(i), &b = *accounts.at(j);
    std::scoped_lock l(a.m, b.m);
    a.balance -= n;
    b.balance += n;
    a.ops++;
    b.ops++;
  }
};
static void bank_ok() {
  Bank b;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&b, i] {
      b.deposit(i, 1);
      b.transfer(i, 7 - i, 1);
      b.deposit(3, 1);
    });
  for (auto &t : ts)
    t.join();
}
// workers with own queues
class QueueWorker {
  std::mutex m;
  std::condition_variable cv;
  std::queue<int> q;
  bool stop = false;
  long handled = 0;
  std::thread t;
  void run() {
    std::unique_lock l(m);
    for (;;) {
      cv.wait(l, [this] {
        return stop || !q.empty();
      });
      if (q.empty())
        return;
      q.pop();
      handled++;
    }
  }

public:
  QueueWorker()
      : t([this] {
          run();
        }) {
  }
  void push(int x) {
    {
      std::lock_guard l(m);
      q.push(x);
    }
    cv.notify_one();
  }
  long finish() {
    {
      std::lock_guard l(m);
      stop = true;
    }
    cv.notify_one();
    t.join();
    return handled;
  }
};
static void queue_workers_ok() {
  std::vector<std::unique_ptr<QueueWorker>> ws;
  for (int i = 0; i < 4; ++i)
    ws.push_back(std::make_unique<QueueWorker>());
  for (int i = 0; i < 100; ++i)
    ws[i % ws.size()]->push(i);
  long n = 0;
  for (auto &w : ws)
    n += w->finish();
}
// workers with shared, locked statistics in a base class
struct Stats {
  std::mutex m;
  long done = 0;
  void add(long n) {
    std::lock_guard l(m);
    done += n;
  }
};
class Base {
protected:
  Stats &stats;
  std::thread t;
  virtual void run() = 0;

public:
  explicit Base(Stats &s) : stats(s) {
  }
  virtual ~Base() = default;
  void start() {
    t = std::thread([this] {
      run();
    });
  }
  void join() {
    t.join();
  }
};
class Adder : public Base {
  long n = 0;
  void run() override {
    for (int i = 0; i < 10; ++i)
      n++;
    stats.add(n);
  }

public:
  using Base::Base;
};
class Subber : public Base {
  long n = 0;
  void run() override {
    n--;
    stats.add(n);
  }

public:
  using Base::Base;
};
static void base_workers_ok() {
  Stats s;
  std::vector<std::unique_ptr<Base>> ws;
  ws.push_back(std::make_unique<Adder>(s));
  ws.push_back(std::make_unique<Subber>(s));
  for (int i = 0; i < 3; ++i)
    ws.push_back(std::make_unique<Adder>(s));
  for (auto &w : ws)
    w->start();
  for (auto &w : ws)
    w->join();
}
// workers that write to their own result through a pointer
struct Task {
  long *out;
  int n;
  void operator()() const {
    for (int i = 0; i < n; ++i)
      *out += i;
  }
};
static void results_ok() {
  std::vector<long> results(4);
  std::vector<Task> tasks;
  for (int i = 0; i < 4; ++i)
    tasks.push_back(Task{&results[i], 10});
  std::vector<std::thread> ts;
  for (auto &t : tasks)
    ts.emplace_back(std::ref(t));
  for (auto &t : ts)
    t.join();
}
static void results_emplaced_ok() {
  std::vector<long> results(4);
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back(Task{&results[i], 10});
  for (auto &t : ts)
    t.join();
}
static void results_ptr_ok() {
  std::vector<long> results(4);
  long *p = results.data();
  std::vector<Task> tasks;
  for (int i = 0; i < 4; ++i, ++p)
    tasks.push_back({p, 10});
  std::vector<std::thread> ts;
  for (auto &t : tasks)
    ts.emplace_back(t);
  for (auto &t : ts)
    t.join();
}
// tasks run one after the other by one thread
static void sequential_tasks_ok() {
  long n = 0;
  std::vector<std::function<void()>> jobs;
  for (int i = 0; i < 4; ++i)
    jobs.push_back([&n] {
      n++;
    });
  std::thread t([&] {
    for (auto &j : jobs)
      j();
  });
  t.join();
  n++;
}
static void each_joined_ok() {
  long n = 0;
  std::vector<std::function<void()>> jobs;
  for (int i = 0; i < 4; ++i)
    jobs.push_back([&n] {
      n++;
    });
  for (auto &j : jobs) {
    std::thread t(j);
    t.join();
  }
}
static void one_job_ok() {
  long n = 0;
  std::vector<std::function<void()>> jobs;
  jobs.push_back([&n] {
    n++;
  });
  std::vector<std::thread> ts;
  for (auto &j : jobs)
    ts.emplace_back(j);
  for (auto &t : ts)
    t.join();
}
// histogram merged
static void histogram_ok(const std::vector<int> &data) {
  constexpr int T = 4;
  std::vector<std::vector<long>> hist(T, std::vector<long>(256));
  std::vector<std::thread> ts;
  for (int t = 0; t < T; ++t)
    ts.emplace_back([&, t] {
      auto &h = hist[t];
      for (std::size_t i = t; i < data.size(); i += T)
        h[data[i] & 255]++;
    });
  for (auto &t : ts)
    t.join();
  for (int t = 1; t < T; ++t)
    for (int i = 0; i < 256; ++i)
      hist[0][i] += hist[t][i];
}
// matrix blocks
static void matrix_ok() {
  static double c[64][64];
  std::vector<std::thread> ts;
  for (int b = 0; b < 4; ++b)
    ts.emplace_back([b] {
      for (int i = b * 16; i < (b + 1) * 16; ++i)
        for (int j = 0; j < 64; ++j) {
          c[i][j] = 0;
          for (int k = 0; k < 64; ++k)
            c[i][j] += i * k;
        }
    });
  for (auto &t : ts)
    t.join();
}
static void matrix_flat_ok() {
  static double c[64 * 64];
  std::vector<std::thread> ts;
  for (int b = 0; b < 4; ++b)
    ts.emplace_back([b] {
      for (int i = b * 16; i < (b + 1) * 16; ++i)
        for (int j = 0; j < 64; ++j)
          c[i * 64 + j] += 1;
    });
  for (auto &t : ts)
    t.join();
}
static void columns_ok() {
  static int g[32][32];
  std::thread a([] {
    for (int r = 0; r < 32; ++r)
      for (int c = 0; c < 16; ++c)
        g[r][c]++;
  }),
      b([] {
        for (int r = 0; r < 32; ++r)
          for (int c = 16; c < 32; ++c)
            g[r][c]++;
      });
  a.join();
  b.join();
}
// stencil with barrier: even / odd
static void even_odd_ok() {
  static long v[100];
  for (int round = 0; round < 3; ++round) {
    std::thread a([] {
      for (int i = 0; i < 50; ++i)
        v[2 * i]++;
    }),
        b([] {
          for (int i = 0; i < 50; ++i)
            v[2 * i + 1]++;
        });
    a.join();
    b.join();
  }
}
static void reversed_ok() {
  static long v[100];
  std::thread a([] {
    for (int i = 0; i < 50; ++i)
      v[i]++;
  }),
      b([] {
        for (int i = 0; i < 50; ++i)
          v[99 - i]++;
      });
  a.join();
  b.join();
}
static void offset_ok() {
  static long v[100];
  std::thread a([] {
    for (int i = 0; i < 50; ++i)
      v[i]++;
  }),
      b([] {
        for (int i = 0; i < 50; ++i)
          v[i + 50]++;
      });
  a.join();
  b.join();
}
static void offset_ptr_ok() {
  static long v[100];
  auto f = [](long *p) {
    for (int i = 0; i < 50; ++i)
      p[i]++;
  };
  std::thread a(f, v), b(f, v + 50);
  a.join();
  b.join();
}
static void field_arrays_ok() {
  struct S {
    long a[10], b[10];
  };
  static S s;
  std::thread x([] {
    for (int i = 0; i < 10; ++i)
      s.a[i]++;
  }),
      y([] {
        for (int i = 0; i < 10; ++i)
          s.b[i]++;
      });
  x.join();
  y.join();
}
// lists: splice out under lock, work on own
static void splice_ok() {
  std::list<long> shared_list(100);
  std::mutex m;
  auto work = [&] {
    std::list<long> mine;
    {
      std::lock_guard l(m);
      if (!shared_list.empty())
        mine.splice(mine.begin(), shared_list, shared_list.begin());
    }
    for (auto &x : mine)
      x++;
    if (auto it = mine.begin(); it != mine.end())
      ++*it;
    std::lock_guard l(m);
    shared_list.splice(shared_list.end(), mine);
  };
  std::thread a(work), b(work);
  a.join();
  b.join();
}
// find under lock, element with own lock
struct Item {
  std::mutex m;
  long n = 0;
};
class Registry {
  std::shared_mutex m;
  std::map<int, std::shared_ptr<Item>> items;

public:
  void hit(int k) {
    std::shared_ptr<Item> item;
    {
      std::shared_lock l(m);
      auto it = items.find(k);
      if (it == items.end())
        return;
      item = it->second;
    }
    std::lock_guard l(item->m);
    item->n++;
  }
  void hit2(int k) {
    std::shared_lock l(m);
    auto it = items.find(k);
    if (it != items.end()) {
      std::lock_guard g(it->second->m);
      it->second->n++;
    }
  }
  void add(int k) {
    std::unique_lock l(m);
    items.emplace(k, std::make_shared<Item>());
  }
};
static void registry_ok() {
  Registry r;
  std::thread a([&] {
    r.add(1);
    r.hit(1);
    r.hit2(1);
  }),
      b([&] {
        r.add(2);
        r.hit(1);
        r.hit2(2);
      });
  a.join();
  b.join();
}
// iterators kept as members of a session, loop thread only
class Lru {
  std::mutex m;
  std::list<std::pair<int, long>> order;
  std::unordered_map<int, std::list<std::pair<int, long>>::iterator> index;
  long hits = 0;

public:
  void touch(int k) {
    std::lock_guard l(m);
    auto it = index.find(k);
    if (it == index.end()) {
      order.emplace_front(k, 0);
      index[k] = order.begin();
    } else {
      order.splice(order.begin(), order, it->second);
      it->second->second++;
      hits++;
    }
  }
};
static void lru_ok() {
  Lru c;
  std::thread a([&] {
    c.touch(1);
  }),
      b([&] {
        c.touch(1);
      });
  a.join();
  b.join();
}
// double lookup by different threads in different maps
static void two_maps_ok() {
  std::map<int, long> x{{1, 0}}, y{{1, 0}};
  auto f = [](std::map<int, long> &m) {
    auto it = m.find(1);
    if (it != m.end())
      it->second++;
  };
  std::thread a(f, std::ref(x)), b(f, std::ref(y));
  a.join();
  b.join();
}
static void per_key_ok(const std::vector<std::string> &names) {
  std::map<std::string, long> m;
  for (auto &n : names)
    m[n] = 0;
  std::vector<std::thread> ts;
  for (auto &n : names)
    ts.emplace_back([&m, &n] {
      auto it = m.find(n);
      it->second++;
    });
  for (auto &t : ts)
    t.join();
}
static void per_entry_ok() {
  std::map<std::string, long> m{{"a", 0}, {"b", 0}};
  std::vector<std::thread> ts;
  for (auto &[k, n] : m)
    ts.emplace_back([&n = n] {
      n++;
    });
  for (auto &e : m)
    ts.emplace_back([&e] {
      (void)e.first;
    });
  for (auto &t : ts)
    t.join();
}
static void per_entry2_ok() {
  std::map<std::string, long> m{{"a", 0}, {"b", 0}};
  std::vector<std::thread> ts;
  for (auto &e : m)
    ts.emplace_back([&e] {
      e.second++;
    });
  for (auto &t : ts)
    t.join();
}
static void min_element_ok() {
  std::vector<long> load(4);
  for (int i = 0; i < 10; ++i) {
    auto it = std::min_element(load.begin(), load.end());
    ++*it;
  }
  std::thread t([&] {
    auto it = std::max_element(load.begin(), load.end());
    --*it;
  });
  t.join();
}
static void rounds_ok() {
  for (int r = 0; r < 3; ++r) {
    std::mutex m;
    long n = 0;
    std::thread a([&] {
      std::lock_guard l(m);
      n++;
    }),
        b([&] {
          std::lock_guard l(m);
          n++;
        });
    a.join();
    b.join();
  }
}
static void round_locks_ok() {
  std::vector<std::mutex> locks(3);
  std::vector<long> n(3);
  for (int r = 0; r < 3; ++r) {
    std::thread a([&, r] {
      std::lock_guard l(locks[r]);
      n[r]++;
    }),
        b([&, r] {
          std::lock_guard l(locks[r]);
          n[r]++;
        });
    a.join();
    b.join();
  }
}
static void same_index_ok() {
  static std::mutex locks[2];
  static long n;
  const int i = 1;
  std::vector<std::thread> ts;
  for (int k = 0; k < 3; ++k)
    ts.emplace_back([i] {
      std::lock_guard l(locks[i]);
      n++;
    });
  for (auto &t : ts)
    t.join();
}
static void group_lock_ok() {
  static std::mutex locks[2];
  static long n[2];
  std::vector<std::thread> ts;
  for (int k = 0; k < 8; ++k)
    ts.emplace_back([k] {
      std::lock_guard l(locks[k % 2]);
      n[k % 2]++;
    });
  for (auto &t : ts)
    t.join();
}
struct Node {
  std::mutex m;
  long visits = 0;
  std::vector<Node *> next;
};
static void graph_ok() {
  std::vector<Node> g(10);
  auto walk = [&](int s) {
    Node *n = &g[s];
    for (int i = 0; i < 10; ++i) {
      std::lock_guard l(n->m);
      n->visits++;
      if (!n->next.empty())
        n = n->next[i % n->next.size()];
    }
  };
  std::thread a(walk, 0), b(walk, 1);
  a.join();
  b.join();
}
int main() {
  std::vector<int> d(100);
  std::vector<std::string> names{"a", "b"};
  sharded_ok();
  striped_ok();
  bank_ok();
  queue_workers_ok();
  base_workers_ok();
  results_ok();
  results_emplaced_ok();
  results_ptr_ok();
  sequential_tasks_ok();
  each_joined_ok();
  one_job_ok();
  histogram_ok(d);
  matrix_ok();
  matrix_flat_ok();
  columns_ok();
  even_odd_ok();
  reversed_ok();
  offset_ok();
  offset_ptr_ok();
  field_arrays_ok();
  splice_ok();
  registry_ok();
  lru_ok();
  two_maps_ok();
  per_key_ok(names);
  per_entry_ok();
  per_entry2_ok();
  min_element_ok();
  rounds_ok();
  round_locks_ok();
  same_index_ok();
  group_lock_ok();
  graph_ok();
}
