// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Futures of Qt's pools and what is done then. Qt itself is not needed: these are its declarations.
// RUN: %marks --checks=-*,threadbare-async-over-thread-pool %s
#include <fstream>
#include <string>
#include <type_traits>

class QThreadPool;
class QObject;
namespace QtFuture {
enum class Launch { Sync, Async, Inherit };
}
template <class T> class QFuture {
public:
  template <class F> using Then = QFuture<std::invoke_result_t<F, T>>;
  template <class Function> Then<Function> then([[maybe_unused]] Function &&function) { return {}; }
  template <class Function>
  Then<Function> then([[maybe_unused]] QtFuture::Launch policy, [[maybe_unused]] Function &&function) {
    return {};
  }
  template <class Function>
  Then<Function> then([[maybe_unused]] QThreadPool *pool, [[maybe_unused]] Function &&function) {
    return {};
  }
  template <class Function>
  Then<Function> then([[maybe_unused]] QObject *context, [[maybe_unused]] Function &&function) {
    return {};
  }
  T result() const { return {}; }
};
namespace QtConcurrent {
template <class Function, class... Args>
QFuture<std::invoke_result_t<Function, Args...>> run([[maybe_unused]] Function &&f, Args &&...) {
  return {};
}
} // namespace QtConcurrent

static std::string slurp(std::string path) {
  std::ifstream in(path);
  std::string text;
  std::getline(in, text, '\0');
  return text;
}

QFuture<std::string> run_bad(std::string path) { // expect: async-over-thread-pool
  return QtConcurrent::run(slurp, path);
}
QFuture<std::size_t> run_then_bad(std::string path) { // expect: async-over-thread-pool
  return QtConcurrent::run([path] { return slurp(path); }).then([](std::string text) { return text.size(); });
}
QFuture<std::string> then_in_a_pool_bad(QFuture<std::string> name, QThreadPool *pool) { // expect: async-over-thread-pool
  return name.then(pool, [](std::string path) { return slurp(path); });
}
QFuture<std::string> then_in_the_pool_bad(QFuture<std::string> name) { // expect: async-over-thread-pool
  return name.then(QtFuture::Launch::Async, [](std::string path) { return slurp(path); });
}

QFuture<std::size_t> computes_ok(std::string text) {
  return QtConcurrent::run([text] { return text.size(); }).then([](std::size_t n) { return n + 1; });
}
QFuture<std::string> then_where_it_was_ok(QFuture<std::string> name) {
  return name.then(QtFuture::Launch::Sync, [](std::string path) { return slurp(path); });
}
QFuture<std::string> then_on_a_loop_ok(QFuture<std::string> name, QObject *window) {
  return name.then(window, [](std::string path) { return slurp(path); });
}
