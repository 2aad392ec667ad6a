// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pool.h"

#include <boost/asio.hpp>

#include <string>
#include <unistd.h>

namespace asio = boost::asio;

static long finished = 0;

static int query(const std::string &sql) {
  ::usleep(1000);
  return static_cast<int>(sql.size());
}

void async_query_bad(Pool &pool, std::string sql, std::function<void(int)> done) { // expect: async-over-thread-pool; note: query
  pool.submit([sql, done] { done(query(sql)); });
}

// It runs on the pool's threads: no loop is blocked, and two of them count at once.
asio::awaitable<void> hands_over_ok(Pool &pool) {
  pool.submit([] {
    query("select 1");
    ++finished; // expect: unsynchronized-shared-counter
  });
  co_return;
}

int main() {
  Pool pool(4);
  asio::io_context io;
  for (int i = 0; i < 10; ++i)
    asio::co_spawn(io, hands_over_ok(pool), asio::detached);
  async_query_bad(pool, "select 2", [](int) {});
  io.run();
}
