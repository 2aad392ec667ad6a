// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "article_store.hpp"
#include "search_index.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <string>

struct Metrics {
  long requests = 0;              // sessions on several threads count here
  std::atomic<long> bytes_out{0}; // and here
};

/// One line in, one answer out: GET id, GET-LARGE id, FIND word, TRY word.
class Server {
public:
  Server(boost::asio::ip::tcp::acceptor acceptor, ArticleStore &store, SearchIndex &index)
      : acceptor_(std::move(acceptor)), store_(store), index_(index) {}

  boost::asio::awaitable<void> listen();

private:
  boost::asio::awaitable<void> session(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<std::string> answer(std::string line);

  boost::asio::ip::tcp::acceptor acceptor_;
  ArticleStore &store_;
  SearchIndex &index_;
  Metrics metrics_;
};
