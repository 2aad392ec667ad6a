// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads without limit, and under every kind of limit; pools that each call makes anew, and pools that stay.
#include <chrono>
#include <latch>
#include <semaphore>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

void rest() { std::this_thread::sleep_for(30ms); }

/// A thread for each request, however many there are.
void serve(std::vector<std::thread> &requests, std::latch &busy) {
  requests.emplace_back([&] { busy.arrive_and_wait(); }); // claim unbounded_bad start requests.emplace_back
}

void serveAll() {
  std::vector<std::thread> requests;
  for (int i = 0; i < 3; ++i) {
    std::latch one{1};
    serve(requests, one);
    requests.back().join();
    requests.pop_back();
  }
  int many = 80 + 10 * std::thread::hardware_concurrency();
  std::latch all{many};
  for (int i = 0; i < many; ++i)
    serve(requests, all);
  for (std::thread &each : requests)
    each.join();
}

/// Forty, and no more.
void fixed() {
  std::latch all{40};
  std::vector<std::thread> workers;
  for (int i = 0; i < 40; ++i)
    workers.emplace_back([&] { all.arrive_and_wait(); }); // claim fixed_ok start workers.emplace_back
  for (std::thread &each : workers)
    each.join();
}

/// Twenty at a time, however many there are: a thread that gives its place to the next one lives a little longer.
void limited() {
  std::counting_semaphore<> places{20};
  std::vector<std::thread> requests;
  for (int i = 0; i < 200; ++i) {
    places.acquire();
    requests.emplace_back([&] { // claim limited_ok start requests.emplace_back
      std::this_thread::sleep_for(10ms);
      places.release();
    });
  }
  for (std::thread &each : requests)
    each.join();
}

/// Forty for each call, and never more.
void inGroups() {
  for (int i = 0; i < 3; ++i) {
    std::vector<std::thread> group;
    for (int k = 0; k < 40; ++k)
      group.emplace_back(rest); // claim groups_ok start group.emplace_back
    for (std::thread &each : group)
      each.join();
  }
}

void few() {
  for (int i = 0; i < 5; ++i) {
    std::thread first(rest), second(rest); // claim few_ok start first
    first.join();
    second.join();
  }
}

void oneByOne() {
  for (int i = 0; i < 3; ++i)
    std::thread([] {}).join(); // claim one_by_one start std::thread
}

struct Pool {
  std::vector<std::thread> threads;
  explicit Pool(int size) {
    for (int i = 0; i < size; ++i)
      threads.emplace_back([] {});
  }
  ~Pool() {
    for (std::thread &each : threads)
      each.join();
  }
};

void eachCall() {
  Pool pool(4); // claim each_call_bad pool pool
}

void shared() {
  static Pool pool(4); // claim static_ok pool pool
}

void sometimes(bool first) {
  Pool pool(first ? 4 : 0); // claim sometimes_ok pool pool
}

void once() {
  Pool pool(4); // claim once pool pool
}

void never() {
  Pool pool(4);          // claim never pool pool
  std::thread([] {}).join(); // claim never_started start std::thread
}

int main(int argc, char **argv) {
  serveAll();
  fixed();
  limited();
  inGroups();
  few();
  oneByOne();
  for (int i = 0; i < 5; ++i) {
    eachCall();
    shared();
    sometimes(i == 0);
  }
  once();
  if (argc > 5)
    never();
}
