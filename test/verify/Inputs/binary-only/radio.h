// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <functional>

namespace radio {
/// Calls back when something was received.
void listen(int channel, std::function<void()> received);
} // namespace radio

namespace radio {
/// Runs on the library's own thread, which was there before.
void schedule(std::function<void()> work);
} // namespace radio

/// Starts to tune, and returns at once.
extern "C" void radio_tune(int channel);
