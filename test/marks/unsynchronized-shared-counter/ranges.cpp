// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parts of one array: whose walks do not meet, do not race.
// RUN: %marks %s
#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <pthread.h>
#include <span>
#include <thread>
#include <vector>

static std::array<long, 1000> table;
static long plain[1000];
static void halves_ok() {
  std::thread low([] {
    for (int i = 0; i < 500; ++i)
      table[i]++;
  });
  std::thread high([] {
    for (int i = 500; i < 1000; ++i)
      table[i]++;
  });
  low.join();
  high.join();
}
static void halves_vector_ok() {
  std::vector<int> v(1000);
  std::thread low([&] {
    for (std::size_t i = 0; i < 500; ++i)
      v[i]++;
  });
  for (std::size_t i = 500; i < 1000; ++i)
    v[i]++;
  low.join();
}
static void fill(long *p, int from, int to) {
  for (int i = from; i < to; ++i)
    p[i] += 1;
}
static void halves_params_ok() {
  std::thread low(fill, plain, 0, 500), high(fill, plain, 500, 1000);
  low.join();
  high.join();
}
static void fillv(std::vector<int> &v, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i != to; i++)
    ++v[i];
}
static void halves_ref_ok() {
  std::vector<int> v(1000);
  std::thread low(fillv, std::ref(v), 0, v.size() / 2), high(fillv, std::ref(v), v.size() / 2, v.size());
  low.join();
  high.join();
}
static void halves_mid_ok() {
  std::vector<int> v(1000);
  const auto mid = v.size() / 2;
  auto run = [&](std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i)
      v[i]++;
  };
  std::thread low([&, mid] {
    for (std::size_t i = 0; i < mid; ++i)
      v[i]++;
  });
  std::thread high([&, mid] {
    for (std::size_t i = mid; i < v.size(); ++i)
      v[i]++;
  });
  low.join();
  high.join();
  std::thread low2(run, 0, mid), high2(run, mid, v.size());
  low2.join();
  high2.join();
}
static void parts_ok(int n, int k) {
  std::vector<int> v(n);
  std::vector<std::thread> ts;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&v, w, n, k] {
      for (int i = w * n / k; i < (w + 1) * n / k; ++i)
        v[i]++;
    });
  for (auto &t : ts)
    t.join();
}
static void parts_named_ok(int n, int k) {
  std::vector<int> v(n);
  std::vector<std::thread> ts;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&, w] {
      const int first = w * n / k, last = (w + 1) * n / k;
      for (int i = first; i < last; ++i)
        v[i]++;
    });
  for (auto &t : ts)
    t.join();
}
static void part(std::vector<int> *v, int w, int k) {
  int n = v->size();
  int begin = w * n / k;
  int end = (w + 1) * n / k;
  for (int i = begin; i < end; ++i)
    (*v)[i]++;
}
static void parts_param_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  for (int w = 0; w < k; ++w)
    ts.emplace_back(part, &v, w, k);
  for (auto &t : ts)
    t.join();
}
static void parts_two_ok() {
  std::vector<int> v(1000);
  std::thread a(part, &v, 0, 2), b(part, &v, 1, 2);
  a.join();
  b.join();
}
static void stride_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&v, w, k] {
      for (std::size_t i = w; i < v.size(); i += k)
        v[i]++;
    });
  for (auto &t : ts)
    t.join();
}
static void chunk_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  std::size_t chunk = v.size() / k;
  for (int w = 0; w < k; ++w) {
    std::size_t begin = w * chunk, end = w + 1 == k ? v.size() : begin + chunk;
    ts.emplace_back([&v, begin, end] {
      for (std::size_t i = begin; i < end; ++i)
        v[i]++;
    });
  }
  for (auto &t : ts)
    t.join();
}
static void chunk_moving_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::future<void>> ts;
  std::size_t begin = 0, chunk = v.size() / k;
  for (int w = 0; w < k; ++w) {
    ts.push_back(std::async(std::launch::async, [&v, begin, chunk] {
      for (std::size_t i = begin; i < begin + chunk; ++i)
        v[i]++;
    }));
    begin += chunk;
  }
  for (auto &t : ts)
    t.get();
}
static void recursive_ok(std::vector<int> &v, std::size_t from, std::size_t to) {
  if (to - from < 10) {
    for (auto i = from; i < to; ++i)
      v[i]++;
    return;
  }
  auto mid = from + (to - from) / 2;
  std::thread t([&, from, mid] {
    recursive_ok(v, from, mid);
  });
  recursive_ok(v, mid, to);
  t.join();
}
static std::array<long, 1000> over;
static void overlap_bad() {
  std::thread low([] {
    for (int i = 0; i < 600; ++i)
      over[i]++; // expect: unsynchronized-shared-counter
  });
  std::thread high([] {
    for (int i = 500; i < 1000; ++i)
      over[i]++; // expect: unsynchronized-shared-counter
  });
  low.join();
  high.join();
}
static void whole_bad() {
  std::vector<int> v(1000);
  std::thread low([&] {
    for (int i = 0; i < 1000; ++i)
      v[i]++; // expect: unsynchronized-shared-counter
  });
  std::thread high([&] {
    for (int i = 0; i < 1000; ++i)
      v[i]++; // expect: unsynchronized-shared-counter
  });
  low.join();
  high.join();
}
static void inclusive_bad() {
  std::vector<int> v(1000);
  std::thread low([&] {
    for (int i = 0; i <= 500; ++i)
      v[i]++; // expect: unsynchronized-shared-counter
  });
  std::thread high([&] {
    for (int i = 500; i < 1000; ++i)
      v[i]++; // expect: unsynchronized-shared-counter
  });
  low.join();
  high.join();
}
static void one_cell_bad() {
  std::vector<int> v(1000);
  std::thread low([&] {
    for (int i = 0; i < 500; ++i)
      v[0]++; // expect: unsynchronized-shared-counter
  });
  std::thread high([&] {
    for (int i = 500; i < 1000; ++i)
      v[0]++; // expect: unsynchronized-shared-counter
  });
  low.join();
  high.join();
}

// C style counters
struct Range {
  long *data;
  int begin, end;
};
static void *walk(void *p) {
  Range *r = (Range *)p;
  int i;
  for (i = r->begin; i < r->end; i++)
    r->data[i] += 1;
  return nullptr;
}
static long numbers[1000];
static void c_ranges_ok() {
  pthread_t t[4];
  Range r[4];
  for (int w = 0; w < 4; ++w) {
    r[w].data = numbers;
    r[w].begin = w * 250;
    r[w].end = (w + 1) * 250;
    pthread_create(&t[w], nullptr, walk, &r[w]);
  }
  for (int w = 0; w < 4; ++w)
    pthread_join(t[w], nullptr);
}
static long counts2[1000];
static void *walk_id(void *p) {
  long id = (long)p;
  int i;
  int lo = id * 250, hi = lo + 250;
  for (i = lo; i < hi; i++)
    counts2[i]++;
  return nullptr;
}
static void c_ids_ok() {
  pthread_t t[4];
  for (long w = 0; w < 4; ++w)
    pthread_create(&t[w], nullptr, walk_id, (void *)w);
  for (int w = 0; w < 4; ++w)
    pthread_join(t[w], nullptr);
}
static int counts3[1000];
static void *first_half(void *) {
  int i;
  for (i = 0; i < 500; i++)
    counts3[i]++;
  return nullptr;
}
static void *second_half(void *) {
  int i;
  for (i = 500; i < 1000; i++)
    counts3[i]++;
  return nullptr;
}
static void c_halves_ok() {
  pthread_t a, b;
  pthread_create(&a, nullptr, first_half, nullptr);
  pthread_create(&b, nullptr, second_half, nullptr);
  pthread_join(a, nullptr);
  pthread_join(b, nullptr);
}
// iterators
static void iterators_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  std::size_t c = v.size() / k;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&v, w, c] {
      for (auto it = v.begin() + w * c; it != v.begin() + (w + 1) * c; ++it)
        ++*it;
    });
  for (auto &t : ts)
    t.join();
}
static void add(std::vector<int>::iterator from, std::vector<int>::iterator to) {
  for (; from != to; ++from)
    ++*from;
}
static void iterator_params_ok() {
  std::vector<int> v(1000);
  std::thread a(add, v.begin(), v.begin() + 500), b(add, v.begin() + 500, v.end());
  a.join();
  b.join();
}
static void for_each_ok() {
  std::vector<int> v(1000);
  auto mid = v.begin() + 500;
  std::thread a([&] {
    std::for_each(v.begin(), mid, [](int &x) {
      ++x;
    });
  }),
      b([&] {
        std::for_each(mid, v.end(), [](int &x) {
          ++x;
        });
      });
  a.join();
  b.join();
}
static void add_span(std::span<int> s) {
  for (int &x : s)
    ++x;
}
static void spans_ok() {
  std::vector<int> v(1000);
  std::thread a(add_span, std::span(v).first(500)), b(add_span, std::span(v).subspan(500));
  a.join();
  b.join();
}
static void spans_loop_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::jthread> ts;
  std::size_t c = v.size() / k;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([part = std::span(v).subspan(w * c, c)] {
      for (int &x : part)
        ++x;
    });
}
static void add_ptr(int *from, int *to) {
  for (int *p = from; p != to; ++p)
    ++*p;
}
static void add_n(int *p, int n) {
  for (int i = 0; i < n; ++i)
    ++p[i];
}
static void pointers_ok() {
  std::vector<int> v(1000);
  std::thread a(add_ptr, v.data(), v.data() + 500), b(add_ptr, v.data() + 500, v.data() + 1000);
  a.join();
  b.join();
  std::thread c(add_n, v.data(), 500), d(add_n, v.data() + 500, 500);
  c.join();
  d.join();
  std::thread e(add_n, &v[0], 500), f(add_n, &v[500], 500);
  e.join();
  f.join();
}
static void pointers_loop_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  std::size_t c = v.size() / k;
  for (int w = 0; w < k; ++w)
    ts.emplace_back(add_n, v.data() + w * c, c);
  for (auto &t : ts)
    t.join();
}
static void base_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  int c = 1000 / k;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&v, base = w * c, c] {
      for (int i = 0; i < c; ++i)
        v[base + i]++;
    });
  for (auto &t : ts)
    t.join();
}
static void while_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  std::size_t c = 1000 / k;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&v, w, c] {
      std::size_t i = w * c, end = i + c;
      while (i < end)
        v[i++]++;
    });
  for (auto &t : ts)
    t.join();
}
static void rows_ok(int k) {
  std::vector<std::vector<int>> m(1000, std::vector<int>(10));
  std::vector<std::thread> ts;
  int c = 1000 / k;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&m, w, c] {
      for (int r = w * c; r < (w + 1) * c; ++r)
        for (int x = 0; x < 10; ++x)
          m[r][x]++;
    });
  for (auto &t : ts)
    t.join();
}
static int grid[100][100];
static void rows_const_ok() {
  std::thread a([] {
    for (int r = 0; r < 50; ++r)
      for (int c = 0; c < 100; ++c)
        grid[r][c]++;
  });
  std::thread b([] {
    for (int r = 50; r < 100; ++r)
      for (int c = 0; c < 100; ++c)
        grid[r][c]++;
  });
  a.join();
  b.join();
}
static void parity_ok() {
  static int v[1000];
  std::thread a([] {
    for (int i = 0; i < 1000; i += 2)
      v[i]++;
  });
  std::thread b([] {
    for (int i = 1; i < 1000; i += 2)
      v[i]++;
  });
  a.join();
  b.join();
}
static void owner_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  for (int w = 0; w < k; ++w)
    ts.emplace_back([&v, w, k] {
      for (int i = 0; i < 1000; ++i)
        if (i % k == w)
          v[i]++;
    });
  for (auto &t : ts)
    t.join();
}
struct Image {
  std::vector<int> pixels = std::vector<int>(1000);
  void band(int w, int k) {
    int n = pixels.size();
    for (int i = n * w / k; i < n * (w + 1) / k; ++i)
      pixels[i] += 3;
  }
  void run_ok() {
    std::vector<std::thread> ts;
    for (int w = 0; w < 4; ++w)
      ts.emplace_back([this, w] {
        band(w, 4);
      });
    for (auto &t : ts)
      t.join();
  }
  void run2_ok() {
    std::vector<std::thread> ts;
    for (int w = 0; w < 4; ++w)
      ts.emplace_back(&Image::band, this, w, 4);
    for (auto &t : ts)
      t.join();
  }
  void run3_ok() {
    std::vector<std::future<void>> fs;
    for (std::size_t w = 0; w < 4; ++w)
      fs.push_back(std::async(std::launch::async, [this, w] {
        const auto first = w * pixels.size() / 4;
        const auto last = (w + 1) * pixels.size() / 4;
        for (auto i = first; i < last; ++i)
          pixels[i]++;
      }));
    for (auto &f : fs)
      f.get();
  }
};
static void last_part_ok(int k) {
  std::vector<int> v(1000);
  std::vector<std::thread> ts;
  int c = 1000 / k;
  for (int w = 0; w < k; ++w) {
    int begin = w * c;
    int end = begin + c;
    if (w == k - 1)
      end = 1000;
    ts.emplace_back([&v, begin, end] {
      for (int i = begin; i < end; ++i)
        v[i]++;
    });
  }
  for (auto &t : ts)
    t.join();
}
static void down_ok() {
  static int v[1000];
  std::thread a([] {
    for (int i = 499; i >= 0; --i)
      v[i]++;
  });
  std::thread b([] {
    for (int i = 999; i >= 500; --i)
      v[i]++;
  });
  a.join();
  b.join();
}
constexpr int N = 1000;
static void constexpr_ok() {
  static int v[N];
  std::thread a([] {
    for (int i = 0; i < N / 2; ++i)
      v[i]++;
  });
  std::thread b([] {
    for (int i = N / 2; i < N; ++i)
      v[i]++;
  });
  a.join();
  b.join();
}
static void runtime_mid_ok(int mid) {
  static int v[N];
  std::thread a([mid] {
    for (int i = 0; i < mid; ++i)
      v[i]++;
  });
  std::thread b([mid] {
    for (int i = mid; i < N; ++i)
      v[i]++;
  });
  a.join();
  b.join();
}
static void global_mid_ok() {
  static int v[N];
  static int mid = N / 2;
  std::thread a([] {
    for (int i = 0; i < mid; ++i)
      v[i]++;
  });
  std::thread b([] {
    for (int i = mid; i < N; ++i)
      v[i]++;
  });
  a.join();
  b.join();
}

int main() {
  std::vector<int> v(1000);
  halves_ok();
  halves_vector_ok();
  halves_params_ok();
  halves_ref_ok();
  halves_mid_ok();
  parts_ok(1000, 4);
  parts_named_ok(1000, 4);
  parts_param_ok(4);
  parts_two_ok();
  stride_ok(4);
  chunk_ok(4);
  chunk_moving_ok(4);
  recursive_ok(v, 0, 1000);
  overlap_bad();
  whole_bad();
  inclusive_bad();
  one_cell_bad();
  c_ranges_ok();
  c_ids_ok();
  c_halves_ok();
  iterators_ok(4);
  iterator_params_ok();
  for_each_ok();
  spans_ok();
  spans_loop_ok(4);
  pointers_ok();
  pointers_loop_ok(4);
  base_ok(4);
  while_ok(4);
  rows_ok(4);
  rows_const_ok();
  parity_ok();
  owner_ok(4);
  Image im;
  im.run_ok();
  im.run2_ok();
  im.run3_ok();
  last_part_ok(4);
  down_ok();
  constexpr_ok();
  runtime_mid_ok(300);
  global_mid_ok();
}
