// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the summaries of a program that does not exist, of any size, for the benchmark of the link: modules in layers,
// each of which calls itself, the few modules that it depends on, and utilities that everybody calls. Most functions
// only call; some count, lock, block, pass pointers and callables on, start threads, or are coroutines. The shares are
// options, so that what they cost can be told apart. The same seed gives the same bytes.
#include "model/SummaryStore.h"
#include "model/UnitBuilder.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <random>

using namespace llvm;
using namespace threadbare;

static cl::opt<std::string> Directory(cl::Positional, cl::Required, cl::desc("DIRECTORY"));
static cl::opt<unsigned> Functions("functions-in-all", cl::init(10000), cl::desc("functions in the whole program"));
static cl::opt<unsigned> Calls("calls-each", cl::init(5), cl::desc("calls in each function, on average"));
static cl::opt<unsigned> PerModule("module-size", cl::init(250), cl::desc("functions in each module, which is one unit"));
static cl::opt<unsigned> Seed("random-seed", cl::init(1), cl::desc("of the pseudo-random numbers"));
static cl::opt<double> Counting("counting-share", cl::init(0.08), cl::desc("share of functions that count something"));
static cl::opt<double> Locking("locking-share", cl::init(0.03), cl::desc("share of functions that count under a lock"));
static cl::opt<double> Passing("passing-share", cl::init(0.15), cl::desc("share of functions that pass their pointer on"));
static cl::opt<double> BlockingShare("blocking-share", cl::init(0.01), cl::desc("share of functions that block"));
static cl::opt<double> Callbacks("callbacks-share", cl::init(0.02), cl::desc("share of functions that take a callable"));
static cl::opt<double> Threads("threads-share", cl::init(0.001), cl::desc("share of functions that start threads"));
static cl::opt<double> CoroutineShare("coroutines-share", cl::init(0.01), cl::desc("share of functions that are coroutines"));

namespace {

enum class Sort : std::uint8_t { Plain, Counting, Locking, Passing, Blocking, Callback, Thread, Coroutine };

/// What a function is depends on its number only: units are written one after the other, and none is kept.
Sort sortOf(unsigned F) {
  std::mt19937_64 Random(Seed * 1000003ull + F);
  double R = std::uniform_real_distribution<double>(0, 1)(Random);
  for (auto [Share, S] : {std::pair{+Counting, Sort::Counting}, {+Locking, Sort::Locking}, {+Passing, Sort::Passing},
                          {+BlockingShare, Sort::Blocking}, {+Callbacks, Sort::Callback}, {+Threads, Sort::Thread},
                          {+CoroutineShare, Sort::Coroutine}}) {
    if (R < Share)
      return S;
    R -= Share;
  }
  return Sort::Plain;
}

SymbolId functionId(unsigned F) { return 0x1000000000ull + F; }
SymbolId counterId(unsigned M, unsigned N) { return 0x2000000000ull + M * 64ull + N; }
SymbolId fieldId(unsigned M, unsigned N) { return 0x3000000000ull + M * 64ull + N; }
SymbolId mutexId(unsigned M) { return 0x4000000000ull + M; }

class Module {
public:
  Module(unsigned Number) : Number(Number), B(Unit), Random(Seed * 7919ull + Number) {
    Unit.MainFile = "/generated/module" + std::to_string(Number) + ".cpp";
    File = B.string(Unit.MainFile);
  }

  UnitSummary make() {
    for (unsigned N = 0; N < 8; ++N) {
      symbol(counterId(Number, N), "counter" + std::to_string(N));
      symbol(fieldId(Number, N), "count" + std::to_string(N));
    }
    symbol(mutexId(Number), "mutex");
    unsigned First = Number * PerModule, Last = std::min<unsigned>(First + PerModule, Functions);
    for (unsigned F = First; F < Last; ++F)
      function(F, First);
    return std::move(Unit);
  }

private:
  unsigned below(unsigned Limit) { return Limit ? static_cast<unsigned>(Random() % Limit) : 0; }

  void symbol(SymbolId Id, const Twine &Name) {
    Symbol S;
    S.Id = Id;
    S.Name = B.string(Name.str());
    S.Flags = SymArithmetic;
    S.At = {File, 1, 1};
    Unit.Symbols.push_back(S);
  }

  /// A function below \p F: in the same module, in one of the few that it depends on, or a utility.
  unsigned callee(unsigned F, unsigned First) {
    unsigned Kind = below(100);
    if (Kind < 75 && F > First)
      return F - 1 - below(std::min(F - First, 40u));
    if (Kind < 95 && Number) {
      unsigned Dependency = Number - 1 - below(std::min(Number, 8u));
      return Dependency * PerModule + PerModule / 2 + below(PerModule / 2);
    }
    return below(std::min(F, 1000u));
  }

  Op &op(OpKind Kind) {
    Op O;
    O.Kind = Kind;
    O.At = {File, ++Line, 3};
    Unit.Ops.push_back(O);
    return Unit.Ops.back();
  }

  void call(unsigned F, TermIndex Pointer) {
    Op &O = op(OpKind::Call);
    O.Symbol = functionId(F);
    O.Name = B.string("f" + std::to_string(F));
    TermIndex Args[2] = {Pointer, NoTerm};
    if (sortOf(F) == Sort::Callback)
      Args[1] = B.term(TermKind::Function, 0, 0, functionId(below(F)));
    O.List = B.list(Args);
  }

  void count(unsigned F, TermIndex Pointer) {
    TermIndex At = F % 2 ? B.global(counterId(Number, F % 8)) : B.field(B.pointee(Pointer), fieldId(Number, F % 8));
    Op &O = op(OpKind::Access);
    O.Sub = static_cast<std::uint8_t>(AccessKind::Add);
    O.A = At;
    O.Name = B.string("counter");
  }

  void function(unsigned F, unsigned First) {
    Sort S = sortOf(F);
    Function R;
    R.Id = functionId(F);
    R.Name = B.string("f" + std::to_string(F));
    R.At = {File, ++Line, 1};
    R.FirstOp = static_cast<std::uint32_t>(Unit.Ops.size());
    R.Params = {static_cast<std::uint32_t>(Unit.Params.size()), 2};
    Unit.Params.push_back({B.string("p"), ParamPointer});
    Unit.Params.push_back({B.string("f"), S == Sort::Callback ? std::uint32_t(ParamCallable) : 0u});
    if (S == Sort::Coroutine) {
      R.Flags |= FnCoroutine;
      R.Ecosystem = B.string("asio");
    }
    TermIndex Pointer = B.load(B.term(TermKind::Param, 0)), Given = B.load(B.term(TermKind::Param, 1));
    TermIndex Passed = S == Sort::Passing ? Pointer : NoTerm;
    TermIndex Mutex = B.global(mutexId(Number));
    auto Own = static_cast<std::uint32_t>(Unit.Blocks.size());
    unsigned Times = F == First && !Number ? 0 : below(2 * Calls + 1);
    // Half of the calls are made on a condition.
    unsigned Always = Times / 2;
    if (S == Sort::Locking)
      op(OpKind::Acquire).A = Mutex;
    if (S == Sort::Counting || S == Sort::Locking)
      count(F, Pointer);
    if (S == Sort::Locking)
      op(OpKind::Release).A = Mutex;
    if (S == Sort::Blocking) {
      Blocking K;
      K.Severity = 3;
      K.Kind = B.string("sleep");
      Op &O = op(OpKind::Call);
      O.Name = B.string("sleep");
      O.Symbol = 1;
      O.Blocking = static_cast<std::uint32_t>(Unit.Blockings.size());
      Unit.Blockings.push_back(K);
    }
    if (S == Sort::Callback) {
      Op &O = op(OpKind::Call);
      O.B = Given;
      O.Flags = OpUnresolved;
      O.Name = B.string("f");
    }
    if (S == Sort::Thread && F > First) {
      TermIndex Handle = B.term(TermKind::Local, static_cast<std::uint32_t>(Unit.Locals.size()) - localsBefore(R));
      Unit.Locals.push_back({B.string("t"), 0, {File, Line, 5}});
      R.Locals.Count = 1;
      Op &O = op(OpKind::Spawn);
      O.Sub = static_cast<std::uint8_t>(ExecutorKind::Thread);
      O.B = B.term(TermKind::Function, 0, 0, functionId(callee(F, First)));
      O.C = Handle;
      O.List = B.list({Pointer});
      O.Flags = OpMany;
    }
    for (unsigned N = 0; N < Always; ++N)
      call(callee(F, First), Passed);
    std::uint32_t Middle = static_cast<std::uint32_t>(Unit.Ops.size());
    for (unsigned N = Always; N < Times; ++N)
      call(callee(F, First), Passed);
    std::uint32_t End = static_cast<std::uint32_t>(Unit.Ops.size());
    if (S == Sort::Thread && R.Locals.Count)
      op(OpKind::Join).A = B.term(TermKind::Local, 0);
    op(OpKind::Return);
    auto Count = static_cast<std::uint32_t>(Unit.Ops.size());
    Unit.Blocks.push_back({{R.FirstOp, Middle - R.FirstOp}, B.list({1, 2})});
    Unit.Blocks.push_back({{Middle, End - Middle}, B.list({2})});
    Unit.Blocks.push_back({{End, Count - End}, {}});
    R.Blocks = {Own, 3};
    Unit.Functions.push_back(R);
  }

  std::uint32_t localsBefore(Function &R) {
    R.Locals.First = static_cast<std::uint32_t>(Unit.Locals.size());
    return R.Locals.First;
  }

  unsigned Number;
  UnitSummary Unit;
  UnitBuilder B;
  std::mt19937_64 Random;
  StringIndex File = 0;
  std::uint32_t Line = 0;
};

} // namespace

int main(int Count, char **Arguments) {
  cl::ParseCommandLineOptions(Count, Arguments, "Writes the summaries of a made-up program, for benchmarks.\n");
  if (std::error_code EC = sys::fs::create_directories(Directory)) {
    errs() << Directory << ": " << EC.message() << "\n";
    return 2;
  }
  for (unsigned M = 0; M * PerModule < Functions; ++M) {
    SmallString<128> Path(Directory);
    sys::path::append(Path, "module" + Twine(M) + ".tbs");
    std::error_code EC;
    raw_fd_ostream Out(Path, EC);
    Out << storeSummary(Module(M).make());
    Out.close();
    if (EC || Out.has_error()) {
      errs() << Path << ": cannot be written: " << (EC ? EC : Out.error()).message() << "\n";
      Out.clear_error();
      return 2;
    }
  }
  return 0;
}
