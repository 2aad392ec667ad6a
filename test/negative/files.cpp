// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files that no disk is behind: the kernel makes up what is read from them. Only what is marked waits.
// RUN: %marks --checks=-*,threadbare-* %s
#include <boost/asio.hpp>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::awaitable;

static constexpr const char *load = "/proc/loadavg";
static const std::string memory = "/sys/fs/cgroup/memory.max";

static bool traced() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("TracerPid:", 0) == 0)
      return line.back() != '0';
  return false;
}
static double load_of_last_minute() {
  double n = 0;
  if (FILE *file = std::fopen(load, "r")) {
    (void)!std::fscanf(file, "%lf", &n);
    std::fclose(file);
  }
  return n;
}
static std::string first_word(std::istream &in) {
  std::string word;
  in >> word;
  return word;
}

awaitable<void> stream_ok() {
  if (traced())
    co_return;
}
awaitable<std::string> named_ok() {
  std::ifstream in(memory);
  co_return first_word(in);
}
awaitable<double> stdio_ok() { co_return load_of_last_minute(); }
awaitable<std::string> joined_ok(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  in >> name;
  co_return name;
}
awaitable<int> descriptor_ok() {
  char c[64];
  int fd = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  int n = static_cast<int>(::read(fd, c, sizeof c));
  co_return n;
}
awaitable<int> formatted_ok(int pid) {
  char path[64], c[64];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = ::open(path, O_RDONLY);
  co_return static_cast<int>(::read(fd, c, sizeof c));
}
awaitable<int> entries_ok() {
  int n = 0;
  if (DIR *all = ::opendir("/proc/self/task")) {
    while (::readdir(all))
      ++n;
    ::closedir(all);
  }
  co_return n;
}
awaitable<void> closed_ok() {
  std::ifstream in("/proc/uptime");
  in.close();
  co_return;
}
awaitable<fs::path> link_ok() { co_return fs::read_symlink("/proc/self/exe"); }
awaitable<bool> part_ok() { co_return fs::exists(fs::path("/sys") / "class" / "net"); }
awaitable<long> random_ok() {
  long n = 0;
  std::ifstream in{"/dev/urandom", std::ios::binary};
  in.read(reinterpret_cast<char *>(&n), sizeof n);
  co_return n;
}
awaitable<void> nowhere_ok() {
  std::ofstream out("/dev/null");
  out << "gone" << std::endl;
  co_return;
}

awaitable<void> disk_bad() {
  std::ifstream in("/etc/hosts"); // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> likeness_bad() {
  std::ifstream in("/process/self"); // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> beside_bad() {
  std::ifstream in("/etc/proc/status"); // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> kernel_log_bad() {
  char c[64];
  int fd = ::open("/proc/kmsg", O_RDONLY); // expect: blocking-call-in-coroutine
  (void)!::read(fd, c, sizeof c);           // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> either_bad(bool here) {
  std::ifstream in(here ? "/proc/stat" : "/var/lib/stat"); // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> changed_bad(const std::string &other) {
  std::string path = "/proc/stat";
  path = other;
  std::ifstream in(path); // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> formatted_bad(int n) {
  char path[64];
  std::snprintf(path, sizeof path, "/var/spool/%d", n);
  int fd = ::open(path, O_RDONLY); // expect: blocking-call-in-coroutine
  (void)fd;
  co_return;
}
