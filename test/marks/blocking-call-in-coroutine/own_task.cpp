// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// A project with its own task type and loop, and the ways in which calls hide in C++.
#include <coroutine>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace rt {
template <class T> struct [[nodiscard]] task;
struct promise_base {
  std::coroutine_handle<> waiting;
  std::suspend_always initial_suspend() noexcept { return {}; }
  struct resume_waiting {
    bool await_ready() noexcept { return false; }
    template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> h) noexcept {
      return h.promise().waiting ? h.promise().waiting : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  resume_waiting final_suspend() noexcept { return {}; }
  void unhandled_exception() { std::terminate(); }
};
template <class T> struct task {
  struct promise_type : promise_base {
    T value{};
    task get_return_object() { return task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    void return_value(T v) { value = std::move(v); }
  };
  std::coroutine_handle<promise_type> handle;
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    handle.promise().waiting = h;
    return handle;
  }
  T await_resume() { return std::move(handle.promise().value); }
};
struct readable {
  int fd;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume() {}
};
} // namespace rt

// System calls.
rt::task<int> naps_bad() {
  timespec time{0, 1000};
  ::nanosleep(&time, nullptr); // expect: blocking-call-in-coroutine
  co_return 0;
}
rt::task<int> waits_for_child_bad(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0); // expect: blocking-call-in-coroutine
  co_return status;
}
rt::task<int> locks_a_file_bad(int fd) {
  ::flock(fd, LOCK_EX); // expect: blocking-call-in-coroutine
  co_return 0;
}
rt::task<int> polls_bad(int epoll, epoll_event *events) {
  co_return ::epoll_wait(epoll, events, 16, -1); // expect: blocking-call-in-coroutine
}
rt::task<int> runs_bad() {
  std::FILE *pipe = ::popen("uptime", "r"); // expect: blocking-call-in-coroutine
  co_return pipe ? 1 : 0;
}

// Ready first, then read: the descriptor is non-blocking from the start.
rt::task<long> reads_when_readable_ok() {
  int fd = ::open("/dev/tty", O_RDONLY | O_NONBLOCK);
  char data[64];
  co_await rt::readable{fd};
  co_return ::read(fd, data, sizeof data);
}

static void nap() { ::usleep(100); }

// Operators, conversions, members, initialisers.
struct Matrix {
  Matrix operator*(const Matrix &) const {
    nap();
    return *this;
  }
  operator bool() const {
    nap();
    return true;
  }
  int &operator[](int) {
    nap();
    return cell;
  }
  int cell = 0;
};
rt::task<int> operators_bad(Matrix a, Matrix b) {
  Matrix c = a * b; // expect: blocking-call-in-coroutine; note: nap -> usleep
  if (c)            // expect: blocking-call-in-coroutine; note: nap -> usleep
    c[1] = 2;       // expect: blocking-call-in-coroutine; note: nap -> usleep
  co_return 0;
}
static int slow_default() {
  nap();
  return 1;
}
struct WithInitialiser {
  int value = slow_default();
};
rt::task<int> member_initialiser_bad() {
  WithInitialiser w; // expect: blocking-call-in-coroutine; note: slow_default -> nap -> usleep
  co_return w.value;
}
rt::task<int> conditional_bad(bool fast) {
  int v = fast ? 1 : slow_default(); // expect: blocking-call-in-coroutine; note: slow_default -> nap
  co_return v;
}
rt::task<int> short_circuit_bad(bool known) {
  if (known || slow_default()) // expect: blocking-call-in-coroutine
    co_return 1;
  co_return 0;
}
rt::task<int> in_a_loop_bad(std::vector<int> values) {
  for (int v : values)
    if (v > 3)
      nap(); // expect: blocking-call-in-coroutine
  co_return 0;
}
rt::task<int> in_a_handler_bad() {
  try {
    throw std::runtime_error("x");
  } catch (const std::exception &) {
    nap(); // expect: blocking-call-in-coroutine
  }
  co_return 0;
}
rt::task<int> called_at_once_bad() {
  int v = [] { return slow_default(); }(); // expect: blocking-call-in-coroutine
  co_return v;
}
rt::task<int> function_pointer_bad() {
  void (*wait)() = nap;
  wait(); // expect: blocking-call-in-coroutine
  co_return 0;
}
static void twice(const std::function<void()> &f) {
  f();
  f();
}
rt::task<int> passed_down_bad() {
  twice([] { nap(); }); // expect: blocking-call-in-coroutine; note: nap -> usleep
  co_return 0;
}
template <class F> static void with_retry(F f) {
  for (int i = 0; i < 3; ++i)
    f();
}
rt::task<int> passed_to_a_template_bad() {
  with_retry([] { nap(); }); // expect: blocking-call-in-coroutine; note: nap -> usleep
  co_return 0;
}
rt::task<int> passed_down_ok() {
  twice([] {});
  with_retry([] {});
  co_return 0;
}

// Classes: a base's constructor, a method of a template, a static one.
struct Base {
  Base() { nap(); }
};
struct Derived : Base {
  int v = 1;
};
rt::task<int> base_constructor_bad() {
  Derived d; // expect: blocking-call-in-coroutine; note: nap -> usleep
  co_return d.v;
}
template <class T> struct Store {
  T value{};
  const T &get() {
    nap();
    return value;
  }
  static T fresh() { return Store().get(); }
};
rt::task<int> template_member_bad(Store<int> s) {
  int a = s.get();            // expect: blocking-call-in-coroutine
  int b = Store<int>::fresh(); // expect: blocking-call-in-coroutine
  co_return a + b;
}
struct Shape {
  virtual ~Shape() = default;
  virtual int area() { return 0; }
};
struct Slow : Shape {
  int area() override {
    nap();
    return 1;
  }
};
rt::task<int> unknown_override_ok(Shape &s) { co_return s.area(); }
rt::task<int> made_here_bad() {
  std::unique_ptr<Shape> s = std::make_unique<Slow>();
  co_return s->area(); // expect: blocking-call-in-coroutine; note: Slow::area -> nap
}

// The end of a scope, and of the coroutine's own parameters' copies.
struct Scoped {
  ~Scoped() { nap(); }
};
rt::task<int> early_return_bad(bool b) {
  if (b)
    co_return 0;
  Scoped s; // expect: blocking-call-in-coroutine
  co_return 1;
}
rt::task<int> owned_bad() {
  auto p = std::make_unique<Scoped>(); // expect: blocking-call-in-coroutine; note: nap -> usleep
  co_return 1;
}

// Awaiting another coroutine that blocks is that one's fault.
rt::task<int> awaits_ok() { co_return co_await naps_bad(); }
