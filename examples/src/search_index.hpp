// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <boost/asio/awaitable.hpp>

#include <future>
#include <map>
#include <string>
#include <vector>

/// Which articles contain a word. The index is built in the background while the service starts.
class SearchIndex {
public:
  using Table = std::map<std::string, std::vector<std::string>>;

  /// Reads a file of titles.
  explicit SearchIndex(std::string file);

  /// Answers at once with "try again" while the index is not ready.
  boost::asio::awaitable<std::string> find_if_ready(std::string word);

  /// Waits for the index.
  boost::asio::awaitable<std::string> find(std::string word);

private:
  std::shared_future<Table> table_;
};
