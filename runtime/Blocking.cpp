// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call that takes long has either waited, which the kernel counts as a voluntary switch, or used the processor, or
// been preempted on a busy machine; only the first is blocking. Asking the kernel costs as much as a short call, so it
// is asked only with exact=1, and a first run with exact=0 says where it is worth asking.
#include "Blocking.h"
#include "Allowed.h"
#include "Feeding.h"
#include "Options.h"
#include "Waits.h"
#include "Ways.h"
#include "threadbare/runtime.h"

#include <sys/resource.h>

namespace threadbare::rt {

bool Watching = false;
bool Asking = false;
std::uint64_t Brief = 0;
__thread int Silent = 0;

namespace {

thread_local std::uint64_t LoopWoke = 0;
std::uint64_t Least = 0;                ///< nanoseconds
constexpr std::uint64_t Waits = 20'000; ///< ticks

struct Start {
  Start() {
    Least = std::uint64_t(options().BlockMicros) * 1000;
    Brief = Least < Waits ? Least : Waits;
    Asking = options().Exact || options().HangMillis;
    Watching = options().Preloaded;
  }
} Started;

Ways Known; ///< an idle loop waits often

void askKernel(Before &B) {
  rusage Usage;
  if (getrusage(RUSAGE_THREAD, &Usage) != 0)
    return;
  auto Nanoseconds = [](const timeval &T) { return std::uint64_t(T.tv_sec) * 1'000'000'000 + T.tv_usec * 1000; };
  B.Switches = Usage.ru_nvcsw;
  B.Processor = Nanoseconds(Usage.ru_utime) + Nanoseconds(Usage.ru_stime);
}

bool isMeant(const Stack &S, Way *W) {
  if (!W)
    return isAllowed(S);
  if (!W->Meant)
    W->Meant = isAllowed(S) ? 2 : 1;
  return W->Meant == 2;
}

__attribute__((noinline)) void tell(const char *Function, const Before &B, std::uint64_t End,
                                    std::uint64_t Nanoseconds) {
  Stack S;
  S.capture();
  Way *W = Known.find(S);
  std::uint64_t Count = W ? ++W->Count : 1;
  if (!isTold(Count, options().Exact ? 2000 : 64) || isMeant(S, W))
    return;
  Line Said("block");
  Said.add("function", Function).add("tid", threadId()).add("at", now()).add("ns", Nanoseconds).add("count", Count);
  if (std::uint64_t Way = wokenBy())
    Said.add("woken_by", Way);
  if (LoopWoke && LoopWoke < End)
    Said.add("lag", nanoseconds(End - LoopWoke));
  if (B.Switches >= 0) {
    Before After{End, -1, 0};
    askKernel(After);
    Said.add("voluntary", After.Switches - B.Switches).add("processor", After.Processor - B.Processor);
  }
  Said.add("stack", S).write();
}

} // namespace

Before beginCall(const char *Function) {
  Before B{0, -1, 0};
  if (options().Exact)
    askKernel(B);
  beginWait(Function);
  B.At = ticks();
  return B;
}

void endCall(const char *Function, const Before &B, std::uint64_t End) {
  endWait();
  if (End - B.At >= Least)
    if (std::uint64_t Nanoseconds = nanoseconds(End - B.At); Nanoseconds >= Least) {
      int Saved = errno;
      ++Silent;
      tell(Function, B, End, Nanoseconds);
      --Silent;
      errno = Saved;
    }
  // A loop of the program's own may wait in any call. So lag is counted from the last wait of any kind, and is rather
  // too short than too long.
  if (LoopWoke && End - B.At > Waits)
    LoopWoke = End;
}

void loopWoke() { LoopWoke = ticks(); }

std::uint64_t loopLag() { return LoopWoke ? nanoseconds(ticks() - LoopWoke) : 0; }

} // namespace threadbare::rt

void threadbare_allow_blocking(int Change) { threadbare::rt::Silent += Change; }
void threadbare_set_loop_thread() { threadbare::rt::loopWoke(); }
