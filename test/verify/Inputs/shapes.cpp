// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counters in the shapes in which people write them, raced and ordered in every way. Each is run by two threads.
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <pthread.h>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <vector>

static void work() {
  auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(30);
  while (std::chrono::steady_clock::now() < end) {
  }
}

constexpr int Rounds = 60;

/// Two threads that begin together.
template <class Body> void both(Body body) {
  std::latch begin(2);
  auto run = [&](int i) {
    begin.arrive_and_wait();
    for (int k = 0; k < Rounds; ++k) {
      body(i);
      work();
    }
  };
  std::jthread first(run, 0), second(run, 1);
}

// --- raced

void staticLocal() {
  static int calls = 0;
  calls++; // claim static_local_bad change calls++
}

class Session {
public:
  void request() { this->requests_++; } // claim this_bad change this->requests_
  void bytes(int n) { bytes_ += n; }    // claim member_bad change bytes_
  void fails() { --failures_; }         // claim decrement_bad change failures_;

private:
  long requests_ = 0, bytes_ = 0;
  short failures_ = 0;
} session;

void byReference(unsigned &count) { count += 2; } // claim reference_bad change count
void byPointer(long *count) { (*count)++; }       // claim pointer_bad change (*count)
template <class T> void inTemplate(T &count) {
  count = count + 1; // claim template_bad change count = count
}

struct Bits {
  unsigned low : 4, high : 4;
} bits;
void bitField() { bits.high++; } // claim bit_field_bad change bits.high

std::vector<int> histogram(8);
void element() { histogram[3]++; } // claim element_bad change histogram[3]
std::array<std::array<long, 2>, 2> table;
void nested() { table[1][1] += 3; } // claim nested_bad change table[1]
std::map<int, long> byKey{{7, 0}};
void mapped() { byKey.at(7)++; } // claim mapped_bad change byKey.at
std::unique_ptr<long> owned = std::make_unique<long>();
void throughOwner() { ++*owned; } // claim owner_bad change *owned
volatile int marked = 0;
void isVolatile() { marked = marked + 1; } // claim volatile_bad change marked =
float mean = 0;
void isFloat() { mean += 0.25f; } // claim float_bad change mean
unsigned char tiny = 0;
void isByte() { tiny++; } // claim byte_bad change tiny++
long minimum = 1 << 30;
void keepsMinimum(long x) {
  if (x < minimum) // claim compare_bad read minimum)
    minimum = x;   // claim compare_bad change minimum = 
}

std::shared_mutex shared;
long underSharedLock = 0;
void readLocked() {
  std::shared_lock lock(shared);
  underSharedLock++; // claim shared_lock_bad change underSharedLock
}

std::mutex mutex;
long released = 0;
void tooEarly() {
  std::unique_lock lock(mutex);
  lock.unlock();
  released++; // claim released_bad change released
}

struct Guarded {
  std::mutex own;
  static inline long all = 0;
  void add() {
    std::lock_guard lock(own);
    all++; // claim own_lock_bad change all++
  }
} guarded[2];

long halfLocked = 0;
void lockedSide() {
  std::lock_guard lock(mutex);
  halfLocked++; // claim half_locked_bad change halfLocked
}
long unlockedSide() { return halfLocked; } // claim half_locked_bad read halfLocked

long mixed = 0;
void atomicSide() { std::atomic_ref(mixed).fetch_add(1); }
void plainSide() { mixed++; } // claim plain_only change mixed++

extern "C" void *posixThread(void *count) {
  for (int k = 0; k < Rounds; ++k) {
    (*static_cast<int *>(count))++; // claim posix_bad change (*static_cast
    work();
  }
  return nullptr;
}

// --- ordered

std::mutex left, right;
long scoped = 0;
void scopedLock() {
  std::scoped_lock lock(left, right);
  scoped++; // claim scoped_lock_ok change scoped++
}

std::recursive_mutex recursive;
long nestedLocks = 0;
void recursiveLock() {
  std::lock_guard outer(recursive);
  std::lock_guard inner(recursive);
  nestedLocks++; // claim recursive_ok change nestedLocks
}

long exclusive = 0;
void writeLocked() {
  std::unique_lock lock(shared);
  exclusive++; // claim write_lock_ok change exclusive
}

std::binary_semaphore token{1};
long byToken = 0;
void semaphore() {
  token.acquire();
  byToken++; // claim semaphore_ok change byToken
  token.release();
}

std::atomic<unsigned> next{0}, serving{0};
long ticketed = 0;
void ticketLock() {
  unsigned mine = next++;
  while (serving.load(std::memory_order_acquire) != mine)
    std::this_thread::yield();
  ticketed++; // claim ticket_ok change ticketed
  serving.store(mine + 1, std::memory_order_release);
}

std::atomic<bool> wants[2];
std::atomic<int> polite{0};
long petersons = 0;
void peterson(int i) {
  wants[i] = true;
  polite = 1 - i;
  while (wants[1 - i] && polite == 1 - i)
    std::this_thread::yield();
  petersons++; // claim peterson_ok change petersons
  wants[i] = false;
}

std::atomic<int> turn{0};
long inTurns = 0;
void pingPong(int i) {
  while (turn.load(std::memory_order_acquire) != i)
    std::this_thread::yield();
  inTurns++; // claim turns_ok change inTurns
  turn.store(1 - i, std::memory_order_release);
}

std::barrier phase(2);
long phased = 0;
void phases(int i) {
  phase.arrive_and_wait();
  if (i == 0)
    phased++; // claim phases_ok change phased++
  phase.arrive_and_wait();
  if (i == 1)
    phased--; // claim phases_ok change phased--
}

std::condition_variable handedOver;
int whose = 0;
long handed = 0;
void handOver(int i) {
  std::unique_lock lock(mutex);
  handedOver.wait(lock, [&] { return whose == i; });
  lock.unlock();
  handed++; // claim hand_over_ok change handed
  lock.lock();
  whose = 1 - i;
  handedOver.notify_all();
}

std::atomic_flag flag = ATOMIC_FLAG_INIT;
long flagged = 0;
void flagLock() {
  while (flag.test_and_set(std::memory_order_acquire))
    flag.wait(true);
  flagged++; // claim flag_ok change flagged
  flag.clear(std::memory_order_release);
  flag.notify_one();
}

std::once_flag once;
long initialised = 0;
void onlyOnce() {
  std::call_once(once, [] { initialised++; }); // claim once_ok change initialised
}

long returned = 0;
void byFuture() {
  for (int k = 0; k < 20; ++k)
    std::async(std::launch::async, [] { returned++; }).get(); // claim future_ok change returned
}

struct alignas(64) Slot {
  long count = 0;
} slots[2];
void ownSlot(int i) { slots[i].count++; } // claim slot_ok change slots[i]

void ownLocal() {
  long local = 0;
  auto add = [&] { local++; }; // claim local_ok change local++
  add();
}

pthread_spinlock_t spinlock;
long spun = 0;
void posixSpin() {
  pthread_spin_lock(&spinlock);
  spun++; // claim posix_spin_ok change spun
  pthread_spin_unlock(&spinlock);
}

int main() {
  pthread_spin_init(&spinlock, 0);
  unsigned count = 0;
  long other = 0;
  double generic = 0;
  both([](int) { staticLocal(); });
  both([](int) { session.request(); });
  both([](int) { session.bytes(3); });
  both([](int) { session.fails(); });
  both([&](int) { byReference(count); });
  both([&](int) { byPointer(&other); });
  both([&](int) { inTemplate(generic); });
  both([](int) { bitField(); });
  both([](int) { element(); });
  both([](int) { nested(); });
  both([](int) { mapped(); });
  both([](int) { throughOwner(); });
  both([](int) { isVolatile(); });
  both([](int) { isFloat(); });
  both([](int) { isByte(); });
  both([k = 1L << 20](int) mutable { keepsMinimum(--k); });
  both([](int) { readLocked(); });
  both([](int) { tooEarly(); });
  both([](int i) { guarded[i].add(); });
  both([](int i) { i ? lockedSide() : static_cast<void>(unlockedSide()); });
  both([](int i) { i ? atomicSide() : plainSide(); });
  int posix = 0;
  pthread_t threads[2];
  for (pthread_t &thread : threads)
    pthread_create(&thread, nullptr, posixThread, &posix);
  for (pthread_t thread : threads)
    pthread_join(thread, nullptr);
  long captured = 0;
  both([&](int) {
    captured++; // claim captured_bad change captured
  });
  std::vector<std::future<void>> tasks;
  long tasked = 0;
  for (int i = 0; i < 4; ++i)
    tasks.push_back(std::async(std::launch::async, [&] {
      for (int k = 0; k < Rounds; ++k) {
        tasked++; // claim async_bad change tasked
        work();
      }
    }));
  tasks.clear();
  long creators = 0;
  {
    std::jthread thread([&] {
      for (int k = 0; k < Rounds; ++k) {
        creators++; // claim creator_bad change creators
        work();
      }
    });
    for (int k = 0; k < Rounds; ++k) {
      creators--; // claim creator_bad change creators
      work();
    }
  }

  both([](int) { scopedLock(); });
  both([](int) { recursiveLock(); });
  both([](int) { writeLocked(); });
  both([](int) { semaphore(); });
  both([](int) { ticketLock(); });
  both([](int i) { peterson(i); });
  both([](int i) { pingPong(i); });
  both([](int i) { phases(i); });
  both([](int i) { handOver(i); });
  both([](int) { flagLock(); });
  both([](int) { onlyOnce(); });
  both([](int i) { ownSlot(i); });
  both([](int) { ownLocal(); });
  both([](int) { posixSpin(); });
  byFuture();
}
