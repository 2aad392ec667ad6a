// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "archive.hpp"

#include "text_file.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>

std::future<std::string> Archive::read_async(int year, int number) {
  std::string path = folder_ + "/" + std::to_string(year) + "-" + std::to_string(number) + ".txt";
  // It looks asynchronous, and every call in flight occupies a thread that waits for the disk: four at once, no more.
  auto text = std::make_shared<std::promise<std::string>>();
  boost::asio::post(readers_, [text, path] { text->set_value(read_text_file(path)); });
  return text->get_future();
}

std::future<std::size_t> Archive::count_words_async(std::string text) {
  return std::async(std::launch::async, [text = std::move(text)] {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
  });
}
