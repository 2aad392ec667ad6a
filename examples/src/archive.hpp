// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <boost/asio/thread_pool.hpp>

#include <future>
#include <string>

/// Last year's issues, each in one large file.
class Archive {
public:
  explicit Archive(std::string folder) : folder_(std::move(folder)) {}

  /// Reads an issue in the background.
  std::future<std::string> read_async(int year, int number);

  /// Counts the words of a text in the background: work for the processor, which another core can do.
  std::future<std::size_t> count_words_async(std::string text);

private:
  std::string folder_;
  boost::asio::thread_pool readers_{4};
};
