// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/SummaryVerifier.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace threadbare {
namespace {

/// One walk over all tables. Remembers the first complaint and looks no further.
class Verifier {
public:
  explicit Verifier(const UnitSummary &Unit) : Unit(Unit) {}

  Error run() {
    require(!Unit.Strings.empty() && !Unit.Terms.empty(), "an empty table of strings or terms");
    each(Unit.Terms, &Verifier::term);
    each(Unit.Ops, &Verifier::op);
    each(Unit.Params, &Verifier::param);
    each(Unit.Locals, &Verifier::local);
    each(Unit.Blockings, &Verifier::blocking);
    each(Unit.Conditions, &Verifier::condition);
    each(Unit.Functions, &Verifier::function);
    each(Unit.Symbols, &Verifier::symbol);
    each(Unit.Fakes, &Verifier::fake);
    each(Unit.Silences, &Verifier::silence);
    each(Unit.Expansions, &Verifier::place);
    require(Unit.Expansions.size() % 2 == 0, "an odd number of expansions");
    if (Complaint.empty())
      return Error::success();
    return createStringError(Complaint);
  }

private:
  template <class T> void each(const std::vector<T> &Table, void (Verifier::*Verify)(const T &, std::size_t)) {
    for (std::size_t I = 0; I != Table.size() && Complaint.empty(); ++I)
      (this->*Verify)(Table[I], I);
  }

  void require(bool Holds, StringRef What) {
    if (!Holds && Complaint.empty())
      Complaint = What;
  }

  void string(StringIndex I) { require(I < Unit.Strings.size(), "a string outside of its table"); }
  void useOfTerm(TermIndex I) { require(I < Unit.Terms.size(), "a term outside of its table"); }

  template <class T> bool range(const std::vector<T> &Table, Range R) {
    bool Inside = std::uint64_t(R.First) + R.Count <= Table.size();
    require(Inside, "a range outside of its table");
    return Inside;
  }

  template <class T> void kind(T Value, T Last) { require(Value <= Last, "an unknown kind"); }

  void termList(Range R) {
    if (range(Unit.Lists, R))
      for (TermIndex I : Unit.list(R))
        useOfTerm(I);
  }

  void term(const Term &T, std::size_t Index) {
    kind(T.Kind, TermKind::Interval);
    auto Earlier = [&](TermIndex I) { require(I == NoTerm || I < Index, "a term that refers to a later one"); };
    switch (T.Kind) {
    case TermKind::Element:
      Earlier(T.B);
      [[fallthrough]];
    case TermKind::Field:
    case TermKind::Pointee:
    case TermKind::Address:
    case TermKind::Load:
    case TermKind::Bound:
      Earlier(T.A);
      break;
    case TermKind::Executor:
      Earlier(T.A);
      require(T.B <= std::uint32_t(ExecutorKind::Same), "an unknown kind");
      break;
    case TermKind::Interval:
      Earlier(T.A);
      require(T.List.Count == 3, "an interval without bounds or step");
      break;
    case TermKind::Result:
      require(T.A < Unit.Ops.size(), "an operation outside of its table");
      break;
    case TermKind::Local:
      require(T.A < Unit.Locals.size(), "a local variable outside of its table");
      break;
    default:
      break;
    }
    if (range(Unit.Lists, T.List))
      for_each(Unit.list(T.List), Earlier);
  }

  void op(const Op &O, std::size_t) {
    kind(O.Kind, OpKind::MakePool);
    string(O.Name);
    place(O.At, 0);
    useOfTerm(O.A);
    useOfTerm(O.B);
    useOfTerm(O.C);
    termList(O.List);
    require(O.Blocking == NoIndex || O.Blocking < Unit.Blockings.size(), "a blocking call outside of its table");
    switch (O.Kind) {
    case OpKind::Access:
      kind(AccessKind(O.Sub), AccessKind::Modify);
      break;
    case OpKind::Acquire:
      kind(LockMode(O.Sub), LockMode::Shared);
      break;
    case OpKind::Spawn:
      kind(ExecutorKind(O.Sub), ExecutorKind::Same);
      break;
    case OpKind::Await:
      kind(SwitchKind(O.Sub), SwitchKind::Unknown);
      break;
    default:
      break;
    }
  }

  void place(const Place &P, std::size_t) { string(P.File); }
  void param(const Param &P, std::size_t) { string(P.Name); }

  void local(const Local &L, std::size_t) {
    string(L.Name);
    place(L.At, 0);
  }

  void blocking(const Blocking &B, std::size_t) {
    kind(B.Category, BlockingCategory::Lock);
    string(B.Kind);
    string(B.Replacements);
    range(Unit.Conditions, B.Conditions);
  }

  void condition(const Condition &C, std::size_t) {
    kind(C.Kind, ConditionKind::JoinsHere);
    useOfTerm(C.Value);
  }

  void function(const Function &F, std::size_t) {
    string(F.Name);
    string(F.Ecosystem);
    place(F.At, 0);
    range(Unit.Params, F.Params);
    range(Unit.Locals, F.Locals);
    require(F.FirstOp <= Unit.Ops.size(), "an operation outside of its table");
    if (!range(Unit.Blocks, F.Blocks))
      return;
    for (const Block &B : Unit.slice(Unit.Blocks, F.Blocks)) {
      range(Unit.Ops, B.Ops);
      if (range(Unit.Lists, B.Successors))
        for (std::uint32_t Successor : Unit.list(B.Successors))
          require(Successor < F.Blocks.Count, "a successor outside of its function");
    }
  }

  void symbol(const Symbol &S, std::size_t) {
    string(S.Name);
    place(S.At, 0);
  }

  void fake(const FakeCall &C, std::size_t) {
    string(C.Callee);
    string(C.Kind);
    string(C.How);
    place(C.At, 0);
  }

  void silence(const Range &R, std::size_t) { string(R.First); }

  const UnitSummary &Unit;
  StringRef Complaint;
};

} // namespace

Error verifySummary(const UnitSummary &Unit) { return Verifier(Unit).run(); }

} // namespace threadbare
