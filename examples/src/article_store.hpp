// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>

/// Articles on disk, one file each, with a cache in memory.
class ArticleStore {
public:
  ArticleStore(std::string folder, boost::asio::thread_pool &pool) : folder_(std::move(folder)), pool_(pool) {}

  /// Looks into the cache first, then on disk.
  std::string find(const std::string &id);

  /// The same for coroutines: the disk is read on the pool, and the loop goes on.
  boost::asio::awaitable<std::string> find_on_pool(std::string id);

private:
  std::optional<std::string> cached(const std::string &id);
  std::string load(const std::string &id);

  std::string folder_;
  boost::asio::thread_pool &pool_;
  std::mutex mutex_;
  std::map<std::string, std::string> cache_; // guarded by mutex_
};
