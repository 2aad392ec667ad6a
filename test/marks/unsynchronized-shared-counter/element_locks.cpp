// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Locks of elements and shards guard these, and nothing that is common to all of them.
// RUN: %marks %s
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
static long total;
struct Shard {
  std::mutex m;
  std::map<int, int> data;
  long size = 0;
};
static std::array<Shard, 8> shards;
static void shard_bad(int key) {
  Shard &s = shards[key % 8];
  std::lock_guard l(s.m);
  s.size++;
  total++; // expect: unsynchronized-shared-counter
}
static void run_shard() {
  std::thread a(shard_bad, 1), b(shard_bad, 2);
  a.join();
  b.join();
}
static long total2;
static std::mutex locks[4];
static void captured_bad() {
  std::vector<std::thread> ts;
  for (int i = 0; i < 4; ++i)
    ts.emplace_back([i] {
      std::lock_guard l(locks[i]);
      total2++; // expect: unsynchronized-shared-counter
    });
  for (auto &t : ts)
    t.join();
}
static long total3;
static void index_bad(int i) {
  std::lock_guard l(locks[i]);
  total3++; // expect: unsynchronized-shared-counter
}
static void run_index() {
  std::thread a(index_bad, 0), b(index_bad, 1);
  a.join();
  b.join();
}
struct Account {
  std::mutex m;
  long balance = 0;
  static long transactions;
  void add() {
    std::lock_guard l(m);
    ++balance;
    ++transactions; // expect: unsynchronized-shared-counter
  }
};
long Account::transactions = 0;
static void run_accounts() {
  Account x, y;
  std::thread a([&] {
    x.add();
  }),
      b([&] {
        y.add();
      });
  a.join();
  b.join();
}
struct Bank {
  long ops = 0;
  std::vector<std::unique_ptr<Account>> accounts;
};
struct Conn {
  std::mutex m;
  Bank &bank;
  explicit Conn(Bank &b) : bank(b) {
  }
  void work() {
    std::lock_guard l(m);
    bank.ops++; // expect: unsynchronized-shared-counter
  }
};
static void run_conns() {
  Bank bank;
  Conn x(bank), y(bank);
  std::thread a(&Conn::work, &x), b(&Conn::work, &y);
  a.join();
  b.join();
}
static long total4;
static void for_bad() {
  std::vector<Shard> v(4);
  std::vector<std::thread> ts;
  for (auto &s : v)
    ts.emplace_back([&s] {
      std::lock_guard l(s.m);
      total4++; // expect: unsynchronized-shared-counter
      s.size++;
    });
  for (auto &t : ts)
    t.join();
}
class Cache {
  static constexpr int N = 16;
  Shard parts[N];
  long hits = 0;

public:
  void get_bad(int k) {
    auto &s = parts[k % N];
    std::lock_guard l(s.m);
    ++s.size;
    ++hits; // expect: unsynchronized-shared-counter
  }
  void run() {
    std::vector<std::thread> ts;
    for (int i = 0; i < 8; ++i)
      ts.emplace_back([this, i] {
        get_bad(i);
      });
    for (auto &t : ts)
      t.join();
  }
};
static long total5;
static void ptr_bad(Shard *s) {
  std::lock_guard l(s->m);
  total5++; // expect: unsynchronized-shared-counter
}
static void run_ptr() {
  Shard x, y;
  std::thread a(ptr_bad, &x), b(ptr_bad, &y);
  a.join();
  b.join();
}
// fine
static long fine1;
static std::mutex fine_locks[4];
static void same_ok(int i) {
  std::lock_guard l(fine_locks[i]);
  fine1++;
}
static void run_same() {
  std::thread a(same_ok, 2), b(same_ok, 2);
  a.join();
  b.join();
}
static void shard_only_ok(int key) {
  Shard &s = shards[key % 8];
  std::lock_guard l(s.m);
  s.data[key]++;
}
static void run_shard_only() {
  std::thread a(shard_only_ok, 1), b(shard_only_ok, 2);
  a.join();
  b.join();
}
static long fine2;
static std::mutex common;
static void both_ok(int key) {
  Shard &s = shards[key % 8];
  std::lock_guard l(s.m);
  std::lock_guard k(common);
  fine2++;
}
static void run_both() {
  std::thread a(both_ok, 1), b(both_ok, 2);
  a.join();
  b.join();
}
static void buckets_ok() {
  static std::vector<long> counts(64);
  static std::array<std::mutex, 8> stripes;
  std::vector<std::thread> ts;
  for (int t = 0; t < 4; ++t)
    ts.emplace_back([] {
      for (int i = 0; i < 64; ++i) {
        std::lock_guard l(stripes[i % 8]);
        counts[i]++;
      }
    });
  for (auto &t : ts)
    t.join();
}
static std::atomic<long> fine3;
static void atomic_ok(int key) {
  Shard &s = shards[key % 8];
  std::lock_guard l(s.m);
  s.size++;
  fine3++;
}
static void run_atomic() {
  std::thread a(atomic_ok, 1), b(atomic_ok, 2);
  a.join();
  b.join();
}
static long fine4;
static void all_ok() {
  std::vector<std::unique_lock<std::mutex>> ls;
  for (auto &s : shards)
    ls.emplace_back(s.m);
  fine4++;
}
static void run_all() {
  std::thread a(all_ok), b(all_ok);
  a.join();
  b.join();
}
struct Pair {
  std::mutex m;
  long n = 0;
};
static void transfer_ok(Pair &x, Pair &y) {
  std::scoped_lock l(x.m, y.m);
  x.n--;
  y.n++;
}
static void run_transfer() {
  Pair p, q;
  std::thread a([&] {
    transfer_ok(p, q);
  }),
      b([&] {
        transfer_ok(q, p);
      });
  a.join();
  b.join();
}
static long fine5;
static void maybe_same_ok(int i, int j) {
  std::thread a([i] {
    std::lock_guard l(locks[i]);
    fine5++;
  }),
      b([j] {
        std::lock_guard l(locks[j]);
        fine5++;
      });
  a.join();
  b.join();
}
int main() {
  run_shard();
  captured_bad();
  run_index();
  run_accounts();
  run_conns();
  for_bad();
  Cache().run();
  run_ptr();
  run_same();
  run_shard_only();
  run_both();
  buckets_ok();
  run_atomic();
  run_all();
  run_transfer();
  maybe_same_ok(0, 0);
}
