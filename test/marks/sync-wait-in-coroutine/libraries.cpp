// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect-flags: -fPIC -isystem /usr/include/qcoro6 -isystem /usr/include/qcoro6/qcoro -isystem /usr/include/x86_64-linux-gnu/qt6
// expect-flags: -I/usr/include/x86_64-linux-gnu/qt6/QtCore -I/usr/include/x86_64-linux-gnu/qt6/QtConcurrent -I/usr/include/x86_64-linux-gnu/qt6/QtNetwork
// RUN: %marks --checks=-*,threadbare-sync-wait-in-coroutine,threadbare-blocking-call-in-coroutine %s
// Qt's headers by -I, as pkg-config gives them: they are a library's all the same.
#include <QCoro/QCoroFuture>
#include <QCoro/QCoroTask>
#include <QCoro/QCoroThread>
#include <QCoro/QCoroTimer>
#include <QEventLoop>
#include <QFile>
#include <QFuture>
#include <QSaveFile>
#include <QSemaphore>
#include <QTcpSocket>
#include <QTextStream>
#include <QThread>
#include <QThreadPool>
#include <QTimer>
#include <QtConcurrentRun>
#include <memory>

static int work() { return 1; }
static QByteArray read_all(const QString &path) {
  QFile f(path);
  if (!f.open(QIODevice::ReadOnly)) return {};
  return f.readAll();
}
template <class T> static T now(QFuture<T> f) { return f.result(); }

QCoro::Task<int> finished_ok() {
  QFuture<int> f = QtConcurrent::run(work);
  co_await f;
  co_return f.result();
}
QCoro::Task<int> asked_ok(QFuture<int> f) {
  if (!f.isFinished()) co_return 0;
  co_return f.result();
}
QCoro::Task<int> not_finished_bad() {
  QFuture<int> f = QtConcurrent::run(work);
  co_return f.result();  // expect: sync-wait-in-coroutine; note: QFuture<int>::result
}
QCoro::Task<int> helper_bad() {
  co_return now(QtConcurrent::run(work));  // expect: sync-wait-in-coroutine; note: now -> QFuture<int>::result
}
QCoro::Task<> nested_loop_bad(QTimer &t) {
  QEventLoop loop;
  QObject::connect(&t, &QTimer::timeout, &loop, &QEventLoop::quit);
  loop.exec();  // expect: sync-wait-in-coroutine
  co_return;
}
QCoro::Task<> file_bad(QString path) {
  auto data = read_all(path);  // expect: blocking-call-in-coroutine; note: read_all
  co_return;
}
QCoro::Task<> file_in_the_pool_ok(QString path) {
  auto data = co_await QtConcurrent::run(read_all, path);
  co_await QtConcurrent::run([path] { return read_all(path); });
}
QCoro::Task<> socket_bad(QTcpSocket &s) {
  s.connectToHost("localhost", 80);
  s.waitForConnected();  // expect: blocking-call-in-coroutine
  co_return;
}
QCoro::Task<> thread_bad(QThread *t) {
  t->quit();
  t->wait();  // expect: sync-wait-in-coroutine; note: QThread::wait
  co_return;
}
QCoro::Task<> thread_ok(QThread *t) {
  t->quit();
  co_await qCoro(t).waitForFinished();
}
QCoro::Task<> semaphore_ok(QSemaphore &s) {
  if (s.tryAcquire(1)) s.release();
  co_return;
}
