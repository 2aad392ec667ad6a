// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counters of several threads, and what does not guard them.
// RUN: %marks %s
#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <queue>
#include <semaphore.h>
#include <shared_mutex>
#include <thread>
#include <tuple>
#include <vector>
// 1 wrong lock: read lock for write
static std::shared_mutex rw;
static long rw_n = 0;
static void shared_write_bad() {
  std::shared_lock l(rw);
  rw_n++; // expect: unsynchronized-shared-counter
}
static void run1() {
  std::thread a(shared_write_bad), b(shared_write_bad);
  a.join();
  b.join();
}
// 2 unlock too early
static std::mutex m2;
static long n2 = 0;
static void early_bad() {
  m2.lock();
  long x = n2;
  m2.unlock();
  n2 = x + 1; // expect: unsynchronized-shared-counter
}
static void run2() {
  std::thread a(early_bad), b(early_bad);
  a.join();
  b.join();
}
// 3 lock on a temporary
static std::mutex m3;
static long n3 = 0;
static void temporary_bad() {
  std::lock_guard<std::mutex>{m3};
  n3++; // expect: unsynchronized-shared-counter
}
static void run3() {
  std::thread a(temporary_bad), b(temporary_bad);
  a.join();
  b.join();
}
// 4 local mutex
static long n4 = 0;
static void local_mutex_bad() {
  std::mutex m;
  std::lock_guard l(m);
  n4++; // expect: unsynchronized-shared-counter
}
static void run4() {
  std::thread a(local_mutex_bad), b(local_mutex_bad);
  a.join();
  b.join();
}
// 5 struct by pointer in vector of threads, by hand
struct Shared {
  long n = 0;
  std::mutex m;
  long g = 0;
};
static void run5() {
  auto s = std::make_shared<Shared>();
  std::vector<std::thread> ts;
  for (int i = 0; i < 3; ++i)
    ts.emplace_back([s] {
      s->n++; // expect: unsynchronized-shared-counter
      std::scoped_lock l(s->m);
      s->g++;
    });
  for (auto &t : ts)
    t.join();
}
// 6 detached
static long n6 = 0;
static void run6() {
  std::thread([] {
    n6++; // expect: unsynchronized-shared-counter
  }).detach();
  n6++; // expect: unsynchronized-shared-counter
}
// 7 future not waited
static void run7() {
  long n = 0;
  auto f = std::async(std::launch::async, [&] {
    n++; // expect: unsynchronized-shared-counter
  });
  n++; // expect: unsynchronized-shared-counter
  f.wait();
}
// 8 static member
struct S8 {
  static inline long count = 0;
  S8() {
    count++; // expect: unsynchronized-shared-counter
  }
  ~S8() {
    count--; // expect: unsynchronized-shared-counter
  }
};
static void run8() {
  std::thread a([] {
    S8 s;
  }),
      b([] {
        S8 s;
      });
  a.join();
  b.join();
}
// 9 bitfield / char
struct Flags {
  unsigned a : 4, b : 4;
};
static Flags flags;
static void run9() {
  std::thread a([] {
    flags.a++; // expect: unsynchronized-shared-counter
  }),
      b([] {
        flags.a++; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
// 10 double
static double total10 = 0;
static void add10(double x) {
  total10 += x; // expect: unsynchronized-shared-counter
}
static void run10() {
  std::thread a(add10, 1.0), b(add10, 2.0);
  a.join();
  b.join();
}
// 11 pointer to counter in global
static long *gp;
static void run11() {
  long n = 0;
  gp = &n;
  std::thread a([] {
    ++*gp; // expect: unsynchronized-shared-counter
  }),
      b([] {
        ++*gp; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
// 12 tuple / pair
static void run12() {
  std::pair<long, long> p;
  std::thread a([&] {
    p.first++; // expect: unsynchronized-shared-counter
  }),
      b([&] {
        p.first++; // expect: unsynchronized-shared-counter
        p.second++;
      });
  a.join();
  b.join();
}
// 13 volatile
static volatile int v13;
static void run13() {
  std::thread a([] {
    v13 = v13 + 1; // expect: unsynchronized-shared-counter
  }),
      b([] {
        v13 = v13 + 1; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
// 14 conditional increments
static long n14, limit14 = 10;
static void c14() {
  if (n14 < limit14)
    ++n14; // expect: unsynchronized-shared-counter
}
static void run14() {
  std::thread a(c14), b(c14);
  a.join();
  b.join();
}
// 15 nested lambda
static void run15() {
  long n = 0;
  auto inc = [&n] {
    n++; // expect: unsynchronized-shared-counter
  };
  auto work = [&] {
    for (int i = 0; i < 3; ++i)
      inc();
  };
  std::thread a(work), b(work);
  a.join();
  b.join();
}
// 16 inheritance: Thread base class
class Thread {
  std::thread t;

protected:
  virtual void run() = 0;

public:
  virtual ~Thread() = default;
  void start() {
    t = std::thread([this] {
      run();
    });
  }
  void join() {
    t.join();
  }
};
static long n16 = 0;
class Counter16 : public Thread {
  void run() override {
    n16++; // expect: unsynchronized-shared-counter
    mine++;
  }
  long mine = 0;
};
static void run16() {
  Counter16 a, b;
  a.start();
  b.start();
  a.join();
  b.join();
}
// 17 posix semaphores (count 2: no exclusion)
static sem_t sem17;
static long n17 = 0;
static void *s17(void *) {
  sem_wait(&sem17);
  n17++;
  sem_post(&sem17);
  return nullptr;
}
static void run17_ok() {
  sem_init(&sem17, 0, 1);
  pthread_t a, b;
  pthread_create(&a, nullptr, s17, nullptr);
  pthread_create(&b, nullptr, s17, nullptr);
  pthread_join(a, nullptr);
  pthread_join(b, nullptr);
}
// 18 thread in member, accessor unsynchronised
class Server {
  std::thread t;
  std::atomic<bool> stop{false};
  long served = 0;

public:
  void start() {
    t = std::thread([this] {
      while (!stop)
        served++; // expect: unsynchronized-shared-counter
    });
  }
  void reset() {
    served -= 5; // expect: unsynchronized-shared-counter
  }
  void finish() {
    stop = true;
    t.join();
    served++;
  }
};
static void run18() {
  Server s;
  s.start();
  s.reset();
  s.finish();
}
// 19 lock only in one path
static std::mutex m19;
static long n19 = 0;
static void p19(bool safe) {
  if (safe) {
    std::lock_guard l(m19);
    n19++;
  } else
    n19++; // expect: unsynchronized-shared-counter
}
static void run19() {
  std::thread a(p19, true), b(p19, false);
  a.join();
  b.join();
}
// 20 different mutexes
static std::mutex x20, y20;
static long n20 = 0;
static void run20() {
  std::thread a([] {
    std::lock_guard l(x20);
    n20++; // expect: unsynchronized-shared-counter
  }),
      b([] {
        std::lock_guard l(y20);
        n20++; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
// 21 compound through reference wrapper / bind
static void bump(long &n) {
  n++; // expect: unsynchronized-shared-counter
}
static void run21() {
  long n = 0;
  std::thread a(bump, std::ref(n)), b(std::bind(bump, std::ref(n)));
  a.join();
  b.join();
}
// 22 std::accumulate in thread writing by reference
static void sum(const std::vector<int> &v, std::size_t from, std::size_t to, long &out) {
  for (std::size_t i = from; i < to; ++i)
    out += v[i]; // expect: unsynchronized-shared-counter
}
static void run22() {
  std::vector<int> v(100);
  long out = 0;
  std::thread a(sum, std::cref(v), 0, 50, std::ref(out)), b(sum, std::cref(v), 50, 100, std::ref(out));
  a.join();
  b.join();
}
static void sum_ok(const std::vector<int> &v, std::size_t from, std::size_t to, long &out) {
  for (std::size_t i = from; i < to; ++i)
    out += v[i];
}
static void run23_ok() {
  std::vector<int> v(100);
  long x = 0, y = 0;
  std::thread a(sum_ok, std::cref(v), 0, 50, std::ref(x)), b(sum_ok, std::cref(v), 50, 100, std::ref(y));
  a.join();
  b.join();
}
static void run24_ok() {
  std::vector<int> v(100);
  std::vector<long> out(2);
  std::thread a(sum_ok, std::cref(v), 0, 50, std::ref(out[0])), b(sum_ok, std::cref(v), 50, 100, std::ref(out[1]));
  a.join();
  b.join();
}
static void run25_ok() {
  std::vector<int> v(100);
  std::vector<long> out(4);
  std::vector<std::thread> ts;
  for (std::size_t i = 0; i < 4; ++i)
    ts.emplace_back(sum_ok, std::cref(v), i * 25, (i + 1) * 25, std::ref(out[i]));
  for (auto &t : ts)
    t.join();
}
// 26 iterators over chunks
static void chunk(std::vector<int>::iterator from, std::vector<int>::iterator to, long &out) {
  for (auto it = from; it != to; ++it) {
    out += *it;
    (*it)++;
  }
}
static void run26_ok() {
  std::vector<int> v(100);
  std::vector<long> out(4);
  std::vector<std::thread> ts;
  auto it = v.begin();
  for (int i = 0; i < 4; ++i) {
    auto next = it + 25;
    ts.emplace_back(chunk, it, next, std::ref(out[i]));
    it = next;
  }
  for (auto &t : ts)
    t.join();
}
// 27 queue of pointers
static void run27() {
  std::queue<Shared *> q;
  Shared s;
  q.push(&s);
  Shared *p = q.front();
  std::thread a([p] {
    p->n++; // expect: unsynchronized-shared-counter
  }),
      b([p] {
        p->n++; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
// 28 singleton
struct Metrics {
  long hits = 0;
  static Metrics &get() {
    static Metrics m;
    return m;
  }
  void hit() {
    hits++; // expect: unsynchronized-shared-counter
  }
};
static void run28() {
  std::thread a([] {
    Metrics::get().hit();
  }),
      b([] {
        Metrics::get().hit();
      });
  a.join();
  b.join();
}
// 29 vector of shared_ptr elements all one
static void run29() {
  auto one = std::make_shared<Shared>();
  std::vector<std::shared_ptr<Shared>> v(4, one);
  std::vector<std::thread> ts;
  for (auto &p : v)
    ts.emplace_back([p] {
      p->n++;
    });
  for (auto &t : ts)
    t.join();
}
// 30 optional
static void run30() {
  std::map<int, long> m{{1, 1}};
  std::thread a([&] {
    for (auto &kv : m)
      kv.second++; // expect: unsynchronized-shared-counter
  }),
      b([&] {
        for (auto &[k, v] : m)
          v++; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
int main() {
  run1();
  run2();
  run3();
  run4();
  run5();
  run6();
  run7();
  run8();
  run9();
  run10();
  run11();
  run12();
  run13();
  run14();
  run15();
  run16();
  run17_ok();
  run18();
  run19();
  run20();
  run21();
  run22();
  run23_ok();
  run24_ok();
  run25_ok();
  run26_ok();
  run27();
  run28();
  run29();
  run30();
}
