// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Library functions used as values: std::bind(&std::latch::wait, &l), std::mem_fn(&std::thread::join), a pointer to
// ::fsync. Their bodies are not read, but the catalog knows that they block, or run a loop; so each becomes a function
// of its own that does just that, and whoever calls the value calls that.
#include "extract/Reader.h"

using namespace clang;

namespace threadbare {

SymbolId UnitReader::designated(const FunctionDecl *D) {
  require(D);
  SymbolId Id = this->id(D);
  const catalog::BlockingEntry *Entry = blocking(D);
  const catalog::FunctionModel *Known = model(D);
  bool Loops = Known && Known->RunsLoop.Kind == catalog::Operand::This && !D->hasBody();
  if (!Entry && !Loops)
    return Id;
  // Another identity: a direct call of the function is not a call of this one.
  const SymbolId Mine = Id ^ 0x9e3779b97f4a7c15u;
  if (!Read.insert(Mine).second)
    return Mine;
  auto *Method = dyn_cast<CXXMethodDecl>(D);
  bool HasObject = Method && !Method->isStatic() && !isa<CXXConstructorDecl>(Method);
  std::vector<Condition> Conditions;
  for (const catalog::ConditionEntry &E : Entry ? Entry->Conditions : std::vector<catalog::ConditionEntry>()) {
    if (E.Then == "bounded" || E.Then == "low" || E.Then == "mostly-nonblocking" || E.When == "fd-is-regular-file")
      continue;
    Condition C;
    C.Requires = E.Then == "blocking";
    TermIndex Argument = E.Arg.Kind == catalog::Operand::Argument && E.Arg.Index >= 0
                             ? B.load(B.term(TermKind::Param, static_cast<std::uint32_t>(E.Arg.Index)))
                             : NoTerm;
    auto Wanted = catalog::resolveConstant(E.Value);
    if (E.When == "dominated-by" && llvm::StringRef(E.Call).contains("ready") && HasObject) {
      C.Kind = ConditionKind::FutureReady;
      C.Value = B.address(B.term(TermKind::This));
    } else if (E.When == "arg-has-flag" && Argument && Wanted) {
      C.Kind = ConditionKind::HasFlag;
      C.Value = Argument;
      C.Constant = *Wanted;
    } else if (E.When == "arg-equals" && Argument && Wanted) {
      C.Kind = ConditionKind::Equals;
      C.Value = Argument;
      C.Constant = *Wanted;
    } else if (E.When == "fd-nonblocking") {
      C.Kind = ConditionKind::FdNonblocking;
      C.Value = Argument ? Argument : B.load(B.term(TermKind::Param, 0));
    } else {
      // What cannot be asked without the call's arguments in sight is taken as fulfilled.
      C.Kind = ConditionKind::Satisfied;
      C.Requires = 0;
    }
    Conditions.push_back(C);
  }

  Op O;
  O.Kind = Loops ? OpKind::RunLoop : OpKind::Call;
  if (Loops)
    O.A = B.term(TermKind::This);
  O.At = place(D->getLocation());
  O.Name = B.string(displayName(D));
  if (!Loops) {
    O.Symbol = Id;
    O.Blocking = blockingRecord(*Entry, Conditions);
  }

  Function R;
  R.Id = Mine;
  R.Name = B.string(displayName(D));
  R.At = O.At;
  R.Flags = FnSystemHeader | FnImplicit | FnInternalLinkage;
  if (HasObject)
    R.Flags |= FnMethod;
  R.Params = {static_cast<std::uint32_t>(Unit.Params.size()), D->getNumParams()};
  for (const ParmVarDecl *P : D->parameters())
    Unit.Params.push_back({B.string(P->getName()), 0});
  R.FirstOp = static_cast<std::uint32_t>(Unit.Ops.size());
  Unit.Ops.push_back(O);
  R.Blocks = {static_cast<std::uint32_t>(Unit.Blocks.size()), 1};
  Unit.Blocks.push_back({{R.FirstOp, 1}, B.list({})});
  Unit.Functions.push_back(R);
  return Mine;
}

} // namespace threadbare
