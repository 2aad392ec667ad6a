// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Objects that library functions make: which constructor they call is decided by what they are given.
#include <boost/asio.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using Void = boost::asio::awaitable<void>;

class Config {
  std::string text;

public:
  explicit Config(const std::string &path) {
    std::ifstream in(path);
    std::getline(in, text);
  }
  explicit Config(int size) : text(static_cast<std::size_t>(size), ' ') {}
  explicit Config(std::initializer_list<char> letters) : text(letters) {}
};
template <class T> class Synced {
  T value;

public:
  explicit Synced(T v) : value(std::move(v)) { ::fsync(1); }
  explicit Synced(T *v) : value(*v) {}
};
class Base {
public:
  virtual ~Base() = default;
};
class Journal : public Base {
public:
  explicit Journal(int fd) { ::fsync(fd); }
  explicit Journal(const char *) {}
  Journal(const Journal &) = default;
};

Void from_a_path() {
  auto config = std::make_unique<Config>("app.conf"); // expect: blocking-call-in-coroutine; note: Config::Config
  co_return;
}
Void shared_from_a_path(std::string path) {
  auto config = std::make_shared<Config>(path);           // expect: blocking-call-in-coroutine
  auto moved = std::make_shared<Config>(std::move(path)); // expect: blocking-call-in-coroutine
  co_return;
}
Void of_a_size_ok(int n) {
  auto config = std::make_unique<Config>(3);
  auto shared = std::make_shared<Config>(n);
  auto letters = std::make_shared<Config>(std::initializer_list<char>{'a'});
  co_return;
}
Void by_its_base(int fd) {
  std::unique_ptr<Base> journal = std::make_unique<Journal>(fd); // expect: blocking-call-in-coroutine
  std::shared_ptr<Base> other = std::make_shared<Journal>("none");
  co_return;
}
Void copied_ok(const Journal &journal) {
  auto copy = std::make_unique<Journal>(journal);
  co_return;
}
Void of_a_template(int n) {
  auto value = std::make_unique<Synced<int>>(n); // expect: blocking-call-in-coroutine
  auto pointer = std::make_unique<Synced<int>>(&n);
  co_return;
}
Void in_containers(int fd) {
  std::vector<Journal> list;
  list.emplace_back(fd); // expect: blocking-call-in-coroutine
  list.emplace_back("none");
  std::map<int, Journal> table;
  table.try_emplace(1, fd); // expect: blocking-call-in-coroutine
  table.emplace(2, "none");
  co_return;
}
