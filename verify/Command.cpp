// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Command.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace llvm;
using Clock = std::chrono::steady_clock;

namespace threadbare::verify {
namespace {

volatile std::sig_atomic_t Interrupted = 0;

/// In the child: says on the pipe why there is nothing to run, and ends.
[[noreturn]] void giveUp(int Pipe, const char *What) {
  std::string Why = std::string(What) + ": " + std::strerror(errno);
  (void)!write(Pipe, Why.data(), Why.size());
  _exit(127);
}

bool writeFile(const char *Path, const std::string &Text) {
  int File = open(Path, O_WRONLY | O_CLOEXEC);
  bool Written = File >= 0 && write(File, Text.data(), Text.size()) == ssize_t(Text.size());
  close(File);
  return Written;
}

/// A mount namespace of our own: by right, or in a user namespace in which we are who we are.
bool enterNamespace() {
  uid_t User = getuid();
  gid_t Group = getgid();
  if (unshare(CLONE_NEWNS) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
      return false;
    writeFile("/proc/self/setgroups", "deny");
    if (!writeFile("/proc/self/uid_map", formatv("{0} {0} 1", User).str()) ||
        !writeFile("/proc/self/gid_map", formatv("{0} {0} 1", Group).str()))
      return false;
  }
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

[[noreturn]] void become(const Command &C, int Pipe) {
  setpgid(0, 0);
  if (!C.For.empty()) {
    if (!enterNamespace())
      giveUp(Pipe, "mount namespace");
    if (mount(C.StandIn.c_str(), C.For.c_str(), nullptr, MS_BIND, nullptr) != 0)
      giveUp(Pipe, C.For.c_str());
  }
  // Also without a folder to go to: the one we are in may be below the one that was just covered.
  std::string Directory = C.Directory;
  if (char *Here = Directory.empty() ? getcwd(nullptr, 0) : nullptr)
    Directory = Here;
  if (chdir(Directory.c_str()) != 0)
    giveUp(Pipe, Directory.c_str());
  int Null = open("/dev/null", O_RDONLY), Log = open(C.Log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (Log < 0)
    giveUp(Pipe, C.Log.c_str());
  dup2(Null, 0);
  dup2(Log, 1);
  dup2(Log, 2);
  for (const auto &[Name, Value] : C.Environment)
    setenv(Name.c_str(), Value.c_str(), 1);
  std::vector<char *> Words;
  for (const std::string &Word : C.Words)
    Words.push_back(const_cast<char *>(Word.c_str()));
  Words.push_back(nullptr);
  execvp(Words[0], Words.data());
  giveUp(Pipe, Words[0]);
}

/// The processes that have us for a parent: our own, and those that were left to us.
std::vector<pid_t> children() {
  std::vector<pid_t> Result;
  auto List = MemoryBuffer::getFileAsStream(formatv("/proc/self/task/{0}/children", gettid()).str());
  if (!List)
    return Result;
  for (StringRef Word : split((*List)->getBuffer(), ' '))
    if (pid_t Child; !Word.trim().getAsInteger(10, Child))
      Result.push_back(Child);
  return Result;
}

/// Ends what the command left behind: a daemon would otherwise go on with probes in it.
unsigned endOthers() {
  unsigned Found = 0;
  for (int Round = 0; Round < 100; ++Round) {
    while (waitpid(-1, nullptr, WNOHANG) > 0)
      ;
    std::vector<pid_t> Left = children();
    if (Left.empty())
      break;
    if (Round == 0)
      Found = Left.size();
    for (pid_t Child : Left)
      kill(Child, Round == 0 ? SIGTERM : SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(Round == 0 ? 200 : 20));
  }
  return Found;
}

/// Waits without blocking for good. A first signal asks, a second does not.
Ended await(pid_t Child, double Limit) {
  Ended E;
  auto Start = Clock::now();
  auto Passed = [&] { return std::chrono::duration<double>(Clock::now() - Start).count(); };
  int Status = 0;
  auto Rest = std::chrono::milliseconds(1);
  while (waitpid(Child, &Status, WNOHANG) == 0) {
    if (isInterrupted())
      Limit = std::min(Limit, Passed());
    if (Passed() > Limit) {
      kill(-Child, E.TimedOut && Passed() > Limit + 2 ? SIGKILL : SIGTERM);
      E.TimedOut = true;
    }
    std::this_thread::sleep_for(Rest);
    Rest = std::min(Rest * 2, std::chrono::milliseconds(20));
  }
  E.Seconds = Passed();
  E.Status = WIFSIGNALED(Status) ? 128 + WTERMSIG(Status) : WEXITSTATUS(Status);
  return E;
}

} // namespace

std::string Ended::complaint() const {
  if (TimedOut)
    return "did not end in time and was stopped";
  if (Status > 128)
    return formatv("was ended by signal {0} ({1})", Status - 128, strsignal(Status - 128)).str();
  if (Status)
    return formatv("ended with status {0}", Status).str();
  if (LeftRunning)
    return formatv("left {0} process{1} running, which {2} ended", LeftRunning, LeftRunning == 1 ? "" : "es",
                   LeftRunning == 1 ? "was" : "were")
        .str();
  return "";
}

Expected<Ended> run(const Command &C) {
  if (isInterrupted())
    return createStringError("interrupted");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int Pipe[2];
  if (pipe2(Pipe, O_CLOEXEC) != 0)
    return createStringError(std::strerror(errno));
  pid_t Child = fork();
  if (Child < 0)
    return createStringError(std::strerror(errno));
  if (Child == 0)
    become(C, Pipe[1]);
  setpgid(Child, Child);
  close(Pipe[1]);
  char Why[512];
  ssize_t Length = read(Pipe[0], Why, sizeof Why); // ends when the child has become the command
  close(Pipe[0]);
  if (Length > 0) {
    waitpid(Child, nullptr, 0);
    return createStringError(StringRef(Why, Length));
  }
  Ended E = await(Child, C.Seconds);
  E.LeftRunning = endOthers();
  if (isInterrupted())
    return createStringError("interrupted");
  return E;
}

Interruptible::Interruptible() {
  Interrupted = 0;
  struct sigaction Note{};
  Note.sa_handler = [](int) { Interrupted = 1; };
  Note.sa_flags = SA_RESTART;
  for (std::size_t I = 0; I < Signals.size(); ++I)
    sigaction(Signals[I], &Note, &Before[I]);
}

Interruptible::~Interruptible() {
  for (std::size_t I = 0; I < Signals.size(); ++I)
    sigaction(Signals[I], &Before[I], nullptr);
}

bool isInterrupted() { return Interrupted; }

Error checkMountable() {
  pid_t Child = fork();
  if (Child == 0)
    _exit(enterNamespace() ? 0 : 1);
  int Status = 1;
  if (Child > 0)
    waitpid(Child, &Status, 0);
  if (Child > 0 && Status == 0)
    return Error::success();
  return createStringError(
      "a build with probes needs a mount namespace, so that yours stays as it is: run as root, or "
      "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or give --build-command");
}

} // namespace threadbare::verify
