// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "article_store.hpp"

#include "text_file.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

std::string ArticleStore::find(const std::string &id) {
  if (auto text = cached(id))
    return *text;
  return load(id);
}

// Its name says it: as many calls at once as the pool has threads.
// NOLINTNEXTLINE(threadbare-async-over-thread-pool)
asio::awaitable<std::string> ArticleStore::find_on_pool(std::string id) {
  if (auto text = cached(id)) // a short critical section in a coroutine is fine
    co_return *text;
  co_return co_await asio::co_spawn(
      pool_, [this, id]() -> asio::awaitable<std::string> { co_return load(id); }, asio::use_awaitable);
}

std::optional<std::string> ArticleStore::cached(const std::string &id) {
  std::lock_guard lock(mutex_);
  auto found = cache_.find(id);
  if (found == cache_.end())
    return std::nullopt;
  return found->second;
}

std::string ArticleStore::load(const std::string &id) {
  std::string text = read_text_file(folder_ + "/" + id + ".txt");
  std::lock_guard lock(mutex_);
  return cache_[id] = text;
}
