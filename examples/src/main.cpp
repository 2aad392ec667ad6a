// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "archive.hpp"
#include "article_store.hpp"
#include "search_index.hpp"
#include "server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <iostream>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

int main() {
  Archive archive("archive");
  std::cout << archive.count_words_async(archive.read_async(2024, 52).get()).get() << " words last week\n";

  asio::io_context loop;
  asio::thread_pool disk(2);
  ArticleStore store("articles", disk);
  SearchIndex index({{"1", "rain and wind"}, {"2", "wind and sun"}});
  Server server(tcp::acceptor(loop, {tcp::v4(), 7070}), store, index);
  asio::co_spawn(loop, server.listen(), asio::detached);

  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { loop.run(); });
}
