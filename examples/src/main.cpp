// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "archive.hpp"
#include "article_store.hpp"
#include "search_index.hpp"
#include "server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include <csignal>
#include <future>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

/// newsstand [PORT]; stops on SIGTERM.
int main(int argc, char **argv) {
  Archive archive("archive");
  std::vector<std::future<std::string>> issues;
  for (int week = 1; week <= 52; ++week)
    issues.push_back(archive.read_async(2024, week));
  std::size_t words = 0;
  for (auto &issue : issues)
    words += archive.count_words_async(issue.get()).get();
  std::cout << words << " words last year\n";

  asio::io_context loop;
  asio::thread_pool disk(2);
  ArticleStore store("articles", disk);
  SearchIndex index("titles.txt");
  unsigned short port = argc > 1 ? static_cast<unsigned short>(std::stoi(argv[1])) : 7070;
  Server server(tcp::acceptor(loop, {tcp::v4(), port}), store, index);
  asio::co_spawn(loop, server.listen(), asio::detached);
  asio::signal_set stop(loop, SIGTERM);
  stop.async_wait([&](auto, int) { loop.stop(); });

  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { loop.run(); });
}
