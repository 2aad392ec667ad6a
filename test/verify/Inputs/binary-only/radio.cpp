// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A vendor's library, of which the user has no source: what looks asynchronous is a thread.
#include "radio.h"
#include <chrono>
#include <thread>

void radio::listen(int channel, std::function<void()> received) {
  std::thread([=] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + channel));
    received();
  }).detach();
}

void radio_tune(int channel) {
  std::thread([=] { std::this_thread::sleep_for(std::chrono::milliseconds(15 + channel)); }).detach();
}
