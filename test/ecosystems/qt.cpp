// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Qt's threads that run a method of an object. Qt itself is not needed: these are its declarations.
// RUN: %marks %s
#include <functional>
#include <mutex>

class QRunnable {
public:
  virtual ~QRunnable();
  virtual void run() = 0;
};
class QThread {
public:
  enum Priority { InheritPriority };
  virtual ~QThread();
  void start(Priority = InheritPriority);
  bool wait();

protected:
  virtual void run();
};
class QThreadPool {
public:
  ~QThreadPool();
  void start(QRunnable *runnable, int priority = 0);
  void start(std::function<void()> functionToRun, int priority = 0);
  bool waitForDone(int msecs = -1);
};

static int of_threads, of_runnables, of_lambdas, guarded, later;
static std::mutex mutex;

struct Worker : QThread {
  void run() override {
    ++of_threads; // expect: unsynchronized-shared-counter
    ++own;
    std::lock_guard lock(mutex);
    ++guarded;
  }
  int own = 0;
};
struct Special : Worker {};
struct Job : QRunnable {
  void run() override { ++of_runnables; } // expect: unsynchronized-shared-counter
};
struct LateWorker : QThread {
  void run() override { ++later; }
};

static int threads() {
  Worker a;
  Special b;
  a.start();
  b.start();
  a.wait();
  b.wait();
  return a.own + b.own;
}
static void pool() {
  QThreadPool all;
  all.start(new Job);
  all.start(new Job);
  all.start([] { ++of_lambdas; }); // expect: unsynchronized-shared-counter
  all.start([] { ++of_lambdas; }); // expect: unsynchronized-shared-counter
  all.waitForDone();
}
static int one_at_a_time() {
  LateWorker a;
  a.start();
  a.wait();
  ++later;
  return later;
}

int main() {
  threads();
  pool();
  one_at_a_time();
}
