// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Algorithms with an execution policy: std::execution::par calls its callable on several threads.
// RUN: %marks %s
#include <algorithm>
#include <atomic>
#include <execution>
#include <mutex>
#include <numeric>
#include <vector>
static long for_each_bad(std::vector<int> &v) {
  long sum = 0;
  std::for_each(std::execution::par, v.begin(), v.end(), [&](auto x) {
    sum += x; // expect: unsynchronized-shared-counter
  });
  return sum;
}
static long unseq_bad(const std::vector<int> &v) {
  long sum = 0;
  std::for_each(std::execution::par_unseq, v.begin(), v.end(), [&sum](int x) {
    sum += x; // expect: unsynchronized-shared-counter
  });
  return sum;
}
static int n_bad(std::vector<int> &v) {
  int evens = 0;
  std::for_each_n(std::execution::par, v.begin(), 100, [&](int x) {
    if (x % 2 == 0)
      evens++; // expect: unsynchronized-shared-counter
  });
  return evens;
}
static int transform_bad(std::vector<int> &v) {
  int calls = 0;
  std::vector<int> out(v.size());
  std::transform(std::execution::par, v.begin(), v.end(), out.begin(), [&](int x) {
    ++calls; // expect: unsynchronized-shared-counter
    return x * 2;
  });
  return calls;
}
static int transform2_bad(std::vector<int> &v) {
  int calls = 0;
  std::vector<int> out(v.size());
  std::transform(std::execution::par, v.begin(), v.end(), v.begin(), out.begin(), [&](int x, int y) {
    ++calls; // expect: unsynchronized-shared-counter
    return x * y;
  });
  return calls;
}
static int count_bad(std::vector<int> &v) {
  int calls = 0;
  auto n = std::count_if(std::execution::par, v.begin(), v.end(), [&](int x) {
    calls++; // expect: unsynchronized-shared-counter
    return x > 0;
  });
  return calls + n;
}
static int sort_bad(std::vector<int> &v) {
  int compared = 0;
  std::sort(std::execution::par, v.begin(), v.end(), [&](int a, int b) {
    ++compared; // expect: unsynchronized-shared-counter
    return a < b;
  });
  return compared;
}
struct Tally {
  long n = 0;
  void operator()(int x) {
    n += x;
  }
};
static Tally shared;
static void add(int x) {
  shared.n += x; // expect: unsynchronized-shared-counter
}
static void function_bad(std::vector<int> &v) {
  std::for_each(std::execution::par, v.begin(), v.end(), add);
}
class Scene {
  std::vector<int> items;
  long visited = 0;
  void visit(int) {
    visited++; // expect: unsynchronized-shared-counter
  }

public:
  void run_bad() {
    std::for_each(std::execution::par, items.begin(), items.end(), [this](int x) {
      visit(x);
    });
  }
};
static void half_bad(std::vector<int> &v) {
  std::vector<long> hist(10);
  std::for_each(std::execution::par, v.begin(), v.end(), [&](int x) {
    hist[x % 10]++; // expect: unsynchronized-shared-counter
  });
}
static int named_bad(std::vector<int> &v) {
  int n = 0;
  auto f = [&n](int) {
    ++n; // expect: unsynchronized-shared-counter
  };
  const auto &policy = std::execution::par;
  std::for_each(policy, v.begin(), v.end(), f);
  return n;
}
template <class P> static long generic(P &&policy, std::vector<int> &v) {
  long n = 0;
  std::for_each(std::forward<P>(policy), v.begin(), v.end(), [&](int x) {
    n += x;
  });
  return n;
}
// fine
static long seq_ok(std::vector<int> &v) {
  long sum = 0;
  std::for_each(std::execution::seq, v.begin(), v.end(), [&](int x) {
    sum += x;
  });
  return sum;
}
static long useq_ok(std::vector<int> &v) {
  long sum = 0;
  std::for_each(std::execution::unseq, v.begin(), v.end(), [&](int x) {
    sum += x;
  });
  return sum;
}
static long atomic_ok(std::vector<int> &v) {
  std::atomic<long> sum = 0;
  std::for_each(std::execution::par, v.begin(), v.end(), [&](int x) {
    sum += x;
  });
  return sum;
}
static long locked_ok(std::vector<int> &v) {
  long sum = 0;
  std::mutex m;
  std::for_each(std::execution::par, v.begin(), v.end(), [&](int x) {
    std::lock_guard l(m);
    sum += x;
  });
  return sum;
}
static void elements_ok(std::vector<int> &v) {
  std::for_each(std::execution::par, v.begin(), v.end(), [](int &x) {
    x += 1;
  });
}
static void elements2_ok(std::vector<std::vector<int>> &v) {
  std::for_each(std::execution::par, v.begin(), v.end(), [](std::vector<int> &row) {
    for (int &x : row)
      x++;
    row[0]++;
    row.front()++;
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i]++;
  });
}
struct Particle {
  double x = 0;
  int steps = 0;
  void step() {
    steps++;
  }
};
static void objects_ok(std::vector<Particle> &v) {
  std::for_each(std::execution::par_unseq, v.begin(), v.end(), [](Particle &p) {
    p.step();
    p.x += 1;
  });
}
static void index_ok(std::vector<int> &v) {
  std::vector<std::size_t> idx(v.size());
  std::iota(idx.begin(), idx.end(), 0);
  std::for_each(std::execution::par, idx.begin(), idx.end(), [&](std::size_t i) {
    v[i]++;
  });
}
static void address_ok(std::vector<int> &v) {
  std::vector<int> out(v.size());
  std::for_each(std::execution::par, v.begin(), v.end(), [&](const int &x) {
    out[&x - v.data()]++;
  });
}
static long reduce_ok(std::vector<int> &v) {
  return std::reduce(std::execution::par, v.begin(), v.end(), 0L, [](long a, long b) {
    a += b;
    return a;
  });
}
static long local_ok(std::vector<int> &v) {
  std::transform(std::execution::par, v.begin(), v.end(), v.begin(), [](int x) {
    int n = 0;
    for (int i = 0; i < x; ++i)
      n++;
    return n;
  });
  return 0;
}
static long after_ok(std::vector<int> &v) {
  long n = 0;
  std::for_each(std::execution::par, v.begin(), v.end(), [](int) {});
  n++;
  return n;
}
static void functor_copied_ok(std::vector<int> &v) {
  Tally t;
  std::for_each(std::execution::seq, v.begin(), v.end(), t);
}
static void ptrs_ok(std::vector<std::unique_ptr<Particle>> &v) {
  std::for_each(std::execution::par, v.begin(), v.end(), [](auto &p) {
    p->step();
  });
}
static void rawptrs_ok(std::vector<Particle *> &v) {
  std::for_each(std::execution::par, v.begin(), v.end(), [](Particle *p) {
    p->step();
  });
}
int main() {
  std::vector<int> v(100);
  std::vector<Particle> p(10);
  std::vector<std::vector<int>> rows(4);
  std::vector<std::unique_ptr<Particle>> up;
  std::vector<Particle *> rp;
  for_each_bad(v);
  unseq_bad(v);
  n_bad(v);
  transform_bad(v);
  transform2_bad(v);
  count_bad(v);
  sort_bad(v);
  function_bad(v);
  Scene().run_bad();
  half_bad(v);
  named_bad(v);
  generic(std::execution::seq, v);
  seq_ok(v);
  useq_ok(v);
  atomic_ok(v);
  locked_ok(v);
  elements_ok(v);
  elements2_ok(rows);
  objects_ok(p);
  index_ok(v);
  address_ok(v);
  reduce_ok(v);
  local_ok(v);
  after_ok(v);
  functor_copied_ok(v);
  ptrs_ok(up);
  rawptrs_ok(rp);
}
