// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Manipulators that write out what a stream holds back: of a file, that is a wait for the disk.
#include <boost/asio.hpp>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>

using Void = boost::asio::awaitable<void>;

struct Point {
  int x, y;
};
std::ostream &operator<<(std::ostream &out, const Point &p) { return out << p.x << ',' << p.y; }
std::ostream &separator(std::ostream &out) { return out << ';'; }
std::ostream &line_end(std::ostream &out) { return out << std::endl; }

class Log {
  std::ofstream file;
  std::fstream both;
  std::ostream &somewhere;

public:
  explicit Log(std::ostream &out) : somewhere(out) {}
  Void write(std::string line, Point p) {
    file << line << std::setw(3) << 3 << p << std::endl; // expect: blocking-call-in-coroutine; note: std::endl
    both << line << std::flush;                          // expect: blocking-call-in-coroutine
    std::endl(file);                                     // expect: blocking-call-in-coroutine
    file << line << '\n' << separator << std::hex << 3;
    somewhere << line << std::endl;
    std::cout << line << std::endl;
    std::clog << line << std::flush;
    std::ostringstream text;
    text << line << p << std::endl;
    co_return;
  }
};

Void parameter(std::ofstream &out) {
  out << "x" << std::endl; // expect: blocking-call-in-coroutine
  co_return;
}
Void stream_ok(std::ostream &out) {
  out << "x" << std::endl;
  co_return;
}
Void nowhere_ok() {
  std::ofstream out("/dev/null");
  out << "x" << std::endl;
  co_return;
}
static void report(std::ostream &out, int n) { out << n << std::endl; }
Void given(std::ofstream &out, std::ostringstream &text) {
  report(out, 1); // expect: blocking-call-in-coroutine
  report(text, 1);
  report(std::cerr, 1);
  out << 1 << line_end; // expect: blocking-call-in-coroutine
  text << 1 << line_end;
  co_return;
}
