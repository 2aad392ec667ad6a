// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements that are found by an iterator with a name: the container is shared, whoever holds the iterator.
// RUN: %marks %s
#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>
static std::map<std::string, int> hits;
static void find_bad(const std::string &k) {
  auto it = hits.find(k);
  if (it != hits.end())
    it->second++; // expect: unsynchronized-shared-counter
}
static void run_find() {
  std::thread a(find_bad, "x"), b(find_bad, "y");
  a.join();
  b.join();
}
static std::unordered_map<int, long> counts;
static void emplace_bad(int k) {
  auto [it, ok] = counts.emplace(k, 0);
  ++it->second; // expect: unsynchronized-shared-counter
}
static void run_emplace() {
  std::thread a(emplace_bad, 1), b(emplace_bad, 2);
  a.join();
  b.join();
}
static std::unordered_map<int, long> counts2;
static void try_emplace_bad(int k) {
  auto result = counts2.try_emplace(k, 0);
  result.first->second += 1; // expect: unsynchronized-shared-counter
}
static void run_try() {
  std::thread a(try_emplace_bad, 1), b(try_emplace_bad, 2);
  a.join();
  b.join();
}
static std::map<int, int> slots;
static void own_keys_ok(int k) {
  auto it = slots.find(k);
  if (it == slots.end())
    return;
  auto &slot = *it;
  slot.second++;
}
static void run_own_keys() {
  std::thread a(own_keys_ok, 1), b(own_keys_ok, 2);
  a.join();
  b.join();
}
struct Stat {
  long n = 0;
};
static void captured_bad() {
  std::map<int, Stat> stats;
  auto work = [&stats](int k) {
    auto it = stats.find(k);
    if (it != stats.end())
      it->second.n++; // expect: unsynchronized-shared-counter
  };
  std::thread a(work, 1), b(work, 1);
  a.join();
  b.join();
}
class Registry {
  std::map<std::string, int> m;
  std::mutex mutex;
  std::map<std::string, int> guarded;

public:
  void hit_bad(const std::string &k) {
    auto it = m.find(k);
    if (it != m.end()) {
      it->second++; // expect: unsynchronized-shared-counter
    } else {
      m.emplace(k, 1);
    }
  }
  void hit_ok(const std::string &k) {
    std::lock_guard l(mutex);
    auto it = guarded.find(k);
    if (it != guarded.end())
      it->second++;
  }
  void insert_bad(const std::string &k) {
    auto p = m.insert({k, 0});
    p.first->second++; // expect: unsynchronized-shared-counter
  }
  void run() {
    std::thread a(&Registry::hit_bad, this, "a"), b(&Registry::hit_bad, this, "b"), c(&Registry::hit_ok, this, "c"),
        d(&Registry::hit_ok, this, "c"), e(&Registry::insert_bad, this, "x");
    a.join();
    b.join();
    c.join();
    d.join();
    e.join();
  }
};
static std::vector<int> shared_vec(10);
static void first_bad() {
  auto it = shared_vec.begin();
  ++*it; // expect: unsynchronized-shared-counter
}
static void run_first() {
  std::thread a(first_bad), b(first_bad);
  a.join();
  b.join();
}
static std::vector<Stat> stat_vec(10);
static void find_if_bad(int k) {
  auto it = std::find_if(stat_vec.begin(), stat_vec.end(), [k](const Stat &s) {
    return s.n > k;
  });
  if (it != stat_vec.end())
    it->n++; // expect: unsynchronized-shared-counter
}
static void run_find_if() {
  std::thread a(find_if_bad, 1), b(find_if_bad, 1);
  a.join();
  b.join();
}
static std::list<int> lst{1, 2, 3};
static void loop_bad() {
  for (auto it = lst.begin(); it != lst.end(); ++it)
    (*it)++; // expect: unsynchronized-shared-counter
}
static void run_loop() {
  std::thread a(loop_bad), b(loop_bad);
  a.join();
  b.join();
}
static void back_ref_bad() {
  std::vector<int> v(3);
  int &slot = v.front();
  std::thread a([&slot] {
    slot++; // expect: unsynchronized-shared-counter
  }),
      b([&slot] {
        slot++; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
static void iter_capture_bad() {
  std::map<int, int> m{{1, 0}};
  auto it = m.find(1);
  std::thread a([it] {
    it->second++; // expect: unsynchronized-shared-counter
  }),
      b([it] {
        it->second++; // expect: unsynchronized-shared-counter
      });
  a.join();
  b.join();
}
static void FN_key_and_subscript() {
  std::map<int, int> m{{1, 0}};
  std::thread a([&m] {
    auto &x = m.at(1);
    x++;
  }),
      b([&m] {
        int &x = m[1];
        x += 2;
      });
  a.join();
  b.join();
}
static std::map<int, std::map<int, int>> nested;
static void nested_bad(int k) {
  auto outer = nested.find(k);
  if (outer == nested.end())
    return;
  auto inner = outer->second.find(k);
  if (inner != outer->second.end())
    inner->second++; // expect: unsynchronized-shared-counter
}
static void run_nested() {
  std::thread a(nested_bad, 1), b(nested_bad, 1);
  a.join();
  b.join();
}
static std::map<int, std::unique_ptr<Stat>> ptrs;
static void ptr_bad(int k) {
  auto it = ptrs.find(k);
  if (it != ptrs.end())
    it->second->n++; // expect: unsynchronized-shared-counter
}
static void run_ptr() {
  std::thread a(ptr_bad, 1), b(ptr_bad, 1);
  a.join();
  b.join();
}
static std::map<int, int> structured;
static void structured_bad() {
  for (auto &[k, n] : structured)
    n++; // expect: unsynchronized-shared-counter
}
static void run_structured() {
  std::thread a(structured_bad), b(structured_bad);
  a.join();
  b.join();
}
static std::map<int, int> reassigned;
static void reassigned_bad(int k) {
  auto it = reassigned.find(k);
  if (it == reassigned.end())
    it = reassigned.emplace(k, 0).first;
  it->second++; // expect: unsynchronized-shared-counter
}
static void run_reassigned() {
  std::thread a(reassigned_bad, 1), b(reassigned_bad, 1);
  a.join();
  b.join();
}
static std::map<int, int> ifinit;
static void ifinit_bad(int k) {
  if (auto it = ifinit.find(k); it != ifinit.end())
    ++it->second; // expect: unsynchronized-shared-counter
}
static void run_ifinit() {
  std::thread a(ifinit_bad, 1), b(ifinit_bad, 1);
  a.join();
  b.join();
}
static std::multimap<int, int> mm;
static void range_bad(int k) {
  auto [lo, hi] = mm.equal_range(k);
  for (auto it = lo; it != hi; ++it)
    it->second++; // expect: unsynchronized-shared-counter
}
static void run_range() {
  std::thread a(range_bad, 1), b(range_bad, 1);
  a.join();
  b.join();
}
// ---- fine
static std::map<int, std::atomic<int>> atomics;
static void atomic_ok(int k) {
  auto it = atomics.find(k);
  if (it != atomics.end())
    it->second++;
}
static void run_atomic() {
  std::thread a(atomic_ok, 1), b(atomic_ok, 1);
  a.join();
  b.join();
}
static void own_ok() {
  std::map<int, int> m;
  auto it = m.emplace(1, 0).first;
  it->second++;
}
static void run_own() {
  std::thread a(own_ok), b(own_ok);
  a.join();
  b.join();
}
static thread_local std::map<int, int> tls;
static void tls_ok() {
  auto it = tls.emplace(1, 0).first;
  it->second++;
}
static void run_tls() {
  std::thread a(tls_ok), b(tls_ok);
  a.join();
  b.join();
}
static void joined_ok() {
  std::map<int, int> m{{1, 1}};
  std::thread a([&] {
    auto it = m.find(1);
    it->second++;
  });
  a.join();
  auto it = m.find(1);
  it->second++;
}
static void each_own_ok() {
  std::vector<std::map<int, int>> parts(4);
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([&parts, i] {
      auto it = parts[i].find(1);
      if (it != parts[i].end())
        it->second++;
      auto &mine = parts[i];
      auto [x, ok] = mine.emplace(2, 0);
      x->second++;
    });
  for (auto &t : ts)
    t.join();
}
static void each_own_iter_ok() {
  std::map<int, Stat> m;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    m.emplace(i, Stat{});
  for (auto it = m.begin(); it != m.end(); ++it)
    ts.emplace_back([it] {
      it->second.n++;
    });
  for (auto &t : ts)
    t.join();
}
static void each_own_ref_ok() {
  std::map<int, Stat> m;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i) {
    auto [it, ok] = m.emplace(i, Stat{});
    ts.emplace_back([&s = it->second] {
      s.n++;
    });
  }
  for (auto &t : ts)
    t.join();
}
static void each_own_ptr_ok() {
  std::map<int, Stat> m;
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i) {
    auto it = m.try_emplace(i).first;
    Stat *s = &it->second;
    ts.emplace_back([s] {
      s->n++;
    });
  }
  for (auto &t : ts)
    t.join();
}
static void local_copy_ok() {
  for (auto [k, n] : structured)
    n++;
  int x = 0;
  auto it = hits.find("a");
  if (it != hits.end())
    x = it->second;
  x++;
}
static void run_copy() {
  std::thread a(local_copy_ok), b(local_copy_ok);
  a.join();
  b.join();
}
static void find_own_key_ok() {
  std::map<int, Stat> m{{0, {}}, {1, {}}, {2, {}}};
  std::vector<std::thread> ts;
  for (int i = 0; i < 3; ++i) {
    auto it = m.find(i);
    ts.emplace_back([it] {
      it->second.n++;
    });
  }
  for (auto &t : ts)
    t.join();
}
static void find_own_key_inside_ok() {
  std::map<int, Stat> m{{0, {}}, {1, {}}, {2, {}}};
  std::vector<std::thread> ts;
  for (int i = 0; i < 3; ++i)
    ts.emplace_back([&m, i] {
      auto it = m.find(i);
      it->second.n++;
    });
  for (auto &t : ts)
    t.join();
}
static void halves_iter_ok() {
  std::vector<int> v(10);
  auto mid = v.begin() + 5;
  std::thread a([&] {
    for (auto it = v.begin(); it != mid; ++it)
      ++*it;
  }),
      b([&] {
        for (auto it = mid; it != v.end(); ++it)
          ++*it;
      });
  a.join();
  b.join();
}
static void two_iters_ok() {
  std::map<int, int> m{{1, 0}, {2, 0}};
  auto x = m.find(1), y = m.find(2);
  std::thread a([x] {
    x->second++;
  }),
      b([y] {
        y->second++;
      });
  a.join();
  b.join();
}
int main() {
  run_find();
  run_emplace();
  run_try();
  run_own_keys();
  captured_bad();
  Registry().run();
  run_first();
  run_find_if();
  run_loop();
  back_ref_bad();
  iter_capture_bad();
  FN_key_and_subscript();
  run_nested();
  run_ptr();
  run_structured();
  run_reassigned();
  run_ifinit();
  run_range();
  run_atomic();
  run_own();
  run_tls();
  joined_ok();
  each_own_ok();
  each_own_iter_ok();
  each_own_ref_ok();
  each_own_ptr_ok();
  run_copy();
  find_own_key_ok();
  find_own_key_inside_ok();
  halves_iter_ok();
  two_iters_ok();
}
