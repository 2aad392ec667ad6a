// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is synchronised in one of the many right ways. No mark stands in this file.
// RUN: %marks --checks=-*,threadbare-* %s
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>
using namespace std::chrono_literals;
// 1 double-checked locking with atomics
struct Config {
  int loads = 0;
};
static std::atomic<Config *> instance{nullptr};
static std::mutex instance_m;
static int created = 0;
static Config *get_config() {
  Config *c = instance.load(std::memory_order_acquire);
  if (!c) {
    std::lock_guard l(instance_m);
    c = instance.load(std::memory_order_relaxed);
    if (!c) {
      c = new Config;
      c->loads++;
      created++;
      instance.store(c, std::memory_order_release);
    }
  }
  return c;
}
static void dcl_ok() {
  std::thread a([] {
    get_config();
  }),
      b([] {
        (void)get_config()->loads;
      });
  a.join();
  b.join();
}
// 2 RCU-like swap
struct Table {
  std::map<int, int> m;
  long version = 0;
};
static std::atomic<std::shared_ptr<const Table>> current{std::make_shared<const Table>()};
static std::mutex writer_m;
static void publish(int k) {
  std::lock_guard l(writer_m);
  auto next = std::make_shared<Table>(*current.load());
  next->m[k]++;
  next->version++;
  current.store(std::move(next));
}
static long lookup(int k) {
  auto t = current.load();
  auto it = t->m.find(k);
  return it == t->m.end() ? 0 : it->second + t->version;
}
static void rcu_ok() {
  std::thread a([] {
    for (int i = 0; i < 10; ++i)
      publish(i);
  }),
      b([] {
        publish(3);
      }),
      c([] {
        long s = 0;
        for (int i = 0; i < 10; ++i)
          s += lookup(i);
      });
  a.join();
  b.join();
  c.join();
}
static std::shared_ptr<Table> old_style = std::make_shared<Table>();
static void publish_old() {
  std::lock_guard l(writer_m);
  auto next = std::make_shared<Table>(*std::atomic_load(&old_style));
  next->version++;
  std::atomic_store(&old_style, next);
}
static void rcu_old_ok() {
  std::thread a(publish_old), b(publish_old), c([] {
    (void)std::atomic_load(&old_style)->version;
  });
  a.join();
  b.join();
  c.join();
}
// 3 seqlock
struct SeqLock {
  std::atomic<unsigned> seq{0};
  std::atomic<int> a{0}, b{0};
  std::mutex w;
  int writes = 0;
  void write(int x) {
    std::lock_guard l(w);
    seq.fetch_add(1, std::memory_order_acq_rel);
    a.store(x, std::memory_order_relaxed);
    b.store(x, std::memory_order_relaxed);
    writes++;
    seq.fetch_add(1, std::memory_order_release);
  }
  int read() {
    for (;;) {
      unsigned s = seq.load(std::memory_order_acquire);
      if (s & 1)
        continue;
      int x = a.load(std::memory_order_relaxed) + b.load(std::memory_order_relaxed);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (seq.load(std::memory_order_relaxed) == s)
        return x;
    }
  }
};
static void seqlock_ok() {
  SeqLock s;
  std::thread a([&] {
    s.write(1);
  }),
      b([&] {
        s.write(2);
      }),
      c([&] {
        s.read();
      });
  a.join();
  b.join();
  c.join();
}
// 4 call_once
static std::once_flag once;
static int inits = 0;
static long seen = 0;
static void init() {
  inits++;
}
static void user() {
  std::call_once(once, init);
  long n = inits;
  (void)n;
}
static void once_ok() {
  std::thread a(user), b(user);
  a.join();
  b.join();
  seen += inits;
}
// 5 latch
static long latch_ok() {
  long total = 0;
  std::vector<long> part(4);
  std::latch done(4);
  std::vector<std::jthread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&, i] {
      part[i] += i;
      done.count_down();
    });
  done.wait();
  for (long p : part)
    total += p;
  for (auto &p : part)
    p++;
  return total;
}
// 6 barrier phases
static long barrier_ok() {
  std::vector<long> cur(4), next(4);
  long rounds = 0;
  std::barrier sync(4, [&]() noexcept {
    std::swap(cur, next);
    rounds++;
  });
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&, i] {
      for (int r = 0; r < 10; ++r) {
        next[i] = cur[i] + cur[(i + 1) % 4];
        sync.arrive_and_wait();
      }
    });
  for (auto &t : ts)
    t.join();
  return rounds;
}
// 7 thread pool
class Pool {
  std::mutex m;
  std::condition_variable cv;
  std::queue<std::function<void()>> q;
  bool stop = false;
  long executed = 0;
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
        executed++;
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
static long pool_ok() {
  std::atomic<long> n{0};
  long guarded = 0;
  std::mutex m;
  {
    Pool p(4);
    for (int i = 0; i < 10; ++i)
      p.post([&, i] {
        n += i;
        std::lock_guard l(m);
        guarded += i;
      });
  }
  guarded++;
  return n + guarded;
}
static long pool_slots_ok() {
  std::vector<long> out(10);
  {
    Pool p(4);
    for (int i = 0; i < 10; ++i)
      p.post([&out, i] {
        out[i]++;
      });
  }
  return std::accumulate(out.begin(), out.end(), 0L);
}
// 8 producer consumer with semaphores
static long semaphores_ok() {
  std::counting_semaphore<8> free_slots(8), filled(0);
  std::vector<int> ring(8);
  long sum = 0;
  int produced = 0;
  std::thread p([&] {
    for (int i = 0; i < 100; ++i) {
      free_slots.acquire();
      ring[i % 8] = i;
      produced++;
      filled.release();
    }
  });
  std::thread c([&] {
    for (int i = 0; i < 100; ++i) {
      filled.acquire();
      sum += ring[i % 8];
      free_slots.release();
    }
  });
  p.join();
  c.join();
  return sum + produced;
}
static int pingpong_ok() {
  std::binary_semaphore ping(1), pong(0);
  int n = 0;
  std::thread a([&] {
    for (int i = 0; i < 10; ++i) {
      ping.acquire();
      n++;
      pong.release();
    }
  }),
      b([&] {
        for (int i = 0; i < 10; ++i) {
          pong.acquire();
          n++;
          ping.release();
        }
      });
  a.join();
  b.join();
  return n;
}
// 9 shared_mutex
class Cache {
  mutable std::shared_mutex m;
  std::map<std::string, int> data;
  long writes = 0;
  mutable std::atomic<long> reads{0};

public:
  int get(const std::string &k) const {
    std::shared_lock l(m);
    reads++;
    auto it = data.find(k);
    return it == data.end() ? 0 : it->second + int(writes);
  }
  void put(const std::string &k, int v) {
    std::unique_lock l(m);
    data[k] += v;
    auto it = data.find(k);
    it->second++;
    writes++;
  }
  void bump(const std::string &k) {
    std::unique_lock l(m);
    auto [it, fresh] = data.try_emplace(k, 0);
    it->second++;
    if (fresh)
      writes++;
  }
};
static void rw_ok() {
  Cache c;
  std::thread a([&] {
    c.put("a", 1);
  }),
      b([&] {
        c.get("a");
      }),
      d([&] {
        c.bump("a");
      });
  a.join();
  b.join();
  d.join();
}
// 10 hand-over via promise
struct Job {
  long steps = 0;
};
static long promise_ok() {
  std::promise<std::unique_ptr<Job>> p;
  auto f = p.get_future();
  std::thread a([&] {
    auto j = std::make_unique<Job>();
    j->steps++;
    p.set_value(std::move(j));
  });
  auto j = f.get();
  j->steps++;
  a.join();
  return j->steps;
}
static long promise_ref_ok() {
  long n = 0;
  std::promise<void> p;
  auto f = p.get_future();
  std::thread a([&] {
    n++;
    p.set_value();
  });
  f.wait();
  n++;
  a.join();
  return n;
}
static long promise_moved_ok() {
  long n = 0;
  std::promise<void> p;
  auto f = p.get_future();
  std::thread a(
      [&n](std::promise<void> q) {
        n++;
        q.set_value();
      },
      std::move(p));
  f.get();
  n++;
  a.join();
  return n;
}
// 11 jthread stop token
class Poller {
  long polls = 0;
  std::jthread t;

public:
  void start() {
    t = std::jthread([this](std::stop_token st) {
      while (!st.stop_requested()) {
        polls++;
        std::this_thread::sleep_for(1ms);
      }
    });
  }
  long stop() {
    t.request_stop();
    t.join();
    polls++;
    return polls;
  }
};
static void stop_ok() {
  Poller p;
  p.start();
  p.stop();
}
// 12 spin lock
class SpinLock {
  std::atomic_flag f = ATOMIC_FLAG_INIT;

public:
  void lock() {
    while (f.test_and_set(std::memory_order_acquire))
      ;
  }
  void unlock() {
    f.clear(std::memory_order_release);
  }
};
static SpinLock spin;
static long spun = 0;
static void spin_user() {
  spin.lock();
  spun++;
  spin.unlock();
  std::lock_guard l(spin);
  spun++;
}
static void spin_ok() {
  std::thread a(spin_user), b(spin_user);
  a.join();
  b.join();
}
static std::atomic<bool> raw{false};
static long raw_n = 0;
static void raw_user() {
  while (raw.exchange(true, std::memory_order_acquire)) {
  }
  raw_n++;
  raw.store(false, std::memory_order_release);
}
static void raw_ok() {
  std::thread a(raw_user), b(raw_user);
  a.join();
  b.join();
}
static std::atomic_flag flag2 = ATOMIC_FLAG_INIT;
static long flag_n = 0;
static void flag_user() {
  while (flag2.test_and_set(std::memory_order_acquire))
    std::this_thread::yield();
  ++flag_n;
  flag2.clear(std::memory_order_release);
}
static void flag_ok() {
  std::thread a(flag_user), b(flag_user);
  a.join();
  b.join();
}
static std::atomic<int> cas{0};
static long cas_n = 0;
static void cas_user() {
  int expected = 0;
  while (!cas.compare_exchange_weak(expected, 1))
    expected = 0;
  cas_n++;
  cas.store(0);
}
static void cas_ok() {
  std::thread a(cas_user), b(cas_user);
  a.join();
  b.join();
}
// 13 per-thread arrays merged
static long merged_ok() {
  struct alignas(64) Slot {
    long n = 0;
  };
  std::vector<Slot> slots(4);
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&slots, i] {
      Slot &mine = slots[i];
      for (int k = 0; k < 100; ++k)
        mine.n++;
    });
  for (auto &t : ts)
    t.join();
  long s = 0;
  for (auto &x : slots)
    s += x.n;
  return s;
}
static std::map<int, long> merged_map_ok() {
  std::vector<std::map<int, long>> per(4);
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&m = per[i]] {
      for (int k = 0; k < 100; ++k) {
        auto it = m.find(k);
        if (it == m.end())
          it = m.emplace(k, 0).first;
        it->second++;
      }
    });
  for (auto &t : ts)
    t.join();
  std::map<int, long> all;
  for (auto &m : per)
    for (auto &[k, n] : m)
      all[k] += n;
  return all;
}
// 14 by pointer slots
static void by_pointer_ok() {
  std::vector<long> n(4);
  std::vector<std::thread> ts;
  for (auto &x : n)
    ts.emplace_back([&x] {
      x++;
    });
  for (auto &t : ts)
    t.join();
}
// 15 unique index from atomic
static std::atomic<int> next_index{0};
static std::vector<int> results(1000);
static void grab() {
  for (int i; (i = next_index++) < 1000;)
    results[i]++;
}
static void grab_ok() {
  std::thread a(grab), b(grab);
  a.join();
  b.join();
}
static void grab2() {
  for (;;) {
    int i = next_index.fetch_add(1);
    if (i >= 1000)
      break;
    results[i]++;
  }
}
static void grab2_ok() {
  std::thread a(grab2), b(grab2);
  a.join();
  b.join();
}
// 16 chunks from atomic
static std::atomic<std::size_t> next_chunk{0};
static void chunks() {
  for (;;) {
    std::size_t begin = next_chunk.fetch_add(64), end = begin + 64;
    if (begin >= 1000)
      break;
    for (std::size_t i = begin; i < end && i < 1000; ++i)
      results[i]++;
  }
}
static void chunks_ok() {
  std::thread a(chunks), b(chunks);
  a.join();
  b.join();
}
// 17 cv ordered turn
static int turns_ok() {
  std::mutex m;
  std::condition_variable cv;
  int turn = 0, n = 0;
  auto f = [&](int me) {
    for (int i = 0; i < 5; ++i) {
      std::unique_lock l(m);
      cv.wait(l, [&] {
        return turn == me;
      });
      n++;
      turn = 1 - me;
      l.unlock();
      cv.notify_all();
    }
  };
  std::thread a(f, 0), b(f, 1);
  a.join();
  b.join();
  return n;
}
// 18 shared_ptr moved between threads via queue
struct Msg {
  int hops = 0;
};
template <class T> class Channel {
  std::mutex m;
  std::condition_variable cv;
  std::deque<T> q;

public:
  void send(T t) {
    {
      std::lock_guard l(m);
      q.push_back(std::move(t));
    }
    cv.notify_one();
  }
  T receive() {
    std::unique_lock l(m);
    cv.wait(l, [this] {
      return !q.empty();
    });
    T t = std::move(q.front());
    q.pop_front();
    return t;
  }
};
static void channel_ok() {
  Channel<std::unique_ptr<Msg>> c, back;
  std::thread a([&] {
    auto m = c.receive();
    m->hops++;
    back.send(std::move(m));
  });
  auto m = std::make_unique<Msg>();
  m->hops++;
  c.send(std::move(m));
  auto r = back.receive();
  r->hops++;
  a.join();
}
// 19 detach-free scope guard joins
struct Joiner {
  std::thread t;
  ~Joiner() {
    if (t.joinable())
      t.join();
  }
};
static long scoped_ok() {
  long n = 0;
  {
    Joiner j{std::thread([&] {
      n++;
    })};
  }
  n++;
  return n;
}
// 20 async results
static long async_ok() {
  std::vector<std::future<long>> fs;
  for (int i = 0; i < 4; ++i)
    fs.push_back(std::async(std::launch::async, [i] {
      long n = 0;
      for (int k = 0; k < i; ++k)
        n++;
      return n;
    }));
  long s = 0;
  for (auto &f : fs)
    s += f.get();
  return s;
}
// 21 packaged_task
static long packaged_ok() {
  long n = 0;
  std::packaged_task<void()> task([&] {
    n++;
  });
  auto f = task.get_future();
  std::thread t(std::move(task));
  f.get();
  n++;
  t.join();
  return n;
}
// 22 thread_local pointers
static thread_local long *mine;
static void tls_user() {
  long n = 0;
  mine = &n;
  (*mine)++;
}
static void tls_ok() {
  std::thread a(tls_user), b(tls_user);
  a.join();
  b.join();
}
int main() {
  dcl_ok();
  rcu_ok();
  rcu_old_ok();
  seqlock_ok();
  once_ok();
  latch_ok();
  barrier_ok();
  pool_ok();
  pool_slots_ok();
  semaphores_ok();
  pingpong_ok();
  rw_ok();
  promise_ok();
  promise_ref_ok();
  promise_moved_ok();
  stop_ok();
  spin_ok();
  raw_ok();
  flag_ok();
  cas_ok();
  merged_ok();
  merged_map_ok();
  by_pointer_ok();
  grab_ok();
  grab2_ok();
  chunks_ok();
  turns_ok();
  channel_ok();
  scoped_ok();
  async_ok();
  packaged_ok();
  tls_ok();
}
