// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Findings in every shape of function, none of which a run without arguments reaches.
#include <thread>

namespace app {
long generic = 0, nested = 0, hidden = 0, here = 0, alone = 0;

template <class T> void bump(T &x) { ++x; }

template <class T> struct Box {
  void put() { count_++; }
  T count_ = 0;
};

class Stats {
public:
  void hit() {
    auto count = [this] { hits_++; };
    count();
  }
  static void all() { total_++; }
  bool operator()(int) {
    called_++;
    return true;
  }

private:
  long hits_ = 0, called_ = 0;
  static inline long total_ = 0;
};

void deep() {
  auto outer = [] {
    auto inner = [] { nested++; };
    inner();
  };
  outer();
}

namespace {
void unnamed() { hidden++; }
} // namespace

void one() { alone++; }
} // namespace app

int main(int argc, char **) {
  app::Stats stats;
  app::Box<int> box;
  auto work = [&] {
    app::bump(app::generic);
    box.put();
    stats.hit();
    app::Stats::all();
    stats(1);
    app::deep();
    app::unnamed();
    app::here++;
    app::one();
  };
  if (argc == 1) {
    app::one();
    return 0;
  }
  std::thread first(work), second(work);
  first.join();
  second.join();
}
