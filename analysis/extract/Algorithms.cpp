// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Algorithms: what they call their callables with, and those that do so on several threads.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

/// What a callable is called with: the arguments behind it (std::invoke), or one element after the other. Of several
/// threads at once, each has an element of its own.
std::vector<TermIndex> FunctionReader::calledWith(const CallSite &C, const catalog::Operand &Callable, bool Parallel) {
  std::vector<TermIndex> Args;
  int At = operandIndex(C, Callable);
  for (int I = At + 1; I < static_cast<int>(C.Args.size()) && !Parallel; ++I)
    if (!isa<CXXDefaultArgExpr>(C.Args[I]))
      Args.push_back(C.Args[I]->isGLValue() && !C.Args[I]->getType()->isPointerType() &&
                             U.qualifiedName(C.Args[I]->getType()->getAsCXXRecordDecl()) != "std::reference_wrapper"
                         ? B.address(location(C.Args[I]))
                         : callableOf(C.Args[I]));
  unsigned Range = Parallel ? 1 : 0;
  if (!Args.empty() || At <= static_cast<int>(Range))
    return Args;
  const Expr *From = C.Args[Range];
  TermIndex First = From->getType()->isRecordType() && U.role(From->getType()) == "container"
                        ? B.address(B.element(location(From), NoTerm, true))
                        : value(From);
  if (!First || B.get(First).Kind != TermKind::Address)
    return Args;
  TermIndex Container = B.get(First).A;
  if (B.get(Container).Kind == TermKind::Element)
    Container = B.get(Container).A;
  TermIndex Element = Parallel ? B.element(Container, B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn))
                               : B.element(Container, NoTerm, true);
  Args.push_back(B.address(Element));
  return Args;
}

/// std::for_each(std::execution::par, ...): a team of threads, which the call waits for. False if it is none.
bool FunctionReader::callsInParallel(const CallSite &C, const catalog::FunctionModel &M) {
  if (M.Calls.empty() || C.Args.empty() || U.role(C.Args[0]->getType()) != "parallel-policy")
    return false;
  TermIndex Team = object(C.E);
  for (const catalog::Operand &K : M.Calls) {
    const Expr *Callable = operandExpr(C, K);
    TermIndex Target = Callable && !Callable->isTypeDependent() ? callableOf(Callable) : NoTerm;
    TermKind Kind = Target ? B.get(Target).Kind : TermKind::Unknown;
    bool Runs = Kind == TermKind::Closure || Kind == TermKind::Function || Kind == TermKind::Bound ||
                (Kind == TermKind::Load && U.role(Callable->getType()) == "callable");
    if (!Runs)
      continue;
    std::vector<TermIndex> Args = calledWith(C, K, /*Parallel=*/true);
    Op O = makeOp(OpKind::Spawn, placeOf(C.E));
    O.Sub = static_cast<std::uint8_t>(ExecutorKind::Team);
    O.Flags |= OpMany;
    O.B = Target;
    O.C = Team;
    O.List = B.list(Args);
    O.Name = B.string(writtenName(C));
    Ops.push_back(O);
  }
  Op &J = emit(OpKind::Join, placeOf(C.E));
  J.A = Team;
  return true;
}

} // namespace threadbare
