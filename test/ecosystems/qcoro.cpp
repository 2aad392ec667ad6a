// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Qt 6 with QCoro, the real headers.
// expect-flags: -fPIC -isystem /usr/include/qcoro6 -isystem /usr/include/qcoro6/qcoro -isystem /usr/include/x86_64-linux-gnu/qt6
// expect-flags: -isystem /usr/include/x86_64-linux-gnu/qt6/QtCore -isystem /usr/include/x86_64-linux-gnu/qt6/QtNetwork -isystem /usr/include/x86_64-linux-gnu/qt6/QtConcurrent
// RUN: %marks %s
#include <QCoro/QCoroFuture>
#include <QCoro/QCoroTask>
#include <QCoro/QCoroTimer>
#include <QFile>
#include <QMutex>
#include <QMutexLocker>
#include <QThread>
#include <QThreadPool>
#include <QtConcurrent/QtConcurrent>

#include <chrono>

using namespace std::chrono_literals;

static QByteArray load(const QString &path) {
  QFile file(path);
  file.open(QIODevice::ReadOnly);
  return file.readAll();
}

QCoro::Task<QByteArray> file_bad(QString path) {
  co_return load(path); // expect: blocking-call-in-coroutine; note: load -> QFile
}
QCoro::Task<> sleeps_bad() {
  QThread::msleep(100); // expect: blocking-call-in-coroutine
  co_return;
}
QCoro::Task<> timer_ok() { co_await QCoro::sleepFor(100ms); }

QCoro::Task<QByteArray> offloaded_ok(QString path) {
  co_await QCoro::sleepFor(100ms);
  co_return co_await QtConcurrent::run([path] { return load(path); });
}

QCoro::Task<QByteArray> waits_bad(QFuture<QByteArray> future) {
  future.waitForFinished(); // expect: sync-wait-in-coroutine
  co_return future.result(); // it is there now
}
QCoro::Task<QByteArray> takes_bad(QFuture<QByteArray> future) {
  co_return future.result(); // expect: sync-wait-in-coroutine
}
QCoro::Task<QByteArray> awaits_ok(QFuture<QByteArray> future) { co_return co_await future; }

QCoro::Task<int> nested_loop_bad(QCoro::Task<int> task) {
  co_return QCoro::waitFor(task); // expect: sync-wait-in-coroutine
}

QFuture<QByteArray> read_async_bad(QString path) { // expect: async-over-thread-pool
  return QtConcurrent::run([path] { return load(path); });
}
QFuture<int> computes_ok(int n) {
  return QtConcurrent::run([n] { return n * n; });
}

static int counted = 0;
static int guarded = 0;
static QMutex mutex;
static void pool() {
  for (int i = 0; i < 10; ++i)
    QThreadPool::globalInstance()->start([] {
      ++counted; // expect: unsynchronized-shared-counter
      QMutexLocker lock(&mutex);
      ++guarded;
    });
}

int main() { pool(); }
