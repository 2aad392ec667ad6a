// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/WorkerProcess.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// With which a child ends on its own.
enum ChildStatus { Succeeded = 0, Unsent = 1, Failed = 3, OutOfMemory = 4, Abandoned = 5 };

/// Of what a process has mapped for itself alone, and may write: what RLIMIT_DATA counts.
std::uint64_t dataInUse() {
  std::ifstream File("/proc/self/statm");
  std::uint64_t Size = 0, Resident = 0, Shared = 0, Text = 0, Library = 0, Data = 0;
  File >> Size >> Resident >> Shared >> Text >> Library >> Data;
  return Data * ::sysconf(_SC_PAGESIZE);
}

[[noreturn]] void giveUpForMemory(void *, const char *, bool) { ::_exit(OutOfMemory); }

/// The kernel refuses what is too much, at the allocation that asks for it and not some time later. The address space
/// would be the wrong measure: libraries and files that are mapped count there.
void limitMemory(std::uint64_t Bytes) {
  static bool Installed = false; // also if the process that forked us did
  if (!std::exchange(Installed, true)) {
    install_bad_alloc_error_handler(giveUpForMemory);
    install_out_of_memory_new_handler();
  }
  rlimit Limit{};
  ::getrlimit(RLIMIT_DATA, &Limit);
  Limit.rlim_cur = std::min<rlim_t>(Limit.rlim_max, dataInUse() + Bytes);
  ::setrlimit(RLIMIT_DATA, &Limit);
}

/// The first line of what the child said, if it said why.
std::string lastWords(const MemoryBuffer *Said) {
  StringRef Line = Said ? Said->getBuffer().ltrim().split('\n').first : "";
  return Line.empty() ? "" : (": " + Line).str();
}

} // namespace

Expected<Mailbox> Mailbox::create() {
  int Descriptor = -1;
  SmallString<128> Path;
  if (std::error_code EC = sys::fs::createTemporaryFile("threadbare", "unit", Descriptor, Path))
    return createStringError("no temporary file can be made: " + EC.message());
  ::unlink(Path.c_str());
  return Mailbox(Descriptor);
}

Mailbox::~Mailbox() {
  if (Descriptor >= 0)
    ::close(Descriptor);
}

void Mailbox::catchStandardError() const { ::dup2(Descriptor, STDERR_FILENO); }

bool Mailbox::put(StringRef Bytes) const {
  if (::ftruncate(Descriptor, 0) || ::lseek(Descriptor, 0, SEEK_SET))
    return false;
  raw_fd_ostream Stream(Descriptor, /*shouldClose=*/false);
  Stream << Bytes;
  Stream.flush();
  bool Good = !Stream.has_error();
  Stream.clear_error();
  return Good;
}

std::unique_ptr<MemoryBuffer> Mailbox::take() const {
  sys::fs::file_status Status;
  if (sys::fs::status(Descriptor, Status))
    return nullptr;
  auto Buffer = MemoryBuffer::getOpenFile(sys::fs::convertFDToNativeFile(Descriptor), "stored summary",
                                          Status.getSize(), /*RequiresNullTerminator=*/false);
  return Buffer ? std::move(*Buffer) : nullptr;
}

void becomeWorker(pid_t Parent, std::uint64_t MaxMemory) {
  sys::Process::PreventCoreFiles();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody waits for the result of a run that was killed
  if (::getppid() != Parent)
    ::_exit(Abandoned);
  limitMemory(MaxMemory);
}

void workAndExit(const Mailbox &Box, std::size_t Piece, WorkFunction Work) {
  Box.catchStandardError();
  Expected<std::string> Bytes = Work(Piece);
  int Status = Bytes ? Succeeded : Failed;
  if (!Box.put(Bytes ? *Bytes : toString(Bytes.takeError())))
    Status = Unsent;
  ::_exit(Status);
}

WorkResult collect(const Mailbox &Box, int Status) {
  WorkResult Result;
  std::unique_ptr<MemoryBuffer> Bytes = Box.take();
  if (WIFSIGNALED(Status)) {
    Result.Why = ::strsignal(WTERMSIG(Status)) + lastWords(Bytes.get());
  } else if (WEXITSTATUS(Status) == Succeeded && Bytes) {
    Result.Ending = WorkResult::Done;
    Result.Bytes = std::move(Bytes);
  } else if (WEXITSTATUS(Status) == Failed && Bytes) {
    Result.Ending = WorkResult::Failed;
    Result.Why = Bytes->getBuffer().str();
  } else if (WEXITSTATUS(Status) == OutOfMemory) {
    Result.Ending = WorkResult::NeededTooMuch;
  } else if (WEXITSTATUS(Status) == Unsent) {
    Result.Why = "its result cannot be written to the folder of temporary files";
  } else {
    Result.Why = "exit status " + std::to_string(WEXITSTATUS(Status)) + lastWords(Bytes.get());
  }
  return Result;
}

} // namespace threadbare::driver
