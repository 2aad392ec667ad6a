// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Suspension points, and which types are coroutines, generators and futures.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace threadbare {

void FunctionReader::readAwait(const Expr *Operand, const Expr *E) {
  Op O = makeOp(OpKind::Await, E->getBeginLoc());
  if (isAlwaysReady(E))
    O.Flags |= OpReadyAwait;
  if (Operand && !Operand->isTypeDependent()) {
    const Expr *Bare = Operand->IgnoreImplicit()->IgnoreParenImpCasts();
    O.A = value(Bare);
    // An awaiter that is made in place: from its parts.
    if (auto *Made = dyn_cast<InitListExpr>(strip(Bare)); Made && !O.A) {
      llvm::SmallVector<TermIndex, 4> Parts;
      for (const Expr *Part : Made->inits())
        Parts.push_back(Part->isGLValue() ? B.address(location(Part)) : value(Part));
      O.A = B.derived(Parts);
    }
    auto Site = callSite(Bare);
    const catalog::FunctionModel *M = Site && Site->Callee ? U.model(Site->Callee) : nullptr;
    if (M && M->Switch) {
      ExecutorRef Ref;
      if (M->Switch->Executor)
        // A token that names no executor completes on the coroutine's own.
        if (const Expr *X = operandExpr(*Site, M->Switch->Executor); X && U.role(X->getType()) != "completion-token")
          Ref = executor(X);
      SwitchKind To = SwitchKind::None;
      if (M->Switch->To == "pool" || Ref.Kind == ExecutorKind::Pool || Ref.Kind == ExecutorKind::Thread)
        To = SwitchKind::ToPool;
      else if (M->Switch->To == "loop" || Ref.Kind == ExecutorKind::Loop || Ref.Kind == ExecutorKind::Strand ||
               Ref.Kind == ExecutorKind::Same)
        To = SwitchKind::ToLoop;
      else if (Ref.Kind == ExecutorKind::Unknown && Ref.Location)
        To = SwitchKind::Unknown;
      O.Sub = static_cast<std::uint8_t>(To);
      O.B = Ref.Location;
      if (M->Switch->Sticky)
        O.Flags |= OpSticky;
    }
  }
  Ops.push_back(O);
  if (!Operand || Operand->isTypeDependent())
    return;
  // What was awaited is ready: a future, or one that an adaptor passes on (qCoro(f).waitForFinished()).
  const Expr *Future = Operand->IgnoreImplicit()->IgnoreParenImpCasts();
  if (auto *Call = dyn_cast<CXXMemberCallExpr>(Future); Call && Call->getImplicitObjectArgument()) {
    const Expr *Object = Call->getImplicitObjectArgument()->IgnoreImplicit()->IgnoreParenImpCasts();
    auto Adaptor = callSite(Object);
    const catalog::FunctionModel *M = Adaptor && Adaptor->Callee ? U.model(Adaptor->Callee) : nullptr;
    if (M && M->Passes)
      if (const Expr *Passed = operandExpr(*Adaptor, M->Passes))
        Future = Passed;
  } else if (auto Site = callSite(Future); Site && Site->Callee) {
    if (const catalog::FunctionModel *M = U.model(Site->Callee); M && M->Passes)
      if (const Expr *Passed = operandExpr(*Site, M->Passes))
        Future = Passed;
  }
  llvm::StringRef Role = U.role(Future->getType().getNonReferenceType());
  if ((Role == "future" || Role == "coroutine") && Future->isGLValue())
    if (TermIndex Location = location(Future)) {
      Op &Ready = emit(OpKind::Ready, E->getBeginLoc());
      Ready.A = Location;
    }
  // So are the results that come out of an await for all of them, or that was only for the end (r.resolve()).
  if (auto *Named = dyn_cast<DeclRefExpr>(Future))
    if (auto *V = dyn_cast<VarDecl>(Named->getDecl()))
      if (const Expr *Init = onlyInit(V))
        Future = Init->IgnoreImplicit()->IgnoreParenImpCasts();
  auto Site = callSite(Future);
  const catalog::FunctionModel *M = Site && Site->Callee ? U.model(Site->Callee) : nullptr;
  if (M && M->Readies && M->ReadyIf.empty() && E->isPRValue() && E->getType()->isRecordType()) {
    Op &Ready = emit(OpKind::Ready, E->getBeginLoc());
    Ready.A = destination(E);
  }
}

/// Whether await_ready() is constantly true, as of std::suspend_never: then nothing is suspended.
bool FunctionReader::isAlwaysReady(const Expr *Await) {
  auto *Suspend = dyn_cast<CoroutineSuspendExpr>(Await);
  const Expr *Ready = Suspend ? Suspend->getReadyExpr() : nullptr;
  if (!Ready)
    return false;
  auto *Call = dyn_cast<CallExpr>(Ready->IgnoreImplicit());
  const FunctionDecl *Asks = Call ? Call->getDirectCallee() : nullptr;
  const auto *Body = Asks ? dyn_cast_or_null<CompoundStmt>(Asks->getBody()) : nullptr;
  if (!Body || Body->size() != 1)
    return false;
  auto *Return = dyn_cast<ReturnStmt>(Body->body_front());
  bool Value = false;
  return Return && Return->getRetValue() && !Return->getRetValue()->isValueDependent() &&
         Return->getRetValue()->EvaluateAsBooleanCondition(Value, Context) && Value;
}

static const CXXRecordDecl *promiseOf(const CXXRecordDecl *R) {
  if (!R || !R->getDefinition())
    return nullptr;
  for (const Decl *D : R->getDefinition()->decls()) {
    if (auto *Inner = dyn_cast<CXXRecordDecl>(D);
        Inner && Inner->getIdentifier() && Inner->getName() == "promise_type" && Inner->getDefinition())
      return Inner->getDefinition();
    if (auto *Alias = dyn_cast<TypedefNameDecl>(D); Alias && Alias->getName() == "promise_type")
      return Alias->getUnderlyingType()->getAsCXXRecordDecl();
  }
  for (const CXXBaseSpecifier &Base : R->getDefinition()->bases())
    if (const CXXRecordDecl *P = promiseOf(Base.getType()->getAsCXXRecordDecl()))
      return P;
  return nullptr;
}

static bool hasMember(const CXXRecordDecl *R, llvm::StringRef Name, bool WantDeleted = false) {
  if (!R || !R->getDefinition())
    return false;
  R = R->getDefinition();
  for (const Decl *D : R->decls()) {
    const Decl *Inner = D;
    if (auto *T = dyn_cast<FunctionTemplateDecl>(D))
      Inner = T->getTemplatedDecl();
    if (auto *M = dyn_cast<FunctionDecl>(Inner);
        M && M->getDeclName().isIdentifier() && M->getName() == Name && (!WantDeleted || M->isDeleted()))
      return true;
  }
  for (const CXXBaseSpecifier &Base : R->bases())
    if (hasMember(Base.getType()->getAsCXXRecordDecl(), Name, WantDeleted))
      return true;
  return false;
}

/// A generator runs on its caller's thread, when the caller asks. The catalog knows some by name; any other type whose
/// promise takes yielded values and lets nothing be awaited is one, and so is a coroutine that only yields.
bool UnitReader::isGenerator(const FunctionDecl *D) {
  QualType T = D->getReturnType();
  llvm::StringRef Role = role(T);
  if (Role == "generator")
    return true;
  if (Role == "coroutine")
    return false;
  const CXXRecordDecl *Promise = promiseOf(T->getAsCXXRecordDecl());
  if (!Promise)
    return false;
  if (!hasMember(Promise, "yield_value"))
    return false;
  if (hasMember(Promise, "await_transform", /*WantDeleted=*/true))
    return true;
  const auto *Body = dyn_cast_or_null<CoroutineBodyStmt>(D->getBody());
  if (!Body)
    return true;
  // Whether anything is awaited in the body, lambdas aside.
  std::function<bool(const Stmt *)> Awaits = [&](const Stmt *S) {
    if (!S || isa<LambdaExpr>(S))
      return false;
    if (isa<CoawaitExpr, DependentCoawaitExpr>(S))
      return true;
    return llvm::any_of(S->children(), Awaits);
  };
  return !Awaits(Body->getBody());
}

bool UnitReader::isAsyncType(QualType T) {
  if (T->isVoidType())
    return false;
  llvm::StringRef Role = role(T);
  if (Role == "future" || Role == "coroutine" || Role == "awaitable")
    return true;
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (Role == "container") {
    // Several futures at once.
    auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R);
    return Spec && Spec->getTemplateArgs().size() && Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
           isAsyncType(Spec->getTemplateArgs()[0].getAsType());
  }
  if (!Role.empty())
    return false;
  if (!R || !R->getDefinition())
    return false;
  // A future of the project's own: by its name, and because its result can be had later.
  if (llvm::StringRef Name = R->getName(); Name.ends_with("Future") || Name.ends_with("future"))
    for (llvm::StringRef Later : {"get", "wait", "then", "result", "on_ready"})
      if (hasMember(R, Later))
        return true;
  if (hasMember(R, "await_suspend"))
    return true;
  if (const CXXRecordDecl *Promise = promiseOf(R))
    return !hasMember(Promise, "yield_value");
  for (const Decl *D : R->getDefinition()->decls())
    if (auto *M = dyn_cast<CXXMethodDecl>(D); M && M->getOverloadedOperator() == OO_Coawait)
      return true;
  return false;
}

std::string UnitReader::ecosystemOf(QualType T) {
  const catalog::TypeModel *M = typeModel(T);
  return M ? M->Ecosystem : "";
}

} // namespace threadbare
