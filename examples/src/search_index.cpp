// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search_index.hpp"

#include <chrono>
#include <sstream>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

static SearchIndex::Table build(const std::map<std::string, std::string> &titles) {
  SearchIndex::Table table;
  for (const auto &[id, title] : titles) {
    std::istringstream words(title);
    for (std::string word; words >> word;)
      table[word].push_back(id);
  }
  return table;
}

static std::string lookup(const SearchIndex::Table &table, const std::string &word) {
  auto found = table.find(word);
  std::string ids;
  if (found != table.end())
    for (const std::string &id : found->second)
      ids += id + " ";
  return ids;
}

SearchIndex::SearchIndex(std::map<std::string, std::string> titles)
    : table_(std::async(std::launch::async, [titles = std::move(titles)] { return build(titles); }).share()) {}

asio::awaitable<std::string> SearchIndex::find_if_ready(std::string word) {
  if (table_.wait_for(0s) != std::future_status::ready)
    co_return "try again";
  co_return lookup(table_.get(), word);
}

asio::awaitable<std::string> SearchIndex::find(std::string word) {
  co_return lookup(table_.get(), word); // stops this thread of the loop until the index is ready
}
