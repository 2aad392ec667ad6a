// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Clang leaves open in templates that nobody instantiates: such bodies are read too, and none of it is a reason to
// give up.
// RUN: %check %s --checks=-*,threadbare-* 2>&1 | FileCheck %s
// CHECK-NOT: crashed
// CHECK: 0 findings
#include <coroutine>
#include <memory>
#include <string>
#include <thread>
#include <vector>

struct Base {
  Base() = default;
  explicit Base(int) {}
  virtual ~Base() = default;
  int n = 0;
};

template <class T> struct Factory : Base {
  struct Product : Base {
    Product(int, const char *);
  };
  struct Plain {
    T first;
    int second;
  };
  Base *ofOwn() { return new Product(1, ""); }
  Base *ofParameter() { return new T(1); }
  Base *ofNothing() { return new T(); }
  Base *ofDependent() { return new Base(number.x); }
  Base *ofSize() { return new Base(sizeof(T)); }
  Plain *ofParts() { return new Plain{number, 1}; }
  Plain *ofPlaced(void *at) { return new (at) Plain(number, 1); }
  T *ofArray(int n) { return new T[n]{T(1), T(2)}; }
  void local() {
    Product made(1, "");
    Plain parts{number, 1}, copy = parts;
    auto [a, b] = parts;
    Base *kept[] = {new Product(2, ""), new T};
    for (auto &each : number.all())
      each = new Product(3, "");
    (void)kept, (void)a, (void)b, (void)copy;
  }
  Factory() : Base(1), number(1, 2), products{new Product(4, "")} {}
  T number;
  std::vector<Base *> products;
};

template <class... T> std::vector<Base *> all(T... given) {
  return {new T(given)...};
}

template <class T> auto started(T given) {
  auto work = [given, own = new typename T::Product(given)] { return own->count + given.count; };
  std::thread runner(work, T(given));
  return std::make_unique<decltype(work)>(std::move(work));
}
