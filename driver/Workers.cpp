// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A child is forked for each piece and not executed anew: the libraries are loaded and relocated and the catalog is
// read, which is most of what a process costs that parses a small file. It ends without running destructors, and the
// kernel frees an AST faster than its owner would.
#include "driver/Workers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// With which a child ends on its own.
enum ChildStatus { Succeeded = 0, Unsent = 1, Failed = 3, OutOfMemory = 4, Abandoned = 5 };

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
  Mailbox &operator=(Mailbox &&Other) {
    std::swap(Descriptor, Other.Descriptor);
    return *this;
  }
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
  install_bad_alloc_error_handler(giveUpForMemory);
  install_out_of_memory_new_handler();
  rlimit Limit{};
  ::getrlimit(RLIMIT_DATA, &Limit);
  Limit.rlim_cur = std::min<rlim_t>(Limit.rlim_max, dataInUse() + Bytes);
  ::setrlimit(RLIMIT_DATA, &Limit);
}

using WorkFunction = function_ref<Expected<std::string>(std::size_t)>;

[[noreturn]] void work(const Mailbox &Box, std::size_t Piece, std::uint64_t MaxMemory, pid_t Parent,
                       WorkFunction Work) {
  sys::Process::PreventCoreFiles();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody waits for the result of a run that was killed
  if (::getppid() != Parent)
    ::_exit(Abandoned);
  Box.catchStandardError();
  limitMemory(MaxMemory);
  Expected<std::string> Bytes = Work(Piece);
  int Status = Bytes ? Succeeded : Failed;
  if (!Box.put(Bytes ? *Bytes : toString(Bytes.takeError())))
    Status = Unsent;
  ::_exit(Status);
}

/// The first line of what the child said, if it said why.
std::string lastWords(const MemoryBuffer *Said) {
  StringRef Line = Said ? Said->getBuffer().ltrim().split('\n').first : "";
  return Line.empty() ? "" : (": " + Line).str();
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

using Clock = std::chrono::steady_clock;

struct Child {
  std::size_t Piece;
  pid_t Process;
  int AliveUntilClosed; ///< a pipe whose other end is the child's: a poll() sees it end
  Mailbox Box;
  Clock::time_point Start;
};

class WorkerPool {
public:
  WorkerPool(const WorkerLimits &Limits, WorkFunction Work, function_ref<void(std::size_t, WorkResult)> Finished,
             function_ref<void(const WorkProgress &)> Progress)
      : Limits(Limits), Work(Work), Finished(Finished), Progress(Progress) {
    if (!this->Limits.MaxMemory)
      this->Limits.MaxMemory = physicalMemory();
  }

  void run(ArrayRef<std::size_t> Pieces) {
    while (true) {
      for (; !Pieces.empty() && Children.size() < std::max(1u, Limits.Jobs); Pieces = Pieces.drop_front())
        if (std::string Why = start(Pieces.front()); !Why.empty())
          finish(Pieces.front(), {WorkResult::Crashed, nullptr, Why, {}});
      tell();
      if (Children.empty())
        return;
      wait();
    }
  }

private:
  /// Returns why it cannot be done, or "".
  std::string start(std::size_t Piece) {
    Expected<Mailbox> Box = Mailbox::create();
    if (!Box)
      return toString(Box.takeError());
    int Ends[2];
    if (::pipe2(Ends, O_CLOEXEC))
      return std::string("no pipe can be made: ") + std::strerror(errno);
    outs().flush();
    errs().flush();
    pid_t Parent = ::getpid();
    pid_t Process = ::fork();
    if (Process == 0)
      work(*Box, Piece, Limits.MaxMemory, Parent, Work);
    int Error = errno;
    ::close(Ends[1]);
    if (Process < 0) {
      ::close(Ends[0]);
      return std::string("no process can be started: ") + std::strerror(Error);
    }
    Children.push_back({Piece, Process, Ends[0], std::move(*Box), Clock::now()});
    return "";
  }

  /// Until something ends, a time is up, or a second has passed.
  void wait() {
    using namespace std::chrono;
    milliseconds Patience = seconds(1);
    if (Limits.Timeout.count())
      for (const Child &C : Children)
        Patience = std::min(Patience, duration_cast<milliseconds>(C.Start + Limits.Timeout - Clock::now()));
    Patience = std::max(Patience, milliseconds(0)) + milliseconds(1);
    SmallVector<pollfd, 64> Ends;
    for (const Child &C : Children)
      Ends.push_back({C.AliveUntilClosed, POLLIN, 0});
    Clock::time_point Before = Clock::now();
    ::poll(Ends.data(), Ends.size(), Patience.count());
    // Who stops us (Ctrl-Z) stops our children too, and their time does not run.
    if (auto Excess = Clock::now() - Before - Patience; Excess > seconds(2))
      for (Child &C : Children)
        C.Start += Excess;

    for (std::size_t I = Children.size(); I-- > 0;)
      if (Ends[I].revents)
        reap(I, false);
      else if (Limits.Timeout.count() && Clock::now() - Children[I].Start >= Limits.Timeout)
        reap(I, true);
  }

  void reap(std::size_t Index, bool Kill) {
    Child C = std::move(Children[Index]);
    Children.erase(Children.begin() + Index);
    if (Kill)
      ::kill(C.Process, SIGKILL);
    int Status = 0;
    while (::waitpid(C.Process, &Status, 0) < 0 && errno == EINTR)
      ;
    ::close(C.AliveUntilClosed);
    WorkResult Result = collect(C.Box, Status);
    // It may have come to its end in the last moment.
    if (Kill && Result.Ending != WorkResult::Done)
      Result.Ending = WorkResult::TookTooLong;
    Result.Took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - C.Start);
    finish(C.Piece, std::move(Result));
  }

  void finish(std::size_t Piece, WorkResult Result) {
    ++Done;
    Finished(Piece, std::move(Result));
  }

  void tell() {
    SmallVector<std::size_t, 64> Running;
    for (const Child &C : Children)
      Running.push_back(C.Piece);
    Progress({Done, Running});
  }

  WorkerLimits Limits;
  WorkFunction Work;
  function_ref<void(std::size_t, WorkResult)> Finished;
  function_ref<void(const WorkProgress &)> Progress;
  std::vector<Child> Children;
  std::size_t Done = 0;
};

} // namespace

std::uint64_t physicalMemory() { return std::uint64_t(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE); }

void runInWorkers(ArrayRef<std::size_t> Pieces, const WorkerLimits &Limits, WorkFunction Work,
                  function_ref<void(std::size_t, WorkResult)> Finished,
                  function_ref<void(const WorkProgress &)> Progress) {
  // What was freed is returned: whatever we hold, the kernel maps again for each child.
  ::malloc_trim(0);
  ::signal(SIGCHLD, SIG_DFL); // inherited as ignored, it would hide how a child ended
  WorkerPool(Limits, Work, Finished, Progress).run(Pieces);
}

} // namespace threadbare::driver
