// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A child is forked for each piece and not executed anew: the libraries are loaded and relocated and the catalog is
// read, which is most of what a process costs that parses a small file. It ends without running destructors, and the
// kernel frees an AST faster than its owner would.
#include "driver/Workers.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <malloc.h>
#include <map>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace threadbare::driver {
namespace {

enum ChildStatus { Succeeded = 0, Failed = 3 };

/// A file without a name, through which a child hands back its bytes: nothing is left behind, however we end.
class Mailbox {
public:
  static Expected<Mailbox> create() {
    int Descriptor = -1;
    SmallString<128> Path;
    if (std::error_code EC = sys::fs::createTemporaryFile("threadbare", "unit", Descriptor, Path))
      return createStringError("no temporary file can be made: " + EC.message());
    ::unlink(Path.c_str());
    return Mailbox(Descriptor);
  }
  Mailbox(Mailbox &&Other) : Descriptor(std::exchange(Other.Descriptor, -1)) {}
  Mailbox &operator=(Mailbox &&) = delete;
  ~Mailbox() {
    if (Descriptor >= 0)
      ::close(Descriptor);
  }

  /// In the child: what it says on its way down (an assertion, a sanitizer's report) is kept instead of bytes.
  void catchStandardError() const { ::dup2(Descriptor, STDERR_FILENO); }

  bool put(StringRef Bytes) const {
    if (::ftruncate(Descriptor, 0) || ::lseek(Descriptor, 0, SEEK_SET))
      return false;
    raw_fd_ostream Stream(Descriptor, /*shouldClose=*/false);
    Stream << Bytes;
    Stream.flush();
    bool Good = !Stream.has_error();
    Stream.clear_error();
    return Good;
  }

  std::unique_ptr<MemoryBuffer> take() const {
    sys::fs::file_status Status;
    if (sys::fs::status(Descriptor, Status))
      return nullptr;
    auto Buffer = MemoryBuffer::getOpenFile(sys::fs::convertFDToNativeFile(Descriptor), "stored summary",
                                            Status.getSize(), /*RequiresNullTerminator=*/false);
    return Buffer ? std::move(*Buffer) : nullptr;
  }

private:
  explicit Mailbox(int Descriptor) : Descriptor(Descriptor) {}
  int Descriptor;
};

[[noreturn]] void work(const Mailbox &Box, std::size_t Index, function_ref<Expected<std::string>(std::size_t)> Work) {
  sys::Process::PreventCoreFiles();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody waits for the result of a run that was killed
  Box.catchStandardError();
  Expected<std::string> Bytes = Work(Index);
  int Status = Bytes ? Succeeded : Failed;
  if (!Box.put(Bytes ? *Bytes : toString(Bytes.takeError())))
    Status = 1;
  ::_exit(Status);
}

/// The first line of what the child said, if it said why.
std::string lastWords(const MemoryBuffer *Said) {
  StringRef Line = Said ? Said->getBuffer().ltrim().split('\n').first : "";
  return Line.empty() ? "" : (": " + Line).str();
}

WorkResult collect(const Mailbox &Box, int Status) {
  WorkResult Result;
  Result.Bytes = Box.take();
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == Succeeded && Result.Bytes)
    return Result;
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == Failed && Result.Bytes)
    Result.Error = Result.Bytes->getBuffer().str();
  else if (WIFSIGNALED(Status))
    Result.Crash = ::strsignal(WTERMSIG(Status)) + lastWords(Result.Bytes.get());
  else
    Result.Crash = "exit status " + std::to_string(WEXITSTATUS(Status)) + lastWords(Result.Bytes.get());
  Result.Bytes.reset();
  return Result;
}

} // namespace

std::vector<WorkResult> runInWorkers(std::size_t Count, unsigned Jobs,
                                     function_ref<Expected<std::string>(std::size_t)> Work,
                                     function_ref<void(const WorkProgress &)> Progress) {
  // What was freed is returned: whatever we hold, the kernel maps again for each child.
  ::malloc_trim(0);
  ::signal(SIGCHLD, SIG_DFL); // inherited as ignored, it would hide how a child ended
  struct Running {
    std::size_t Index;
    Mailbox Box;
  };
  std::vector<WorkResult> Results(Count);
  std::map<pid_t, Running> Children;
  std::size_t Next = 0, Done = 0;
  auto Fail = [&](std::size_t Index, const Twine &Why) {
    Results[Index].Crash = Why.str();
    ++Done;
  };

  while (Done != Count) {
    while (Next != Count && Children.size() < Jobs) {
      std::size_t Index = Next++;
      Progress({Done, Count, Index});
      Expected<Mailbox> Box = Mailbox::create();
      if (!Box) {
        Fail(Index, toString(Box.takeError()));
        continue;
      }
      outs().flush();
      errs().flush();
      pid_t Child = ::fork();
      if (Child == 0)
        work(*Box, Index, Work);
      if (Child < 0)
        Fail(Index, std::string("no process can be started: ") + std::strerror(errno));
      else
        Children.emplace(Child, Running{Index, std::move(*Box)});
    }
    if (Children.empty())
      continue;
    int Status = 0;
    pid_t Ended = ::waitpid(-1, &Status, 0);
    auto Child = Children.find(Ended);
    if (Child == Children.end())
      continue; // interrupted, or a process of whoever executed us
    Results[Child->second.Index] = collect(Child->second.Box, Status);
    Children.erase(Child);
    Progress({++Done, Count, Next - 1});
  }
  return Results;
}

} // namespace threadbare::driver
