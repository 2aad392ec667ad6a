// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "repository.h"

#include <boost/asio.hpp>

namespace asio = boost::asio;

asio::awaitable<std::string> find_bad(Repository &rows, int id) {
  co_return rows.find(id).text; // expect: blocking-call-in-coroutine; note: Repository::find -> Repository::fetch -> load_row -> std::ifstream
}

// Every override that the program has blocks.
asio::awaitable<std::string> virtual_bad(Repository &rows, int id) {
  co_return rows.through_backend(id).text; // expect: blocking-call-in-coroutine; note: FileBackend::get -> load_row
}

asio::awaitable<std::size_t> size_ok(Repository &rows) { co_return rows.size(); }

int main() {
  asio::io_context io;
  Repository rows(std::make_unique<FileBackend>());
  asio::co_spawn(io, find_bad(rows, 1), asio::detached);
  asio::co_spawn(io, virtual_bad(rows, 1), asio::detached);
  asio::co_spawn(io, size_ok(rows), asio::detached);
  io.run();
}
