// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Findings whose code can be called without the program around it, and one that cannot.
#include <chrono>
#include <future>
#include <string>
#include <thread>

using namespace std::chrono_literals;

long hits = 0;
void count() { hits++; }

namespace app {
long bytes = 0;

// threadbare: call with (3, "x")
void add(int times, const std::string &text) { bytes += times * static_cast<long>(text.size()); }
} // namespace app

std::future<int> fetchAsync() {
  return std::async(std::launch::async, [] {
    std::this_thread::sleep_for(5ms);
    return 1;
  });
}

class Session {
public:
  explicit Session(int id) : reads_(id) {}
  void read() { reads_++; }

private:
  int reads_;
};

int main() {
  Session session(1);
  std::jthread first([&] {
    count();
    app::add(1, "x");
    session.read();
  });
  std::jthread second([&] {
    count();
    app::add(2, "y");
    session.read();
  });
  fetchAsync().get();
}
