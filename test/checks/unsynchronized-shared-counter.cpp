// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
#include <boost/asio.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

namespace asio = boost::asio;

// ---- what is shared -----------------------------------------------------------------------------------------------

static int global_count = 0;
static void global_bad() {
  global_count++; // expect: unsynchronized-shared-counter
}
static void run_global() {
  std::thread a(global_bad), b(global_bad);
  a.join();
  b.join();
}

static int static_local_bad() {
  static int calls = 0;
  return ++calls; // expect: unsynchronized-shared-counter
}
static void run_static_local() {
  std::thread a([] { static_local_bad(); }), b([] { static_local_bad(); });
  a.join();
  b.join();
}

struct Meter {
  long total = 0;
  void add_bad(long n) { total += n; } // expect: unsynchronized-shared-counter
  void run() {
    std::thread a(&Meter::add_bad, this, 1), b([this] { add_bad(2); });
    a.join();
    b.join();
  }
};

static void pointer_bad(int *n) {
  *n -= 1; // expect: unsynchronized-shared-counter
}
static int run_pointer() {
  int left = 10;
  std::thread a(pointer_bad, &left), b(pointer_bad, &left);
  a.join();
  b.join();
  return left;
}

static int captured_bad() {
  int hits = 0;
  {
    std::jthread a([&hits] { ++hits; }); // expect: unsynchronized-shared-counter
    std::jthread b([&hits] { ++hits; }); // expect: unsynchronized-shared-counter
  }
  return hits;
}

static std::array<int, 4> buckets;
static void element_bad(std::size_t i) {
  buckets[i]++; // expect: unsynchronized-shared-counter
}
static void run_element(std::size_t i) {
  std::thread a(element_bad, i), b(element_bad, i);
  a.join();
  b.join();
}

// ---- who runs -----------------------------------------------------------------------------------------------------

static volatile int posix_count;
static void *posix_bad(void *) {
  posix_count = posix_count + 1; // expect: unsynchronized-shared-counter
  return nullptr;
}
static void run_posix() {
  pthread_t threads[2];
  for (pthread_t &t : threads)
    pthread_create(&t, nullptr, posix_bad, nullptr);
  for (pthread_t t : threads)
    pthread_join(t, nullptr);
}

static void pool_bad() {
  int done = 0;
  asio::thread_pool pool(4);
  for (int i = 0; i < 10; ++i)
    asio::post(pool, [&done] { ++done; }); // expect: unsynchronized-shared-counter
  pool.join();
}

static int served = 0;
static asio::awaitable<void> several_threads_bad() {
  ++served; // expect: unsynchronized-shared-counter
  co_return;
}
static void run_loop_on_threads() {
  asio::io_context io;
  for (int i = 0; i < 10; ++i)
    asio::co_spawn(io, several_threads_bad(), asio::detached);
  std::jthread a([&io] { io.run(); }), b([&io] { io.run(); });
}

static int interleaved = 0;
static asio::awaitable<void> one_thread_ok() {
  ++interleaved;
  co_return;
}
static void run_loop_on_one_thread() {
  asio::io_context io;
  for (int i = 0; i < 10; ++i)
    asio::co_spawn(io, one_thread_ok(), asio::detached);
  io.run();
}

static void strand_ok() {
  int done = 0;
  asio::thread_pool pool(4);
  auto strand = asio::make_strand(pool);
  for (int i = 0; i < 10; ++i)
    asio::post(strand, [&done] { ++done; });
  pool.join();
}

// ---- locks --------------------------------------------------------------------------------------------------------

static std::mutex mutex;
static int guarded = 0;
static void locked_ok() {
  std::lock_guard lock(mutex);
  ++guarded;
}
static int half_guarded = 0;
static void locked_half_ok() {
  std::lock_guard lock(mutex);
  ++half_guarded;
}
static void forgot_bad() {
  ++half_guarded; // expect: unsynchronized-shared-counter
}
static int too_late = 0;
static void released_bad() {
  std::unique_lock lock(mutex);
  lock.unlock();
  ++too_late; // expect: unsynchronized-shared-counter
}
static void run_locks() {
  std::thread a(locked_ok), b(locked_ok), c(locked_half_ok), d(forgot_bad), e(released_bad), f(released_bad);
  for (std::thread *t : {&a, &b, &c, &d, &e, &f})
    t->join();
}

// ---- ordered, owned, atomic ---------------------------------------------------------------------------------------

static std::atomic<int> atomic_count = 0;
static thread_local int own_count = 0;
static void atomic_ok() { ++atomic_count; }
static void thread_local_ok() { ++own_count; }
static void run_fine() {
  std::thread a(atomic_ok), b(atomic_ok), c(thread_local_ok), d(thread_local_ok);
  for (std::thread *t : {&a, &b, &c, &d})
    t->join();
}

static int joined_ok() {
  int n = 0;
  std::thread a([&n] { ++n; });
  a.join();
  ++n;
  auto f = std::async(std::launch::async, [&n] { ++n; });
  f.get();
  return ++n;
}

static void slots_ok() {
  std::vector<int> counts(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i)
    threads.emplace_back([&counts, i] { counts[i]++; });
  for (std::thread &t : threads)
    t.join();
}

struct Own {
  int n = 0;
  void count_ok() { ++n; }
};
static void own_objects_ok() {
  Own x, y;
  std::thread a(&Own::count_ok, &x), b(&Own::count_ok, &y);
  a.join();
  b.join();
}

static int known_ok = 0;
static void suppressed_ok() { ++known_ok; } // NOLINT(threadbare-unsynchronized-shared-counter): an estimate is enough
static void run_suppressed() {
  std::thread a(suppressed_ok), b(suppressed_ok);
  a.join();
  b.join();
}

// ---- who runs it, by way of others ----------------------------------------------------------------------------------

static void twice(const std::function<void()> &callback) {
  std::thread a(callback), b(callback);
  a.join();
  b.join();
}
static void by_reference(const std::function<void()> &callback) {
  std::thread a(std::ref(callback)), b([&callback] { callback(); });
  a.join();
  b.join();
}
template <class F> static void twice_the_same(F callback) {
  std::thread a(callback), b(callback);
  a.join();
  b.join();
}
static void one_after_the_other(const std::function<void()> &callback) {
  std::thread a(callback);
  a.join();
  std::thread b(callback);
  b.join();
}
static int callbacks() {
  int first = 0, second = 0, third = 0, guarded = 0, ordered = 0;
  std::mutex m;
  twice([&first] { ++first; });           // expect: unsynchronized-shared-counter
  by_reference([&second] { ++second; });  // expect: unsynchronized-shared-counter
  twice_the_same([&third] { ++third; });  // expect: unsynchronized-shared-counter
  one_after_the_other([&ordered] { ++ordered; });
  twice([&] {
    std::lock_guard lock(m);
    ++guarded;
  });
  return first + second + third + guarded + ordered;
}

struct AbstractWork {
  virtual ~AbstractWork() = default;
  virtual void work() = 0;
};
struct CountingWork : AbstractWork {
  int n = 0;
  void work() override { ++n; } // expect: unsynchronized-shared-counter
};
struct AtomicWork : AbstractWork {
  std::atomic<int> n = 0;
  void work() override { ++n; }
};
static void virtual_work() {
  CountingWork counting;
  AtomicWork atomic;
  std::thread a(&AbstractWork::work, &counting), b(&AbstractWork::work, &counting);
  std::thread c(&AbstractWork::work, &atomic), d(&AbstractWork::work, &atomic);
  a.join(), b.join(), c.join(), d.join();
}

struct NoMutex {
  void lock() {}
  void unlock() {}
};
template <class Mutex> struct Tally {
  Mutex mutex;
  int n = 0;
  void add() {
    std::lock_guard<Mutex> lock(mutex);
    ++n; // expect: unsynchronized-shared-counter
  }
};
static Tally<NoMutex> unguarded_tally;
static void tallies() {
  std::thread a([] { unguarded_tally.add(); }), b([] { unguarded_tally.add(); });
  a.join(), b.join();
}
struct GuardedTally {
  Tally<std::mutex> tally;
};

int main() {
  run_global();
  run_static_local();
  Meter().run();
  run_pointer();
  captured_bad();
  run_element(1);
  run_posix();
  pool_bad();
  run_loop_on_threads();
  run_loop_on_one_thread();
  strand_ok();
  run_locks();
  run_fine();
  joined_ok();
  slots_ok();
  own_objects_ok();
  run_suppressed();
  callbacks();
  virtual_work();
  tallies();
}

// ---- futures that nobody keeps ----------------------------------------------------------------------------------------

#include <condition_variable>
#include <deque>
#include <memory>

class SubmitPool {
public:
  explicit SubmitPool(int count) {
    for (int i = 0; i < count; ++i)
      workers.emplace_back([this] { run(); });
  }
  ~SubmitPool() {
    {
      std::lock_guard lock(mutex);
      stop = true;
    }
    wake.notify_all();
    for (std::thread &t : workers)
      t.join();
  }
  template <class F> auto submit(F f) -> std::future<std::invoke_result_t<F>> {
    auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F>()>>(std::move(f));
    auto result = task->get_future();
    {
      std::lock_guard lock(mutex);
      queue.emplace_back([task] { (*task)(); });
    }
    wake.notify_one();
    return result;
  }

private:
  void run() {
    for (;;) {
      std::function<void()> next;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [this] { return stop || !queue.empty(); });
        if (queue.empty())
          return;
        next = std::move(queue.front());
        queue.pop_front();
      }
      next();
    }
  }
  std::vector<std::thread> workers;
  std::deque<std::function<void()>> queue;
  std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
};
static int dropped, dropped_in_a_loop, kept;
void submits() {
  SubmitPool pool(4);
  pool.submit([] { ++dropped; }); // expect: unsynchronized-shared-counter
  pool.submit([] { ++dropped; }); // expect: unsynchronized-shared-counter
  for (int i = 0; i < 3; ++i)
    auto f = pool.submit([] { ++dropped_in_a_loop; }); // expect: unsynchronized-shared-counter
  {
    auto f = pool.submit([] { ++kept; });
    f.get();
  }
  ++kept;
}
