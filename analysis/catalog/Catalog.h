// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of libraries, as data: which functions block and when they do not, which hand work to another
// thread, which types are locks, guards, pools, loops, futures and coroutines. The files are YAML, compiled into the
// program; a project's own threadbare.yaml has the same format and is added on top.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::catalog {

/// Which value of a call an entry speaks of. In YAML: `this`, `result`, `last`, `rest`, `none`, a parameter's index
/// from 0, or a parameter's name (resolved against the declaration: Index is then -1 and Name is set).
struct Operand {
  enum KindTy : std::uint8_t { None, This, Result, Argument, Last, Rest, Named } Kind = None;
  int Index = -1;
  std::string Name;
  explicit operator bool() const { return Kind != None; }
};

// ---- blocking functions -----------------------------------------------------------------------------------------

struct ConditionEntry {
  /// `when` of the YAML, e.g. "arg-equals", "arg-has-flag", "duration-not-positive", "fd-nonblocking".
  std::string When;
  /// `then`: "nonblocking" (the default), "blocking" (blocks only if this holds), "bounded", "cpu", "fake-async", ...
  std::string Then;
  Operand Arg;
  /// An integer, or the name of an enumerator or macro ("MSG_DONTWAIT"); resolved by resolveConstant().
  std::string Value;
  std::vector<std::string> Values; ///< types, objects, flags: whatever the kind lists
  std::string Call;                ///< of `dominated-by`
  std::string Field;               ///< of `arg-option` and `struct-field-flag`: the member of what Arg refers to
};

struct BlockingEntry {
  std::string Name;     ///< as NamedDecl::getQualifiedNameAsString() prints it, without template arguments
  std::string Category; ///< "sleep", "file-io", "network", "sync-wait", "lock", ...
  int Severity = 0;     ///< 3 unbounded, 2 disk, lock or bounded, 1 short
  std::vector<ConditionEntry> Conditions;
  std::string Replacements; ///< name of a replacement set
  bool FromUser = false;    ///< from a user's file: a function of that name in the project's own code is meant
};

/// A call that is documented as asynchronous and is a thread, or a blocking call, underneath.
struct FakeAsyncEntry {
  std::string Name;
  /// "pool", "thread-per-call", "own-thread", "hidden-loop", "inline-sync" or "conditional".
  std::string Kind;
  std::string How;                        ///< a sentence for a note: lower case, no full stop
  std::vector<ConditionEntry> Conditions; ///< `then: nonblocking`: honest if this holds; `blocking`: fake only if
  bool FromUser = false;                  ///< as of BlockingEntry
};

// ---- what functions do with work, locks and values --------------------------------------------------------------

struct SpawnModel {
  /// "thread", "pool", "loop", "strand", "deferred", or "executor": as the operand Executor says.
  std::string On;
  Operand Executor; ///< pool, loop, strand or executor object
  Operand Callable;
  Operand Arguments; ///< usually Rest or one index (pthread_create: 3)
  Operand Handle;    ///< the object that joins it: This (constructor), Result, or an argument that points to it
  bool Many = false; ///< runs several times, or on several threads, by itself
  bool Detached = false;
  bool JoinsInDestructor = false;
  bool LaunchPolicy = false; ///< the first argument may be a std::launch
  int ArgumentPlace = 0;     ///< which of the callable's parameters gets Arguments, where that is one operand
  int BoundParameter = -1;   ///< of the callable: an object that is made on the same executor, or on one given first
  std::optional<ConditionEntry> Unless; ///< `arg-not-in`: nothing is known where the argument is none of these
  std::string Method;        ///< the callable is an object, and this method of its class is what runs (QRunnable::run)
  bool CallableIsMember = false; ///< std::thread(&C::f, object, ...): a method's object is the first argument
};

struct LockModel {
  Operand Lock; ///< the mutex; for a guard's method `this`
  bool Shared = false;
  bool Try = false; ///< owned only if the result is true (or 0, with ZeroIsSuccess)
  bool ZeroIsSuccess = false;
};

struct SwitchModel {
  std::string To; ///< "pool", "loop", or "executor": as the operand says
  Operand Executor;
  bool Sticky = false; ///< lasts until the next asynchronous await (asio); otherwise until the next switch
};

/// Everything that is known about one function. Absent parts are empty.
struct FunctionModel {
  std::string Name;
  std::string Ecosystem; ///< "std", "posix", "asio", "qt", "libuv", "openmp", ...
  std::vector<SpawnModel> Spawns;
  std::vector<Operand> Joins;
  std::optional<LockModel> Acquires;
  std::optional<LockModel> Releases;
  std::optional<SwitchModel> Switch; ///< when its result is awaited
  Operand RunsLoop;
  std::vector<Operand> Calls; ///< callables that it calls before it returns (std::for_each, std::invoke, std::visit)
  bool CallsOnce = false;     ///< std::call_once: at most once in the program
  std::string IfTrue;         ///< where it returns true, what it calls returned true for "all", "some" or "none"
  Operand CallsWith;       ///< what it calls them with, where no arguments follow (std::ostream::operator<<(std::endl))
  Operand Completes;       ///< what it calls gets a handler in the place of this one, a completion token
  Operand Passes;          ///< its result is this operand (std::move, std::ref, std::forward, shared_ptr::get, fileno)
  bool Binds = false;      ///< its result is argument 0 bound to the others (std::bind, std::bind_front)
  Operand ExecutorOf;      ///< its result is the executor of this operand (get_executor, bind_executor's first)
  std::string ExecutorIs;  ///< "same" (this_coro::executor), "strand" (make_strand): a new executor over ExecutorOf
  Operand Rebinds;         ///< from here on, what this object's handlers are given runs on ...
  Operand RebindsTo;       ///< ... this thread or executor (QObject::moveToThread)
  Operand PointsInto;      ///< its result points to (or refers to) an element of this operand (operator[], at, begin)
  Operand PointsIntoIndex; ///< ... with this index
  Operand PointsTo;        ///< its result refers to what this operand points to (unique_ptr::operator*)
  bool Allocates = false;  ///< its result points to a new object constructed from its arguments (make_unique)
  Operand Stores;          ///< puts an argument (StoresValue) into the container that this operand is (push_back)
  Operand StoresValue;
  bool Constructs = false;                   ///< emplace, emplace_back: constructs an element of Stores from the rest
  Operand Publishes;                         ///< release operation on this object
  Operand Observes;                          ///< acquire operation on this object
  bool ObservesIfTrue = false;               ///< only where its result is true (an atomic flag's load)
  bool ThreadOwnResult = false;              ///< its result differs for each thread
  Operand Nonblocking;                       ///< makes this operand (or, with Result, its result) non-blocking ...
  std::vector<ConditionEntry> NonblockingIf; ///< ... if these hold
  bool NeverReturns = false;
  bool IsNonblocking = false; ///< known not to block, whatever its body calls
  Operand Readies;            ///< from here on, waiting for this operand (a future) takes no time ...
  std::string ReadyIf;        ///< ... where the call's result equals this (resolveConstant(); "" means always)
};

struct TypeModel {
  std::string Name;
  std::string Ecosystem;
  /// "guard" (RAII owner of a lock), "mutex", "async-mutex" (its lock suspends), "coroutine", "generator", "future",
  /// "pool", "loop", "strand", "executor", "thread", "joining-thread", "callable", "smart-pointer", "atomic",
  /// "container", "null-mutex", "awaitable", "completion-token", "promise", "io-object" (made on the executor
  /// where its handlers run), "parallel-policy" (an algorithm that takes one calls its callables on several threads).
  std::string Role;
  bool Shared = false;   ///< guard: takes the lock in shared mode
  int SizeArgument = -1; ///< pool: the constructor's argument that is the number of threads
  bool JoinsInDestructor = false;
};

class Catalog {
public:
  /// The catalog that is compiled into the program.
  static llvm::Expected<Catalog> builtin();

  /// Adds what a user's file says; later entries win over earlier ones of the same name. \p Name is for messages:
  /// "threadbare.yaml:3: unknown key 'functons'; did you mean 'functions'?".
  llvm::Error add(llvm::StringRef Text, llvm::StringRef Name);

  /// nullptr where nothing is known. \p QualifiedName is what getQualifiedNameAsString() prints; template arguments
  /// in it are skipped.
  const BlockingEntry *blocking(llvm::StringRef QualifiedName) const;
  const FunctionModel *function(llvm::StringRef QualifiedName) const;
  const TypeModel *type(llvm::StringRef QualifiedName) const;

  /// Whether any entry's name ends in this unqualified name: the cheap first question.
  bool knowsName(llvm::StringRef UnqualifiedName) const;

  /// What to write instead, for a replacement set in an ecosystem ("asio"); falls back to "any", then to "".
  llvm::StringRef replacement(llvm::StringRef Set, llvm::StringRef Ecosystem) const;

  /// Every ecosystem that a replacement is known for, sorted; "any" is among them.
  std::vector<llvm::StringRef> ecosystems() const;

  /// nullptr where it is not known to be a fake.
  const FakeAsyncEntry *fakeAsync(llvm::StringRef QualifiedName) const;

  /// Hash of everything in it: part of a summary's key.
  std::uint64_t hash() const;

  /// Everything, each entry once, in the order of the files: for tests and listings.
  std::vector<const BlockingEntry *> allBlocking() const;
  std::vector<const FunctionModel *> allFunctions() const;
  std::vector<const TypeModel *> allTypes() const;
  std::vector<const FakeAsyncEntry *> allFakeAsync() const;
  bool hasReplacements(llvm::StringRef Set) const;

  struct Impl;

private:
  std::shared_ptr<const Impl> Data;
};

/// The value of a constant that conditions name ("MSG_DONTWAIT", "SOCK_NONBLOCK", "LIO_WAIT", "12"), for Linux;
/// nullopt where it is not known.
std::optional<std::int64_t> resolveConstant(llvm::StringRef Name);

} // namespace threadbare::catalog
