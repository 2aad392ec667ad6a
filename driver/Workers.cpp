// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A child is forked for each piece and not executed anew: the libraries are loaded and relocated and the catalog is
// read, which is most of what a process costs that parses a small file. It ends without running destructors, and the
// kernel frees an AST faster than its owner would.
#include "driver/Workers.h"
#include "driver/Preparations.h"
#include "driver/WorkerProcess.h"

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
  WorkerPool(ArrayRef<std::size_t> Pieces, const WorkerLimits &Limits, const SharedWork &Shared, const ServerJobs &Jobs,
             function_ref<void(std::size_t, WorkResult)> Finished, function_ref<void(const WorkProgress &)> Progress)
      : Limits(Limits), ToDo(Shared, Jobs, Pieces), Finished(Finished), Progress(Progress) {}

  void run() {
    while (true) {
      begin();
      tell();
      if (Children.empty() && ToDo.running().empty())
        return;
      wait();
    }
  }

private:
  void begin() {
    while (Children.size() + ToDo.running().size() < std::max(1u, Limits.Jobs)) {
      Preparations::Step Next = ToDo.next();
      if (Next.Kind == Preparations::Step::Wait)
        return;
      if (Next.Kind == Preparations::Step::Preparation)
        ToDo.startPreparation(Next.Index);
      else if (Error Why = start(Next))
        finish(Next.Index, {WorkResult::Crashed, nullptr, toString(std::move(Why)), {}});
    }
  }

  Error start(const Preparations::Step &Piece) {
    Expected<Mailbox> Box = Mailbox::create();
    if (!Box)
      return Box.takeError();
    int Ends[2];
    if (::pipe2(Ends, O_CLOEXEC))
      return createStringError(std::string("no pipe can be made: ") + std::strerror(errno));
    Expected<pid_t> Process = ToDo.startPiece(Piece, *Box, Ends[1]);
    ::close(Ends[1]);
    if (!Process) {
      ::close(Ends[0]);
      return Process.takeError();
    }
    Children.push_back({Piece.Index, *Process, Ends[0], std::move(*Box), Clock::now()});
    return Error::success();
  }

  bool isOver(Clock::time_point Start) const {
    return Limits.Timeout.count() && Clock::now() - Start >= Limits.Timeout;
  }

  /// What runs now, by when it began.
  SmallVector<Clock::time_point *, 64> starts() {
    SmallVector<Clock::time_point *, 64> Result;
    for (Child &C : Children)
      Result.push_back(&C.Start);
    for (std::size_t P : ToDo.running())
      Result.push_back(&ToDo.began(P));
    return Result;
  }

  /// Until something ends, a time is up, or a second has passed.
  void wait() {
    using namespace std::chrono;
    milliseconds Patience = seconds(1);
    if (Limits.Timeout.count())
      for (const Clock::time_point *Start : starts())
        Patience = std::min(Patience, duration_cast<milliseconds>(*Start + Limits.Timeout - Clock::now()));
    Patience = std::max(Patience, milliseconds(0)) + milliseconds(1);
    SmallVector<pollfd, 64> Ends;
    for (const Child &C : Children)
      Ends.push_back({C.AliveUntilClosed, POLLIN, 0});
    SmallVector<std::size_t, 16> BeingPrepared(ToDo.running());
    for (std::size_t P : BeingPrepared)
      Ends.push_back({ToDo.descriptor(P), POLLIN, 0});
    Clock::time_point Before = Clock::now();
    ::poll(Ends.data(), Ends.size(), Patience.count());
    // Who stops us (Ctrl-Z) stops our children too, and their time does not run.
    if (auto Excess = Clock::now() - Before - Patience; Excess > seconds(2))
      for (Clock::time_point *Start : starts())
        *Start += Excess;

    std::size_t Pieces = Children.size();
    for (auto [I, P] : enumerate(BeingPrepared))
      if (bool Speaks = Ends[Pieces + I].revents; Speaks || isOver(ToDo.began(P)))
        ToDo.settle(P, Speaks);
    for (std::size_t I = Pieces; I-- > 0;)
      if (bool Ended = Ends[I].revents; Ended || isOver(Children[I].Start))
        reap(I, !Ended);
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
  Preparations ToDo;
  function_ref<void(std::size_t, WorkResult)> Finished;
  function_ref<void(const WorkProgress &)> Progress;
  std::vector<Child> Children;
  std::size_t Done = 0;
};

} // namespace

std::string describe(const WorkResult &Result, StringRef File, const WorkerLimits &Limits) {
  std::string Reading = (File + ": error: reading this file ").str();
  switch (Result.Ending) {
  case WorkResult::Done:
  case WorkResult::Failed:
    return Result.Why;
  case WorkResult::Crashed:
    return Reading + "crashed (" + Result.Why + "); it was left out, please report it";
  case WorkResult::TookTooLong:
    return Reading + "took longer than " + std::to_string(Limits.Timeout.count()) +
           " s; it was left out, --timeout gives it more time";
  case WorkResult::NeededTooMuch:
    return Reading + "needed more than " +
           std::to_string((Limits.MaxMemory ? Limits.MaxMemory : physicalMemory()) >> 20) +
           " MiB of memory; it was left out, --max-memory gives it more";
  }
  llvm_unreachable("another ending");
}

std::uint64_t physicalMemory() { return std::uint64_t(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE); }

void runInWorkers(ArrayRef<std::size_t> Pieces, const WorkerLimits &Limits, WorkFunction Work,
                  function_ref<void(std::size_t, WorkResult)> Finished,
                  function_ref<void(const WorkProgress &)> Progress, const SharedWork &Shared) {
  // What was freed is returned: whatever we hold, the kernel maps again for each child.
  ::malloc_trim(0);
  ::signal(SIGCHLD, SIG_DFL); // inherited as ignored, it would hide how a child ended
  ServerJobs Jobs{::getpid(), Limits.MaxMemory ? Limits.MaxMemory : physicalMemory(), Work, Shared.Prepare};
  WorkerPool(Pieces, Limits, Shared, Jobs, Finished, Progress).run();
}

} // namespace threadbare::driver
