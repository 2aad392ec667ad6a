// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Work that is handed over: to whom, with what, and what joins it.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace threadbare {

/// The value of the socket that a handler of async_accept gets: on the acceptor's executor, unless another one or the
/// socket itself is given first.
TermIndex FunctionReader::boundParameter(const CallSite &C, const catalog::Operand &Callable, TermIndex Own) {
  if (operandIndex(C, Callable) == 0)
    return Own;
  ExecutorRef Given = executor(C.Args[0]);
  return Given.Kind == ExecutorKind::Unknown ? NoTerm : executorValue(Given);
}

/// A method of an object whose class is known, bound to it: what QThread::start() runs.
TermIndex FunctionReader::methodOf(const Expr *Object, llvm::StringRef Name) {
  QualType T = dynamicType(Object);
  const CXXRecordDecl *Class = T.isNull() ? nullptr : T->getAsCXXRecordDecl();
  for (const CXXRecordDecl *R = Class; R && R->hasDefinition();
       R = R->getNumBases() ? R->bases_begin()->getType()->getAsCXXRecordDecl() : nullptr)
    for (const CXXMethodDecl *M : R->methods())
      if (M->getDeclName().isIdentifier() && M->getName() == Name && M->getNumParams() == 0) {
        SymbolId Id = U.designated(M);
        TermIndex At = Object->getType()->isPointerType() ? value(Object) : B.address(location(Object));
        return At ? B.term(TermKind::Bound, B.term(TermKind::Function, 0, 0, Id), 0, 0, {At}) : NoTerm;
      }
  return NoTerm;
}

void FunctionReader::readSpawn(const CallSite &C, const catalog::FunctionModel &M, const catalog::SpawnModel &S) {
  ExecutorKind Kind = llvm::StringSwitch<ExecutorKind>(S.On)
                          .Case("thread", ExecutorKind::Thread)
                          .Case("pool", ExecutorKind::Pool)
                          .Case("loop", ExecutorKind::Loop)
                          .Case("strand", ExecutorKind::Strand)
                          .Case("deferred", ExecutorKind::Deferred)
                          .Case("team", ExecutorKind::Team)
                          .Default(ExecutorKind::Unknown);
  if (S.Unless) {
    const Expr *A = operandExpr(C, S.Unless->Arg);
    auto V = A ? constantOf(A) : std::nullopt;
    if (A && (!V || llvm::none_of(S.Unless->Values, [&](auto &Name) { return catalog::resolveConstant(Name) == V; })))
      return;
  }
  TermIndex On = NoTerm;
  catalog::Operand CallableOperand = S.Callable;
  if (S.LaunchPolicy && !C.Args.empty() && C.Args[0]->getType()->isEnumeralType()) {
    if (auto Policy = constantOf(C.Args[0]); Policy && *Policy == 2)
      Kind = ExecutorKind::Deferred;
    if (CallableOperand.Kind == catalog::Operand::Argument && CallableOperand.Index == 0)
      CallableOperand.Index = 1;
  }
  if (S.Executor) {
    if (const Expr *X = operandExpr(C, S.Executor)) {
      ExecutorRef Ref = executor(X);
      if (S.On == "executor")
        Kind = Ref.Kind;
      On = Ref.Location;
      // An object that is bound to a thread or executor, behind a pointer: what is known of it says where.
      if (S.On == "loop" && X->getType()->isPointerType() && Ref.Kind == ExecutorKind::Unknown)
        On = B.load(objectOf(X));
      if (!On && S.On != "executor")
        On = objectOf(X);
    }
  }
  const Expr *Callable = operandExpr(C, CallableOperand);
  if (!Callable || Callable->isTypeDependent())
    return;
  // A completion token asks for the result in some form: nothing of the user's runs.
  if (U.role(Callable->getType()) == "completion-token")
    return;
  // bind_executor(strand, f): where f runs is said by the inner call.
  const Expr *Bare = Callable->IgnoreParenImpCasts();
  while (auto *T = dyn_cast<MaterializeTemporaryExpr>(Bare))
    Bare = T->getSubExpr()->IgnoreParenImpCasts();
  if (auto *T = dyn_cast<CXXBindTemporaryExpr>(Bare))
    Bare = T->getSubExpr()->IgnoreParenImpCasts();
  if (auto *Bound = dyn_cast<CallExpr>(Bare); Bound && S.Executor)
    if (auto Inner = callSite(Bound); Inner && Inner->Callee)
      if (const catalog::FunctionModel *IM = U.model(Inner->Callee); IM && IM->ExecutorOf && IM->Passes) {
        if (const Expr *X = operandExpr(*Inner, IM->ExecutorOf)) {
          ExecutorRef Ref = executor(X);
          Kind = Ref.Kind;
          On = Ref.Location;
        }
        if (const Expr *Fn = operandExpr(*Inner, IM->Passes))
          Callable = Fn;
        if (U.role(Callable->getType()) == "completion-token")
          return;
      }
  TermIndex Target = S.Method.empty() ? callableOf(Callable) : methodOf(Callable, S.Method);
  if (!Target) {
    B.silence("a callable that is handed over is not known");
    return;
  }
  // A functor is copied: what it counts in itself is the thread's own.
  if (const CXXRecordDecl *R = Callable->getType()->getAsCXXRecordDecl();
      R && !R->isLambda() && B.get(Target).Kind == TermKind::Bound && B.get(Target).List.Count == 1 &&
      U.role(Callable->getType()).empty() && U.qualifiedName(R) != "std::reference_wrapper") {
    TermIndex From = location(Callable);
    TermIndex Copy = object(Callable->IgnoreImplicit());
    Target = B.term(TermKind::Bound, B.get(Target).A, 0, 0, {B.address(Copy)});
    Op &D = emit(OpKind::Declare, placeOf(C.E));
    D.A = Copy;
    storeFields(Callable, Copy);
    if (From && From != Copy) {
      Op &O = emit(OpKind::Store, placeOf(C.E));
      O.A = Copy;
      O.B = B.load(From);
    }
    storeFields(Callable, Copy);
  }
  std::vector<TermIndex> Args;
  if (S.Arguments.Kind == catalog::Operand::Rest)
    Args = operandRest(C, CallableOperand);
  else if (S.Arguments)
    Args.resize(static_cast<unsigned>(S.ArgumentPlace), NoTerm), Args.push_back(operandValue(C, S.Arguments));
  if (S.BoundParameter >= 0)
    if (TermIndex Made = boundParameter(C, CallableOperand, On)) {
      Args.resize(static_cast<unsigned>(S.BoundParameter) + 1, NoTerm);
      Args.back() = Made;
    }

  if (S.CallableIsMember && !Args.empty() && B.get(Target).Kind == TermKind::Function)
    if (int At = operandIndex(C, CallableOperand) + 1; At > 0 && At < static_cast<int>(C.Args.size())) {
      if (auto *M = dyn_cast_or_null<CXXMethodDecl>(designated(Callable)); M && M->isVirtual())
        if (const CXXMethodDecl *Final = overrider(M, dynamicType(C.Args[At])); Final != M) {
          U.require(Final);
          Target = B.term(TermKind::Function, 0, 0, U.id(Final));
        }
      // A method of an object that is passed by value runs on a copy.
      QualType T = C.Args[At]->getType();
      if (T->isRecordType() && U.role(T).empty() &&
          U.qualifiedName(T->getAsCXXRecordDecl()) != "std::reference_wrapper" &&
          isa_and_nonnull<CXXMethodDecl>(designated(Callable))) {
        TermIndex Copy = object(C.Args[At]->IgnoreImplicit());
        Op &D = emit(OpKind::Declare, placeOf(C.E));
        D.A = Copy;
        if (TermIndex From = location(C.Args[At]); From && From != Copy) {
          Op &O = emit(OpKind::Store, placeOf(C.E));
          O.A = Copy;
          O.B = B.load(From);
        }
        Args[0] = B.address(Copy);
      }
    }
  SourceLocation Loc = placeOf(C.E);
  if (auto It = Destinations.find(C.E);
      It != Destinations.end() && S.Handle.Kind == catalog::Operand::This && isa<CXXConstructExpr>(C.E))
    Loc = cast<CXXConstructExpr>(C.E)->getLocation();
  Op O = makeOp(OpKind::Spawn, Loc);
  O.Sub = static_cast<std::uint8_t>(Kind);
  O.A = On;
  O.B = Target;
  O.List = B.list(Args);
  O.Name = B.string(writtenName(C));
  if (S.Handle.Kind == catalog::Operand::Result ||
      (S.Handle.Kind == catalog::Operand::This && (isa<CXXConstructExpr>(C.E))))
    O.C = destination(C.E);
  else if (S.Handle)
    O.C = operandLocation(C, S.Handle);
  if (S.Many)
    O.Flags |= OpMany;
  if (S.Detached)
    O.Flags |= OpDetached;
  if (S.JoinsInDestructor)
    O.Flags |= OpJoinsInDestructor;
  if (Awaited.contains(C.E))
    O.Flags |= OpAwaited;
  // A task that fulfils a promise when it has run: who has its future waits for the thread, too.
  const Expr *Task = bare(Callable);
  if (auto *Moved = dyn_cast<CallExpr>(Task); Moved && Moved->getNumArgs() == 1)
    Task = bare(Moved->getArg(0));
  const catalog::FunctionModel *Runs = nullptr;
  if (const CXXRecordDecl *R = Callable->getType()->getAsCXXRecordDecl())
    Runs = U.Catalog.function(U.qualifiedName(R) + "::operator()");
  TermIndex Fulfilled = Runs && Runs->Publishes.Kind == catalog::Operand::This ? location(Task) : NoTerm;
  bool JoinedHere = Kind == ExecutorKind::Team && !O.C;
  if (JoinedHere)
    O.C = object(C.E);
  Ops.push_back(O);
  if (Fulfilled && O.C && O.C != Fulfilled) {
    Op &Also = emit(OpKind::Move, Loc);
    Also.Flags |= OpMaybe;
    Also.A = O.C;
    Also.B = Fulfilled;
  }
  if (JoinedHere) {
    Op &J = emit(OpKind::Join, Loc);
    J.A = O.C;
  } else if (Kind == ExecutorKind::Deferred && S.LaunchPolicy && O.C) {
    // Who asks does the work: there is nothing to wait for.
    Op &Ready = emit(OpKind::Ready, Loc);
    Ready.A = O.C;
  }
}

} // namespace threadbare
