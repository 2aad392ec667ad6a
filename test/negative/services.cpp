// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thread that some service starts for itself, far below, is not what an operation is handed to.
// RUN: %marks --checks=-*,threadbare-async-over-thread-pool %s
#include <functional>
#include <pthread.h>
#include <sys/epoll.h>
#include <utility>

class thread {
public:
  template <class Function> explicit thread(Function f) { start(new holder<Function>(std::move(f))); }

private:
  struct base {
    virtual ~base() = default;
    virtual void run() = 0;
  };
  template <class Function> struct holder : base {
    explicit holder(Function f) : function(std::move(f)) {}
    void run() override { function(); }
    Function function;
  };
  static void *body(void *given) {
    static_cast<base *>(given)->run();
    return nullptr;
  }
  void start(base *given) { ::pthread_create(&handle, nullptr, body, given); }
  pthread_t handle;
};

struct scheduler {
  struct loop {
    scheduler *of;
    void operator()() { of->run(); }
  };
  scheduler() : own(loop{this}) {}
  void run() {
    epoll_event event;
    for (;;)
      ::epoll_wait(3, &event, 1, -1);
  }
  thread own;
};
scheduler &create() { return *new scheduler; }
scheduler &use() { return create(); }
struct peer_socket {
  peer_socket() : service(use()) {}
  scheduler &service;
};

template <class Handler> struct accept_operation {
  explicit accept_operation(Handler h) : handler(std::move(h)) {}
  Handler handler;
  peer_socket peer;
};
template <class Handler> void async_accept(Handler handler) {
  auto *operation = new accept_operation<Handler>(std::move(handler));
  (void)operation;
}

template <class T, class... Given> T *allocate_object(Given &&...given) {
  return new T(std::forward<Given>(given)...);
}
template <class Function> struct item {
  explicit item(Function f) : own(std::move(f)) {}
  thread own;
};

int main() {
  async_accept([](int) {});
  scheduler *s = &use();
  allocate_object<item<scheduler::loop>>(scheduler::loop{s});
  std::function<void()> last = [] {};
  allocate_object<item<std::function<void()>>>(last);
}
