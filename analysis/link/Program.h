// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole program, as checks ask of it. Built once by link(); read only from then on.
#pragma once

#include "link/Link.h"
#include "model/Finding.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringRef.h"

#include <functional>
#include <optional>

namespace threadbare {

struct Linker;

/// A function of the program: an index into its table.
using FunctionIndex = std::uint32_t;
inline constexpr FunctionIndex NoFunction = ~0u;

/// One step on the way from a call to what it leads to: the operation at which \c In goes on.
struct PathStep {
  FunctionIndex In = NoFunction;
  std::uint32_t Operation = 0; ///< counted from the function's first
  friend bool operator==(const PathStep &, const PathStep &) = default;
};

/// A call, in some function, that blocks its thread: there or at the end of a path.
struct BlockingPath {
  /// From the operation in the function asked about to the operation that blocks.
  std::vector<PathStep> Steps;
  /// What blocks. Where a function was only declared to block, this is empty and the last step's callee is it.
  const Blocking *What = nullptr;
  const UnitSummary *Unit = nullptr; ///< of What
};

/// A place where two threads meet without a common lock.
struct RaceSide {
  FunctionIndex In = NoFunction;
  std::uint32_t Operation = 0;
  std::vector<PathStep> Path;        ///< from the thread's start (or the creator) to the access
  std::optional<PathStep> Start;     ///< the operation that starts its thread; none: the creator itself
  std::vector<std::string> Holds;    ///< names of the locks held
};
struct Race {
  std::string Variable;
  RaceSide Reported, Other;
  bool ReportedIsRead = false;
  bool SelfParallel = false; ///< the same code on several threads
};

/// An asynchronous function that hands a blocking call to a thread.
struct HiddenThread {
  FunctionIndex Function = NoFunction;
  std::vector<PathStep> HandOver; ///< from the function to the operation that hands the work over
  ExecutorKind On = ExecutorKind::Unknown;
  FunctionIndex Body = NoFunction; ///< what runs there; NoFunction: the coroutine itself, after a switch
  BlockingPath Blocks;
  FunctionIndex Wraps = NoFunction; ///< it only returns what this one returns
};

/// Locks that threads wait for, and that a coroutine holds while it is suspended.
struct KeptLocks {
  struct Lock {
    PathStep Taken;
    std::string Name; ///< "" where it has none
  };
  PathStep At;             ///< the suspension
  std::vector<Lock> Locks; ///< the one that was taken last comes first
};

/// A pool that lives as long as one call of a function that is called again and again.
struct ShortPool {
  PathStep Made;
  PathStep Repeats; ///< the call in a loop that does so; its function is NoFunction where the pool itself is made in
                    ///< one, or for each coroutine
};

/// A call, in some function, of what only looks asynchronous.
struct FakeCallSite {
  FunctionIndex In = NoFunction; ///< NoFunction: several functions of that name
  const UnitSummary *Unit;
  const FakeCall *Call;
};

class Program {
public:
  Program(std::vector<const UnitSummary *> Units, LinkOptions Options);
  ~Program();
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;

  std::size_t size() const;
  const Function &function(FunctionIndex F) const;
  const UnitSummary &unit(FunctionIndex F) const;
  const Op &operation(PathStep S) const;

  /// Every call of this category, in a coroutine that runs on an event loop, that can block it.
  void forEachBlockedLoop(BlockingCategory Category,
                          llvm::function_ref<void(FunctionIndex Coroutine, const BlockingPath &)> Visit) const;
  const std::vector<Race> &races() const;
  const std::vector<HiddenThread> &hiddenThreads() const;
  const std::vector<KeptLocks> &keptLocks() const;
  const std::vector<ShortPool> &shortPools() const;
  bool isInLoop(PathStep At) const;
  void forEachFakeCall(llvm::function_ref<void(const FakeCallSite &)> Visit) const;

  std::string name(FunctionIndex F) const;
  Location location(const UnitSummary &Unit, const Place &P) const;
  Location location(PathStep S) const;
  /// What to do instead; "" where nothing is known.
  std::string replacement(llvm::StringRef Set, llvm::StringRef Ecosystem) const;
  const std::map<std::string, std::uint64_t> &silences() const;

private:
  std::unique_ptr<Linker> L;
};

} // namespace threadbare
