// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// How calls hide: in operators, conversions, iterators, initialisers, templates that differ in a lambda, virtual calls
// through containers, functors, algorithms, std::visit.
#include <algorithm>
#include <boost/asio.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <variant>
#include <vector>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::awaitable;
using namespace std::chrono_literals;

struct Entry {
  fs::path path;
  operator std::uintmax_t() const { return fs::file_size(path); }
  Entry &operator<<(int n) {
    ::fsync(n);
    return *this;
  }
  bool operator<(const Entry &o) const { return path < o.path; }
};
class Lines {
public:
  struct Iterator {
    int fd = -1;
    char c = 0;
    char operator*() const { return c; }
    Iterator &operator++() {
      if (::read(fd, &c, 1) != 1) fd = -1;
      return *this;
    }
    bool operator!=(const Iterator &o) const { return fd != o.fd; }
  };
  explicit Lines(int fd) : fd_(fd) {}
  Iterator begin() { return {fd_, 0}; }
  Iterator end() { return {}; }

private:
  int fd_;
};
template <class F> auto timed(F f) { return f(); }
template <class F> struct Guarded {
  F f;
  auto run() { return f(); }
};
template <class T> struct Handler {
  T value;
  void operator()() const { std::this_thread::sleep_for(1s); }
};
struct Step {
  virtual ~Step() = default;
  virtual void run() = 0;
  virtual int cost() const { return 1; }
};
namespace {
struct Download final : Step {
  void run() override { std::this_thread::sleep_for(2s); }
};
struct Unpack final : Step {
  void run() override { fs::create_directories("x"); }
  int cost() const override { return static_cast<int>(fs::file_size("x")); }
};
}  // namespace
struct OnDisk {
  void store() const { ::sync(); }
};
struct InMemory {
  void store() const {}
};
static int twice(int n) { return 2 * n; }
static long size_of(const std::string &p) { return static_cast<long>(fs::file_size(p)); }

awaitable<std::uintmax_t> conversion_bad(Entry e) {
  std::uintmax_t n = e;  // expect: blocking-call-in-coroutine
  co_return n;
}
awaitable<void> operator_bad(Entry e) {
  e << 1;  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<bool> operator_ok(Entry a, Entry b) { co_return a < b; }
awaitable<int> iterator_bad(int fd) {
  int n = 0;
  for (char c : Lines(fd))  // expect: blocking-call-in-coroutine
    n += c == '\n';
  co_return n;
}
awaitable<void> lambdas_of_one_template(int fd) {
  timed([] { return 1; });
  timed([fd] { return ::fsync(fd); });  // expect: blocking-call-in-coroutine; note: timed -> lambda -> fsync
  timed([] { return 2; });
  co_return;
}
awaitable<void> classes_of_lambdas(int fd) {
  Guarded fine{[fd] { return fd; }};
  Guarded bad{[fd] { return ::fsync(fd); }};
  fine.run();
  bad.run();  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> functor_bad() {
  Handler<int> h{1};
  h();  // expect: blocking-call-in-coroutine
  std::function<void()> f = Handler<long>{2};
  f();  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> functor_elsewhere_ok(asio::thread_pool &pool) {
  asio::post(pool, Handler<int>{3});
  std::thread(Handler<char>{'a'}).detach();
  co_return;
}
awaitable<int> steps_bad(std::vector<std::unique_ptr<Step>> &steps) {
  int n = 0;
  for (auto &s : steps) n += s->cost();
  for (const auto &s : steps) s->run();  // expect: blocking-call-in-coroutine
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i]->run();  // expect: blocking-call-in-coroutine
  co_return n;
}
awaitable<void> visited_bad(std::variant<OnDisk, InMemory> where) {
  std::visit([](const auto &w) { w.store(); }, where);
  std::visit([](const auto &) { ::sync(); }, where);  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<long> algorithms_bad(const std::vector<std::string> &names, std::vector<int> numbers) {
  std::transform(numbers.begin(), numbers.end(), numbers.begin(), twice);
  std::vector<long> sizes(names.size());
  std::transform(names.begin(), names.end(), sizes.begin(), size_of);  // expect: blocking-call-in-coroutine
  std::ranges::for_each(names, [](const std::string &n) { fs::remove(n); });  // expect: blocking-call-in-coroutine
  co_return std::accumulate(names.begin(), names.end(), 0L, [](long sum, const std::string &n) { return sum + size_of(n); });  // expect: blocking-call-in-coroutine
}
awaitable<int> applied_bad(int fd) {
  int n = std::apply([](int a, int b) { return a + b; }, std::tuple(1, 2));
  n += std::apply([](int a) { return ::fsync(a); }, std::tuple(fd));  // expect: blocking-call-in-coroutine
  co_return n;
}
awaitable<int> chosen_bad(bool slow) {
  co_return slow ? static_cast<int>(::sleep(1)) : 0;  // expect: blocking-call-in-coroutine
}
awaitable<int> short_circuit_bad(const char *p) {
  co_return p && ::access(p, R_OK) == 0 && ::unlink(p) == 0;  // expect: blocking-call-in-coroutine
}
awaitable<void> unevaluated_ok() {
  using Returned = decltype(::sleep(1));
  static_assert(noexcept(twice(1)) || sizeof(Returned) > 0);
  co_return;
}
awaitable<void> made_bad() {
  struct Opened {
    std::uintmax_t size = fs::file_size("x");
  };
  auto p = std::make_shared<Opened>();  // expect: blocking-call-in-coroutine
  std::optional<Opened> o;
  o.emplace();  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> opened_bad(std::vector<std::ifstream> &all) {
  auto in = std::make_unique<std::ifstream>("a");  // expect: blocking-call-in-coroutine; note: std::ifstream
  all.emplace_back("b");                           // expect: blocking-call-in-coroutine
  auto closed = std::make_unique<std::ofstream>();
  co_return;
}
