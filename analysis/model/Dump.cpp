// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Dump.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace threadbare {

static std::string symbolName(const UnitSummary &Unit, SymbolId Id) {
  for (const Symbol &S : Unit.Symbols)
    if (S.Id == Id)
      return Unit.Strings[S.Name];
  for (const Function &F : Unit.Functions)
    if (F.Id == Id)
      return Unit.Strings[F.Name];
  return "#" + llvm::utohexstr(Id & 0xffff);
}

std::string describe(const UnitSummary &Unit, TermIndex Index) {
  if (Index == NoTerm)
    return "?";
  const Term &T = Unit.Terms[Index];
  auto List = [&] {
    std::string Text;
    for (TermIndex I : Unit.list(T.List))
      Text += (Text.empty() ? "" : ", ") + describe(Unit, I);
    return "[" + Text + "]";
  };
  switch (T.Kind) {
  case TermKind::Unknown:
    return T.Flags & TermThreadOwn ? "own" : T.Flags & TermVaries ? "varies" : "?";
  case TermKind::Global:
    return symbolName(Unit, T.Id);
  case TermKind::Local:
    return "local" + std::to_string(T.A);
  case TermKind::Param:
    return "param" + std::to_string(T.A);
  case TermKind::This:
    return "this";
  case TermKind::Capture:
    return "capture" + std::to_string(T.A);
  case TermKind::Field:
    return describe(Unit, T.A) + "." + symbolName(Unit, T.Id);
  case TermKind::Element:
    return describe(Unit, T.A) + "[" + (T.Flags & TermAny ? "*" : describe(Unit, T.B)) + "]";
  case TermKind::Pointee:
    return "(*" + describe(Unit, T.A) + ")";
  case TermKind::Object:
    return "object" + std::to_string(T.A);
  case TermKind::ReturnSlot:
    return "return";
  case TermKind::Constant:
    return std::to_string(static_cast<std::int64_t>(T.Id));
  case TermKind::Function:
    return "function " + symbolName(Unit, T.Id);
  case TermKind::Address:
    return "&" + describe(Unit, T.A);
  case TermKind::Load:
    return "load(" + describe(Unit, T.A) + ")";
  case TermKind::Closure:
    return "closure " + symbolName(Unit, T.Id) + List();
  case TermKind::Bound:
    return "bound " + describe(Unit, T.A) + List();
  case TermKind::Derived:
    return (T.Flags & TermFolded ? "folded" : "derived") + List();
  case TermKind::Result:
    return "result" + std::to_string(T.A);
  case TermKind::Executor:
    return "executor" + std::to_string(T.B) + "(" + describe(Unit, T.A) + ")";
  case TermKind::Interval:
    return describe(Unit, T.A) + " in " + List();
  }
  return "?";
}

void dump(llvm::raw_ostream &Out, const UnitSummary &Unit) {
  static const char *Names[] = {
      "nop",  "call", "access", "store",  "declare", "acquire", "release",          "move",  "spawn",
      "join", "run",  "await",  "return", "publish", "observe", "make-nonblocking", "ready", "make-pool"};
  for (const Function &F : Unit.Functions) {
    Out << Unit.string(F.Name) << " flags=" << llvm::utohexstr(F.Flags) << " line " << F.At.Line << "\n";
    unsigned Number = 0;
    for (const Block &B : Unit.slice(Unit.Blocks, F.Blocks)) {
      Out << "  block " << Number++ << " ->";
      for (std::uint32_t S : Unit.list(B.Successors))
        Out << " " << S;
      Out << "\n";
      for (std::uint32_t I = B.Ops.First; I < B.Ops.First + B.Ops.Count; ++I) {
        const Op &O = Unit.Ops[I];
        Out << "    " << (I - F.FirstOp) << ": " << Names[static_cast<unsigned>(O.Kind)] << "." << unsigned(O.Sub)
            << " line " << O.At.Line << " '" << Unit.string(O.Name) << "' A=" << describe(Unit, O.A)
            << " B=" << describe(Unit, O.B) << " C=" << describe(Unit, O.C) << " (";
        for (TermIndex A : Unit.list(O.List))
          Out << describe(Unit, A) << ", ";
        Out << ") flags=" << O.Flags;
        if (O.Symbol)
          Out << " -> " << symbolName(Unit, O.Symbol);
        if (O.Blocking != NoIndex) {
          const Blocking &K = Unit.Blockings[O.Blocking];
          Out << " blocks(" << Unit.string(K.Kind) << " " << unsigned(K.Severity);
          for (const Condition &C : Unit.slice(Unit.Conditions, K.Conditions))
            Out << " if" << unsigned(C.Kind) << "(" << describe(Unit, C.Value) << "," << C.Constant << ")";
          Out << ")";
        }
        Out << "\n";
      }
    }
  }
}

} // namespace threadbare
