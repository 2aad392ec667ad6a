// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Callables that a coroutine keeps in a container of its own and calls itself.
#include <boost/asio.hpp>
#include <functional>
#include <map>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace asio = boost::asio;
using Void = asio::awaitable<void>;
using Steps = std::vector<std::function<void()>>;

Void each_in_turn() {
  Steps steps;
  steps.push_back([] {});
  steps.push_back([] { ::sleep(1); });
  for (auto &step : steps)
    step(); // expect: blocking-call-in-coroutine; note: sleep
  co_return;
}
Void each_copied() {
  Steps steps{[] {}, [] { ::sleep(1); }};
  for (auto step : steps)
    step(); // expect: blocking-call-in-coroutine
  co_return;
}
Void with_arguments(std::vector<unsigned> times) {
  std::vector<std::function<void(unsigned)>> steps;
  steps.emplace_back([](unsigned n) { ::sleep(n); });
  for (unsigned n : times)
    steps[0](n); // expect: blocking-call-in-coroutine
  co_return;
}
Void by_name() {
  std::unordered_map<std::string, std::function<void()>> commands{{"sync", [] { ::fsync(1); }}};
  if (auto it = commands.find("sync"); it != commands.end())
    it->second();        // expect: blocking-call-in-coroutine
  commands.at("sync")(); // expect: blocking-call-in-coroutine
  co_return;
}
Void every_entry() {
  std::map<int, std::function<void()>> commands;
  commands[1] = [] { ::sleep(1); };
  commands.emplace(2, [] {});
  for (auto &[number, command] : commands)
    command(); // expect: blocking-call-in-coroutine
  co_return;
}

// One of several, and nobody knows which.
Void one_of_several_ok(std::string name) {
  std::map<std::string, std::function<void()>> commands;
  commands["sync"] = [] {
    ::sync();
    ::sleep(1);
  };
  commands["none"] = [] {};
  commands[name]();
  co_return;
}
void add_more(Steps &steps);
Void one_that_others_know_ok(std::size_t n) {
  Steps steps;
  steps.push_back([] { ::sleep(1); });
  add_more(steps);
  steps[n]();
  co_return;
}
Void handed_over_ok(asio::thread_pool &pool) {
  Steps steps;
  steps.push_back([] { ::sleep(1); });
  for (auto &step : steps)
    asio::post(pool, step);
  co_return;
}
Void harmless_ok() {
  Steps steps{[] {}};
  steps.push_back([] {});
  for (auto &step : steps)
    step();
  co_return;
}
