// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects that were moved to a thread: their slots run there. Qt itself is not needed: these are its declarations.
// RUN: %marks %s
#include <atomic>
#include <mutex>
namespace Qt {
enum ConnectionType { AutoConnection, DirectConnection, QueuedConnection, BlockingQueuedConnection };
}
class QThread;
class QObject {
public:
  virtual ~QObject();
  void moveToThread(QThread *thread);
  template <class Sender, class Func1, class Receiver, class Func2>
  static bool connect(const Sender *sender, Func1 signal, const Receiver *receiver, Func2 slot,
                      Qt::ConnectionType type = Qt::AutoConnection);
};
class QThread : public QObject {
public:
  void start();
  void quit();
  bool wait();
  void started();
  int exec();

protected:
  virtual void run();
};
class QTimer : public QObject {
public:
  void start(int msec);
  void timeout();
};
static std::mutex mutex;
class Worker : public QObject {
public:
  void work() {
    done++; // expect: unsynchronized-shared-counter
    own++;
    std::lock_guard lock(mutex);
    guarded++;
  }
  long done = 0, own = 0, guarded = 0;
};
static void moved_bad() {
  QThread thread;
  QTimer timer;
  auto *worker = new Worker;
  worker->moveToThread(&thread);
  QObject::connect(&timer, &QTimer::timeout, worker, &Worker::work);
  thread.start();
  worker->done++; // expect: unsynchronized-shared-counter
  {
    std::lock_guard lock(mutex);
    worker->guarded++;
  }
  thread.quit();
  thread.wait();
  worker->own++;
}
class FN_Controller : public QObject {
  QThread thread;
  QTimer timer;
  Worker *worker = new Worker;
  long ticks = 0;

public:
  FN_Controller() {
    worker->moveToThread(&thread);
    connect(&timer, &QTimer::timeout, worker, &Worker::work);
    connect(&timer, &QTimer::timeout, this, &FN_Controller::tick);
    thread.start();
  }
  void tick() {
    ticks++;
    worker->done++;
  }
  void poke() {
    worker->done += 2;
    ticks++;
  }
  ~FN_Controller() {
    thread.quit();
    thread.wait();
  }
};
class Stays : public QObject {
public:
  void work() { n++; }
  long n = 0;
};
static void not_moved_ok() {
  QThread thread;
  QTimer timer;
  Stays s;
  QObject::connect(&timer, &QTimer::timeout, &s, &Stays::work);
  thread.start();
  s.n++;
  thread.quit();
  thread.wait();
}
class Direct : public QObject {
public:
  void work() { n++; }
  long n = 0;
};
static void direct_ok() {
  QThread thread;
  QTimer timer;
  Direct d;
  d.moveToThread(&thread);
  QObject::connect(&timer, &QTimer::timeout, &d, &Direct::work, Qt::DirectConnection);
  thread.start();
  d.n++;
  thread.quit();
  thread.wait();
}
class Atomic : public QObject {
public:
  void work() { n++; }
  std::atomic<long> n = 0;
};
static void atomic_ok() {
  QThread thread;
  QTimer timer;
  Atomic a;
  a.moveToThread(&thread);
  QObject::connect(&timer, &QTimer::timeout, &a, &Atomic::work, Qt::QueuedConnection);
  thread.start();
  a.n++;
  thread.quit();
  thread.wait();
}
class Same : public QObject {
public:
  void work() { n++; }
  void more() { n += 2; }
  long n = 0;
};
static void one_thread_ok() {
  QThread thread;
  QTimer timer;
  Same s;
  s.moveToThread(&thread);
  QObject::connect(&timer, &QTimer::timeout, &s, &Same::work);
  QObject::connect(&timer, &QTimer::timeout, &s, &Same::more);
  thread.start();
  thread.quit();
  thread.wait();
  s.n++;
}
int main() {
  moved_bad();
  FN_Controller c;
  c.poke();
  not_moved_ok();
  direct_ok();
  atomic_ok();
  one_thread_ok();
}
