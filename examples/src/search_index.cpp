// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search_index.hpp"

#include "text_file.hpp"

#include <chrono>
#include <sstream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// From lines that begin with an article's id: "1 rain and wind".
static SearchIndex::Table build(const std::string &titles) {
  SearchIndex::Table table;
  std::istringstream lines(titles);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id;
    words >> id;
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

SearchIndex::SearchIndex(std::string file)
    : table_(std::async(std::launch::async, [file] { return build(read_text_file(file)); }).share()) {}

asio::awaitable<std::string> SearchIndex::find_if_ready(std::string word) {
  if (table_.wait_for(0s) != std::future_status::ready)
    co_return "try again";
  co_return lookup(table_.get(), word);
}

asio::awaitable<std::string> SearchIndex::find(std::string word) {
  co_return lookup(table_.get(), word); // stops this thread of the loop until the index is ready
}
