// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vocabulary in which one translation unit is written down.
//
// A function becomes a small control-flow graph of *operations*: calls, accesses, locks, suspensions,
// hand-overs of work. What an operation speaks of is a *term*: a location or a value in terms of the
// function's own parameters, locals and captures. Linking substitutes arguments for parameters, so that
// at the function which starts two threads both accesses speak of the same root, or of different ones.
//
// Everything is flat, trivially copyable and refers to other records by index into the unit's tables:
// summaries are stored as they are (see SummaryStore.h) and a million of them load without parsing.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace threadbare {

/// Identity of a function, variable, field or class over the whole program: a 64-bit hash of its USR and,
/// for internal linkage, of the path of the file that it is written in. 0 means "none".
using SymbolId = std::uint64_t;

/// Indexes into the tables of a UnitSummary.
using StringIndex = std::uint32_t;
using TermIndex = std::uint32_t;

/// The index that stands for "no term"; also the first term of every unit (TermKind::Unknown).
inline constexpr TermIndex NoTerm = 0;
inline constexpr std::uint32_t NoIndex = ~0u;

/// A place in a source file: lines and columns count from 1, line 0 means "nowhere". \c File is a string
/// index: the absolute path without dots or, in a summary that has left its machine, the name of Roots.h.
struct Place {
  StringIndex File = 0;
  std::uint32_t Line = 0;
  std::uint32_t Column = 0;
  bool isValid() const { return Line != 0; }
};

/// A run of entries in UnitSummary::Lists (or in the table that the user of the range names).
struct Range {
  std::uint32_t First = 0;
  std::uint32_t Count = 0;
};

enum class TermKind : std::uint8_t {
  Unknown,
  // Locations.
  Global,     ///< Id: the variable (namespace scope, static member, static local).
  Local,      ///< A: index into the function's locals.
  Param,      ///< A: index of the parameter; for a reference parameter its content is an Address.
  This,       ///< The object a method was called on; for a lambda, its closure object.
  Capture,    ///< A: index of the capture in the closure object `This`.
  Field,      ///< A: location of the object, Id: the field.
  Element,    ///< A: location of the array or container, B: value of the index (NoTerm: any element).
  Pointee,    ///< A: value of the pointer (raw or smart), iterator or reference.
  Object,     ///< A: number, unique in the function, of an object without a name (new, make_unique, a temporary);
              ///< Id: its class, where it is known to be just that one.
  ReturnSlot, ///< What the function returns.
  // Values.
  Constant, ///< Id: the integer, as two's complement; null pointers are 0.
  Function, ///< Id: the function that is designated.
  Address,  ///< A: a location.
  Load,     ///< A: a location; the value that is there.
  Closure,  ///< Id: the function that a call runs (operator()); List: the values captured, in order.
  Bound,    ///< A: the callable; List: leading arguments bound to it (std::bind, a method and its object).
  Derived,  ///< List: values that this one is computed from, otherwise unknown.
  Result,   ///< A: index of the call operation in this function whose result it is.
  Executor, ///< A: location of the pool, loop or strand that an executor value stands for; B: ExecutorKind.
  Interval, ///< A: the value, in its own function, of an index that a loop walks with; List: the lowest number that
            ///< it takes, the one past the highest, and the step between them: constants.
};

struct Term {
  TermKind Kind = TermKind::Unknown;
  std::uint8_t Flags = 0; ///< TermFlags
  std::uint16_t Reserved = 0;
  std::uint32_t A = 0;
  std::uint32_t B = 0;
  Range List; ///< of UnitSummary::Lists, each a TermIndex
  std::uint32_t Reserved2 = 0;
  std::uint64_t Id = 0;
};

enum TermFlags : std::uint8_t {
  TermThreadOwn = 1, ///< differs for each thread: thread_local, std::this_thread::get_id(), omp_get_thread_num()
  TermConst = 2,     ///< a constant object: never written after initialisation
  TermAny = 4,       ///< Element: every element in turn (range-for), not one unknown element
  TermVirtual = 8,   ///< Function: whichever overrides it in the class of the object that it is called on
  TermFolded = 16,   ///< Derived: an index that several values give (a hash, a remainder)
  TermVaries = 32,   ///< Unknown: another one in each round of a loop
};

/// On what a callable runs that was handed over.
enum class ExecutorKind : std::uint8_t {
  Unknown,
  Thread,   ///< a new thread
  Pool,     ///< several threads (the location's size may say one)
  Loop,     ///< whoever runs the loop
  Strand,   ///< one at a time, wherever
  Deferred, ///< on the thread that asks for the result
  Team,     ///< an OpenMP parallel region: several threads, joined at its end
  Same,     ///< on the calling thread's own executor (asio::this_coro::executor)
};

enum class OpKind : std::uint8_t {
  Nop,
  /// Symbol: callee or 0; A: location of the receiver; B: value of an indirect callee; List: argument values;
  /// Name: as the user writes it; Blocking: what the catalog says of it; C: location that its result initialises.
  Call,
  /// A: location; Sub: AccessKind; Name: the variable as written.
  Access,
  /// A: location written; B: value stored (a pointer, callable, handle or constant).
  Store,
  /// A: variable's location: its lifetime begins (once for each iteration of a loop).
  Declare,
  /// A: mutex location (NoTerm: an unknown lock); B: location of the guard that owns it (NoTerm: by hand); Sub:
  /// LockMode.
  Acquire,
  /// A: mutex location, or NoTerm and B: the guard whose locks are released.
  Release,
  /// A: guard or thread handle moved from; B: moved to. With OpMaybe it is not moved: B is waited for as well.
  Move,
  /// Work is handed over. Sub: ExecutorKind; A: location of the executor (NoTerm: none or unknown); B: callable
  /// value; List: arguments; C: location of the handle that joins it (NoTerm: none); Flags: OpFlags. Where the kind is
  /// Unknown, A may be the executor's value, which the link may come to know.
  Spawn,
  /// A: location of the handle (thread, future, pool) that is waited for; Flags. Sub 1: it is waited for because an
  /// assignment puts something else there.
  Join,
  /// A loop is run on this thread. A: location of the loop.
  RunLoop,
  /// A suspension point. A: value awaited; Flags. Sub: SwitchKind; B: location of the executor switched to.
  Await,
  /// B: the value returned.
  Return,
  /// A: location of a synchronisation object: what came before is published (release store, set_value, count_down).
  Publish,
  /// A: location of a synchronisation object: what was published there is seen from here on.
  Observe,
  /// A: value of a descriptor or location of a socket that is non-blocking from here on.
  MakeNonblocking,
  /// A: location of a future whose result is known to be ready from here on. Where A is NoTerm, what the call B is the
  /// result of found ready when it returned true, or false with Sub 1.
  Ready,
  /// A pool is made that starts threads, and waits for them when it ends. A: its location; Name: its type.
  MakePool,
};

enum class AccessKind : std::uint8_t { Read, Write, Add /* read-modify-write that counts or adds */, Modify };
enum class LockMode : std::uint8_t { Exclusive, Shared };
enum class SwitchKind : std::uint8_t {
  None,      ///< resumes where it ran
  ToPool,
  ToLoop,
  Unknown,   ///< resumes on some thread
};

enum OpFlags : std::uint16_t {
  OpVirtual = 1 << 0,           ///< Call: dispatched dynamically on the receiver
  OpAwaited = 1 << 1,           ///< Call, Spawn: its result is the operand of a co_await
  OpMany = 1 << 2,              ///< Spawn: runs several times or on several threads at once by itself
  OpDetached = 1 << 3,          ///< Spawn: no handle joins it
  OpJoinsInDestructor = 1 << 4, ///< Spawn: the handle's destructor waits (std::async's future, jthread)
  OpInDestructor = 1 << 5,      ///< Join, Call: made by the end of a lifetime, not written out
  OpSticky = 1 << 6,            ///< Await: a switch lasts until the next asynchronous await
  OpConstructor = 1 << 7,       ///< Call: of a constructor
  OpDefaultArgument = 1 << 8,   ///< Call: stands in a default argument; the place is the call's that uses it
  OpMacro = 1 << 9,             ///< the place is in a macro expansion
  OpReadyAwait = 1 << 10,       ///< Await: await_ready() is constantly true
  OpUnresolved = 1 << 11,       ///< Call: of a function pointer or std::function (B)
  OpMaybe = 1 << 13,            ///< Acquire: tried; the result says whether it is held. Release: it was not
  OpSequential = 1 << 12,       ///< Spawn: the executor runs one at a time (a pool of one thread)
  OpIfReturned = 1 << 14,       ///< Ready: holds where this function returned true, or false with Sub 1
  OpStopsThreads = 1 << 15,     ///< Acquire: a mutex for which threads wait, not coroutines
};

struct Op {
  OpKind Kind = OpKind::Nop;
  std::uint8_t Sub = 0;
  std::uint16_t Flags = 0;
  StringIndex Name = 0;
  Place At;
  TermIndex A = NoTerm;
  TermIndex B = NoTerm;
  TermIndex C = NoTerm;
  Range List;                        ///< of UnitSummary::Lists
  std::uint32_t Blocking = NoIndex;  ///< into UnitSummary::Blockings
  std::uint32_t Reserved = 0;
  SymbolId Symbol = 0;
};

enum class BlockingCategory : std::uint8_t { Blocking, SyncWait, Lock };

/// A call that the catalog knows to block, and under which conditions it does not.
struct Blocking {
  BlockingCategory Category = BlockingCategory::Blocking;
  std::uint8_t Severity = 0;      ///< 3 unbounded, 2 disk, lock or bounded, 1 short
  std::uint16_t Reserved = 0;
  StringIndex Kind = 0;           ///< the catalog's category: "sleep", "file-io", ...
  StringIndex Replacements = 0;   ///< the catalog's replacement set
  Range Conditions;               ///< of UnitSummary::Conditions
};

enum class ConditionKind : std::uint8_t {
  Satisfied,       ///< of a kind that is not modelled: taken as fulfilled, so nothing is claimed
  Equals,          ///< Value == Constant
  HasFlag,         ///< (Value & Constant) == Constant
  IsNull,
  NotNull,
  NotPositive,     ///< a duration that is <= 0
  FdNonblocking,   ///< Value is a descriptor in non-blocking mode
  ObjectNonblocking, ///< Value is the address of a socket in non-blocking mode
  FutureReady,     ///< Value is the address of a future that is known to be ready
  NotEquals,
  FileStream,      ///< Value is the address of a stream over a file (or the standard input)
  JoinsHere,       ///< the link's own: Value is the address of a handle whose destructor waits for a thread here
};

/// "If this holds, the call does not block" (or, with \c Requires, "only if this holds it blocks").
struct Condition {
  ConditionKind Kind = ConditionKind::Satisfied;
  std::uint8_t Requires = 0;
  std::uint16_t Reserved = 0;
  TermIndex Value = NoTerm;
  std::int64_t Constant = 0;
};

/// The lock that stands for "the thread whose number is this": an Element of this global with the number as index.
inline constexpr SymbolId OnlyOneThread = 0x6f6e6c79206f6e65;

struct Block {
  Range Ops;        ///< of UnitSummary::Ops
  Range Successors; ///< of UnitSummary::Lists: block numbers within the function; 0 is the entry
};

enum LocalFlags : std::uint32_t {
  LocalReference = 1,
  LocalArithmetic = 2,
  LocalFileStream = 4,
};

struct Local {
  StringIndex Name = 0;
  std::uint32_t Flags = 0;
  Place At;
};

enum ParamFlags : std::uint32_t {
  ParamCallable = 1, ///< a function pointer, std::function, or of a template parameter's type that is called
  ParamReference = 2,
  ParamPointer = 4,
  ParamFileStream = 8,
  ParamPromise = 16, ///< a promise, or a pointer to one: its future is told of the end
};

struct Param {
  StringIndex Name = 0;
  std::uint32_t Flags = 0;
};

enum FunctionFlags : std::uint32_t {
  FnCoroutine = 1 << 0,
  FnGenerator = 1 << 1,       ///< runs on its caller's thread, when the caller asks
  FnLambda = 1 << 2,
  FnConstructor = 1 << 3,
  FnDestructor = 1 << 4,
  FnVirtual = 1 << 5,
  FnInternalLinkage = 1 << 6, ///< no other unit can call it by name
  FnInMainFile = 1 << 7,      ///< declared in the main file only
  FnMain = 1 << 8,
  FnAnnotatedBlocking = 1 << 9,
  FnAnnotatedNonblocking = 1 << 10,
  FnAnnotatedOffloads = 1 << 11,
  FnReturnsAsync = 1 << 12,   ///< a future, an awaitable or a sender
  FnSystemHeader = 1 << 13,
  FnDeclarationOnly = 1 << 14, ///< no body here; recorded for its annotations
  FnAddressTaken = 1 << 15,   ///< may be called from where nobody sees
  FnFinal = 1 << 16,          ///< virtual, and no override can exist (final method or class)
  FnImplicit = 1 << 17,       ///< the compiler's own
  FnPattern = 1 << 18,        ///< read from an uninstantiated template: only what does not depend on arguments
  FnMethod = 1 << 19,         ///< a non-static method: the first argument of a bound or spawned call is its object
  FnCaptures = 1 << 21,       ///< a lambda that captures something: its calls need the closure
  FnExecutorGiven = 1 << 22,  ///< a coroutine that runs on an executor that its caller passes
  FnRegion = 1 << 20,         ///< an OpenMP parallel region, outlined
};

struct Function {
  SymbolId Id = 0;
  SymbolId Parent = 0;      ///< the function that a lambda (or parallel region) is written in
  SymbolId Class = 0;
  StringIndex Name = 0;     ///< as the user writes it: 'Repository::find', without template arguments of enclosing inline namespaces
  std::uint32_t Flags = 0;
  Place At;                 ///< of the name
  StringIndex Ecosystem = 0; ///< "asio", "qcoro", ...: whose coroutine or future it is, or ""
  Range Params;             ///< of UnitSummary::Params
  Range Locals;             ///< of UnitSummary::Locals
  Range Blocks;             ///< of UnitSummary::Blocks
  std::uint32_t FirstOp = 0; ///< operation indexes in terms (Result) count from here
  std::uint32_t Reserved = 0;
};

/// A virtual method and one that it overrides.
struct Override {
  SymbolId Method = 0;
  SymbolId Overridden = 0;
  SymbolId Class = 0;       ///< of Method
  std::uint32_t InMainFile = 0; ///< the overridden method's class is declared in the main file: nobody else overrides it
  std::uint32_t Reserved = 0;
};

/// A global variable, field or class that terms name, for messages.
struct Symbol {
  SymbolId Id = 0;
  StringIndex Name = 0;
  std::uint32_t Flags = 0;  ///< SymbolFlags
  Place At;
  std::uint32_t Reserved = 0;
};

enum SymbolFlags : std::uint32_t {
  SymThreadLocal = 1,
  SymConst = 2,
  SymInternal = 4,
  SymArithmetic = 8,
  SymListNode = 16, ///< a class, or a field of one, that points to others of its kind: a node of a list
  SymFileStream = 32,
};

/// A call that is documented as asynchronous and is a thread, or a blocking call, underneath.
struct FakeCall {
  SymbolId In = 0; ///< the function that it stands in
  StringIndex Callee = 0;
  StringIndex Kind = 0; ///< the catalog's: "pool", "thread-per-call", "own-thread" or "inline-sync"
  StringIndex How = 0;  ///< a sentence for a note
  Place At;
};

/// What one translation unit says. All ranges refer to the tables of the same unit.
struct UnitSummary {
  std::string MainFile; ///< named as in Place
  std::vector<std::string> Strings{""};
  std::vector<Term> Terms{Term{}};
  std::vector<std::uint32_t> Lists;
  std::vector<Op> Ops;
  std::vector<Block> Blocks;
  std::vector<Param> Params;
  std::vector<Local> Locals;
  std::vector<Blocking> Blockings;
  std::vector<Condition> Conditions;
  std::vector<Function> Functions;
  std::vector<Override> Overrides;
  std::vector<Symbol> Symbols;
  std::vector<FakeCall> Fakes;
  /// Reasons for silence and how often each occurred here (see --stats), as string index and count.
  std::vector<Range> Silences;
  /// Places that NOLINT must be looked up at besides their own line, pairwise: the place in the expansion, the
  /// place where the macro is written.
  std::vector<Place> Expansions;

  llvm::StringRef string(StringIndex I) const { return Strings[I]; }
  template <class T> llvm::ArrayRef<T> slice(const std::vector<T> &Table, Range R) const {
    return llvm::ArrayRef<T>(Table).slice(R.First, R.Count);
  }
  llvm::ArrayRef<std::uint32_t> list(Range R) const { return slice(Lists, R); }
};

} // namespace threadbare
