// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One race, and every way for a process to end.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

long hits = 0;

void count(std::atomic<int> &ready) {
  ready++;
  while (ready < 2) {
  }
  for (int k = 0; k < 400; ++k) {
    hits++; // claim race change hits++
    auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
    while (std::chrono::steady_clock::now() < end) {
    }
  }
}

void race() {
  std::atomic<int> ready{0};
  std::thread first(count, std::ref(ready)), second(count, std::ref(ready));
  first.join();
  second.join();
}

int main(int argc, char **argv) {
  std::string_view how = argc > 1 ? argv[1] : "";
  if (how == "exec")
    execl(argv[0], argv[0], static_cast<char *>(nullptr));
  if (how == "daemon" && daemon(/*nochdir=*/1, /*noclose=*/0) != 0)
    return 3;
  if (how == "fork") {
    pid_t child = fork();
    if (child == 0) {
      race();
      _exit(0);
    }
    waitpid(child, nullptr, 0);
    return 0;
  }
  if (how == "close")
    for (int descriptor = 0; descriptor < 64; ++descriptor)
      close(descriptor);
  race();
  if (how == "crash")
    std::abort();
  if (how == "kill")
    raise(SIGKILL);
  while (how == "hang" || how == "daemon")
    pause();
}
