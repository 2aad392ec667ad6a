// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Counters where services keep them.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

// A server whose threads live as long as it does.
class Server {
  struct Stats {
    unsigned long requests = 0;
    unsigned long errors = 0;
    std::atomic<unsigned long> bytes{0};
  };
  Stats stats;
  std::mutex mutex;
  std::vector<std::thread> threads;
  std::atomic<bool> stop{false};

  void serve_bad() {
    while (!stop) {
      stats.requests++; // expect: unsynchronized-shared-counter
      stats.bytes += 10;
      std::lock_guard lock(mutex);
      ++stats.errors;
    }
  }

public:
  void start(int n) {
    for (int i = 0; i < n; ++i)
      threads.emplace_back([this] { serve_bad(); });
  }
  ~Server() {
    stop = true;
    for (auto &t : threads)
      t.join();
  }
};
static void serve() {
  Server s;
  s.start(4);
}

// Shared through a shared_ptr.
struct Session {
  int messages = 0;
  std::atomic<int> safe{0};
};
static void session_bad(std::shared_ptr<Session> s) {
  s->messages++; // expect: unsynchronized-shared-counter
  s->safe++;
}
static void sessions() {
  auto s = std::make_shared<Session>();
  std::thread a(session_bad, s), b(session_bad, s);
  a.join();
  b.join();
}
static void session_ok(std::shared_ptr<Session> s) { s->messages++; }
static void own_sessions() {
  std::thread a(session_ok, std::make_shared<Session>()), b(session_ok, std::make_shared<Session>());
  a.join();
  b.join();
}

// One singleton for all.
class Registry {
  int registered = 0;
  int unlocked = 0;
  std::mutex mutex;

public:
  static Registry &instance() {
    static Registry r;
    return r;
  }
  void add_bad() {
    ++unlocked; // expect: unsynchronized-shared-counter
    std::scoped_lock lock(mutex);
    ++registered;
  }
};
static void singletons() {
  std::thread a([] { Registry::instance().add_bad(); }), b([] { Registry::instance().add_bad(); });
  a.join();
  b.join();
}

// Containers of counters.
static std::unordered_map<std::string, long> words;
static std::vector<int> histogram(16);
static std::mutex words_mutex;
static void count_words_bad(std::vector<std::string> lines) {
  for (const auto &line : lines)
    words[line] += 1; // expect: unsynchronized-shared-counter
}
static void count_lengths_bad(std::vector<std::string> lines) {
  for (const auto &line : lines)
    ++histogram[line.size() % 16]; // expect: unsynchronized-shared-counter
}
static std::map<int, int> guarded;
static void count_ok(int n) {
  std::lock_guard lock(words_mutex);
  guarded[n]++;
}
static void containers() {
  std::vector<std::future<void>> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(std::async(std::launch::async, count_words_bad, std::vector<std::string>{"a"}));
    all.push_back(std::async(std::launch::async, count_lengths_bad, std::vector<std::string>{"a"}));
    all.push_back(std::async(std::launch::async, count_ok, i));
  }
  for (auto &f : all)
    f.get();
}

// A wrapper around std::thread, and a callback that it stores.
class Ticker {
  std::function<void()> on_tick;
  std::jthread thread;

public:
  explicit Ticker(std::function<void()> f) : on_tick(std::move(f)) {
    thread = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested())
        on_tick();
    });
  }
};
static int ticks_of_two() {
  int ticks = 0;
  {
    Ticker a([&ticks] { ++ticks; }); // expect: unsynchronized-shared-counter
    Ticker b([&ticks] { ++ticks; }); // expect: unsynchronized-shared-counter
  }
  return ticks;
}
static int ticks_of_one() {
  int ticks = 0;
  {
    Ticker a([&ticks] { ++ticks; });
  }
  return ++ticks;
}

// Conditional locking: locked on one path only.
static std::mutex gate;
static int sometimes = 0;
static void sometimes_bad(bool careful) {
  std::unique_lock lock(gate, std::defer_lock);
  if (careful)
    lock.lock();
  ++sometimes; // expect: unsynchronized-shared-counter
}
static int tried = 0;
static void tried_ok() {
  std::unique_lock lock(gate, std::try_to_lock);
  if (lock.owns_lock())
    ++tried;
}
static int relocked = 0;
static void relocked_ok() {
  std::unique_lock lock(gate);
  lock.unlock();
  std::this_thread::yield();
  lock.lock();
  ++relocked;
}
static int waited = 0;
static std::condition_variable changed;
static void waited_ok() {
  std::unique_lock lock(gate);
  changed.wait_for(lock, std::chrono::milliseconds(1));
  waited++;
}
static void locking() {
  std::vector<std::thread> t;
  t.emplace_back(sometimes_bad, true);
  t.emplace_back(sometimes_bad, false);
  for (auto *f : {tried_ok, relocked_ok, waited_ok}) {
    t.emplace_back(f);
    t.emplace_back(f);
  }
  for (auto &each : t)
    each.join();
}

// Work in rounds: each round is joined before the next starts, and the sum is made in between.
static int rounds() {
  int total = 0;
  for (int round = 0; round < 3; ++round) {
    int part = 0;
    std::thread t([&part] { part += 2; });
    t.join();
    total += part;
  }
  return total;
}

// Main counts on while its thread does.
static int both = 0;
static void main_and_thread_bad() {
  std::thread t([] { both++; }); // expect: unsynchronized-shared-counter
  both++;                        // expect: unsynchronized-shared-counter
  t.join();
}

int main() {
  serve();
  sessions();
  own_sessions();
  singletons();
  containers();
  ticks_of_two();
  ticks_of_one();
  locking();
  rounds();
  main_and_thread_bad();
}
