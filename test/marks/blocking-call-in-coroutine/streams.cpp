// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// A helper that takes any stream waits for the disk where it is given a file.
#include <boost/asio.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;

static std::string first_word(std::istream &in) {
  std::string word;
  in >> word;
  return word;
}
static std::string first_line(std::istream &in) {
  std::string line;
  std::getline(in, line);
  return line;
}
static int columns(std::istream &in) { return static_cast<int>(first_line(in).size()); }

class LogFile : public std::ofstream {
public:
  LogFile() = default;
};
class Table {
public:
  std::string header() { return first_line(in_); }
  std::string text() { return first_line(buffer_); }

private:
  std::ifstream in_;
  std::istringstream buffer_;
};

awaitable<std::string> given_a_file_bad(std::ifstream &file) {
  co_return first_line(file);  // expect: blocking-call-in-coroutine; note: first_line -> std::getline
}
awaitable<int> deeper_bad(std::ifstream &file) {
  co_return columns(file);  // expect: blocking-call-in-coroutine; note: columns -> first_line -> std::getline
}
awaitable<std::string> given_text_ok(std::string text) {
  std::istringstream in(text);
  auto a = first_word(in);
  co_return first_line(in) + a;
}
awaitable<std::string> keyboard_bad() {
  co_return first_line(std::cin);  // expect: blocking-call-in-coroutine
}
awaitable<std::string> any_stream_ok(std::istream &in) { co_return first_line(in); }
awaitable<std::string> member_bad(Table &t) {
  co_return t.header();  // expect: blocking-call-in-coroutine
}
awaitable<std::string> member_ok(Table &t) { co_return t.text(); }
awaitable<void> derived_bad(LogFile &log) {
  log.flush();  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> written_to_memory_ok(int n) {
  std::ostringstream out;
  out << n << std::flush;
  out.flush();
  co_return;
}
static std::FILE *in_memory(char *p, std::size_t n) { return ::fmemopen(p, n, "r"); }
awaitable<int> c_file_in_memory_ok(char *p, std::size_t n) {
  std::FILE *f = in_memory(p, n);
  char b[16];
  co_return std::fgets(b, sizeof b, f) ? 1 : 0;
}
awaitable<int> c_file_bad(std::FILE *f) {
  char b[16];
  co_return std::fgets(b, sizeof b, f) ? 1 : 0;  // expect: blocking-call-in-coroutine
}
