// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Of which class an object is that is called, and on what something runs.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace threadbare {

QualType UnitReader::pointedBy(QualType T) {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    return T->getPointeeType();
  auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(T->getAsCXXRecordDecl());
  bool Points = Spec && role(T) == "smart-pointer" && Spec->getTemplateArgs().size() &&
                Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type;
  return Points ? Spec->getTemplateArgs()[0].getAsType() : QualType();
}

/// The class of the object that \p E designates, or points to, where it is known here; null otherwise.
QualType FunctionReader::dynamicType(const Expr *E) {
  // What an iterator leads to is not of the iterator's class.
  auto Pointed = [&](const Expr *Pointer) {
    bool Pointerlike = Pointer && (Pointer->getType()->isPointerType() || U.role(Pointer->getType()) == "smart-pointer");
    return Pointerlike ? dynamicType(Pointer) : QualType();
  };
  E = strip(E);
  if (!E)
    return {};
  E = strip(E->IgnoreImpCasts());
  if (auto *N = dyn_cast<CXXNewExpr>(E))
    return N->getAllocatedType();
  if (auto *C = dyn_cast<CXXConstructExpr>(E)) {
    if (C->getNumArgs() >= 1 && (C->getConstructor()->isCopyOrMoveConstructor() ||
                                 U.role(C->getType()) == "smart-pointer"))
      return dynamicType(C->getArg(0));
    return {};
  }
  if (auto *C = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = C->getDirectCallee();
    const catalog::FunctionModel *M = Callee ? U.model(Callee) : nullptr;
    if (M && M->Allocates && Callee->getTemplateSpecializationArgs() &&
        Callee->getTemplateSpecializationArgs()->size())
      return Callee->getTemplateSpecializationArgs()->get(0).getKind() == TemplateArgument::Type
                 ? Callee->getTemplateSpecializationArgs()->get(0).getAsType()
                 : QualType();
    if (M && (M->Passes || M->PointsTo))
      if (auto Site = callSite(C))
        return M->Passes ? dynamicType(operandExpr(*Site, M->Passes)) : Pointed(operandExpr(*Site, M->PointsTo));
    return {};
  }
  if (auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_Deref)
      return Pointed(UO->getSubExpr());
    if (UO->getOpcode() == UO_AddrOf) {
      const Expr *Sub = strip(UO->getSubExpr());
      if (isa<MemberExpr>(Sub))
        return dynamicType(Sub);
      if (auto *R = dyn_cast<DeclRefExpr>(Sub))
        if (auto *V = dyn_cast<VarDecl>(R->getDecl()); V && !V->getType()->isReferenceType())
          return V->getType();
    }
    return {};
  }
  // A part of an object is just what it is declared to be.
  if (auto *M = dyn_cast<MemberExpr>(E); M && M->getType()->isRecordType() && U.role(M->getType()) != "smart-pointer")
    if (auto *Fd = dyn_cast<FieldDecl>(M->getMemberDecl()); Fd && !Fd->getType()->isReferenceType())
      return Fd->getType();
  if (auto *R = dyn_cast<DeclRefExpr>(E))
    if (auto *V = dyn_cast<VarDecl>(R->getDecl())) {
      QualType T = V->getType();
      if (T->isRecordType() && U.role(T) != "smart-pointer" && !T->isReferenceType())
        return T;
      if (!BeingResolved.insert(V).second)
        return {};
      QualType Known;
      if (const Expr *Init = onlyInit(V)) {
        Known = dynamicType(Init);
      }
      BeingResolved.erase(V);
      return Known;
    }
  return {};
}

/// What a virtual call of \p M runs on an object of this class; \p M where that is not known.
const CXXMethodDecl *FunctionReader::overrider(const CXXMethodDecl *M, QualType Dynamic) {
  const CXXRecordDecl *R = Dynamic.isNull() ? nullptr : Dynamic->getAsCXXRecordDecl();
  if (R && R->getDefinition())
    if (const CXXMethodDecl *Found = M->getCorrespondingMethodInClass(R->getDefinition(), true))
      return Found;
  return M;
}

ExecutorRef FunctionReader::executor(const Expr *E) {
  E = strip(E);
  if (!E || E->isTypeDependent())
    return {};
  QualType T = E->getType();
  QualType Target = U.pointedBy(T);
  bool Pointer = !Target.isNull();
  llvm::StringRef Role = U.role(Pointer ? Target : T);
  auto Here = [&](ExecutorKind K) { return ExecutorRef{K, Pointer ? B.pointee(value(E)) : location(E)}; };
  if (Role == "pool")
    return Here(ExecutorKind::Pool);
  if (Role == "loop")
    return Here(ExecutorKind::Loop);
  if (Role == "strand")
    return Here(ExecutorKind::Strand);
  // asio::this_coro::executor, QtFuture::Launch::Async
  if (auto *R = dyn_cast<DeclRefExpr>(E); R && !isa<FunctionDecl>(R->getDecl()))
    if (const catalog::FunctionModel *M = U.Catalog.function(U.qualifiedName(R->getDecl())))
      if (M->ExecutorIs == "same" || M->ExecutorIs == "pool")
        return {M->ExecutorIs == "same" ? ExecutorKind::Same : ExecutorKind::Pool, NoTerm};
  TermIndex V = value(E);
  if (V && B.get(V).Kind == TermKind::Executor)
    return {static_cast<ExecutorKind>(B.get(V).B), B.get(V).A};
  if (V && B.get(V).Kind == TermKind::Load)
    return {ExecutorKind::Unknown, V};
  return {};
}

/// What stands for an executor as a value; one that somebody passed in, as it is there.
TermIndex FunctionReader::executorValue(const ExecutorRef &Of) {
  return Of.Kind == ExecutorKind::Unknown
             ? Of.Location
             : B.term(TermKind::Executor, Of.Location, static_cast<std::uint32_t>(Of.Kind));
}

/// A socket or timer: its handlers run on the executor that it is made on, or on that of the object that it was.
void FunctionReader::readIoObject(const CXXConstructExpr *E) {
  TermIndex To = destination(E);
  if (!To || !E->getNumArgs())
    return;
  TermIndex Value = E->getConstructor()->isCopyOrMoveConstructor() ? B.load(location(E->getArg(0)))
                                                                   : executorValue(executor(E->getArg(0)));
  if (!Value || Value == B.load(To))
    return;
  Op &O = emit(OpKind::Store, E->getLocation());
  O.A = To;
  O.B = Value;
}

/// Pools of several sizes, one after the other, are somebody's comparison of sizes.
static bool isSizedByLoop(const Expr *Size, llvm::function_ref<const Stmt *(const Stmt *)> Parent, const Stmt *E) {
  auto Named = [&](const Stmt *Declares) {
    auto *D = dyn_cast_or_null<DeclStmt>(Declares);
    return D && llvm::any_of(D->decls(), [&](const Decl *Each) {
             auto *V = dyn_cast<VarDecl>(Each);
             return V && mentions(Size, V);
           });
  };
  for (const Stmt *P = Parent(E); P; P = Parent(P)) {
    if (auto *For = dyn_cast<ForStmt>(P); For && Named(For->getInit()))
      return true;
    if (auto *Range = dyn_cast<CXXForRangeStmt>(P); Range && Named(Range->getLoopVarStmt()))
      return true;
  }
  return false;
}

void FunctionReader::notePool(const CXXConstructExpr *E, const catalog::TypeModel &M) {
  if (!M.JoinsInDestructor || E->getConstructor()->isCopyOrMoveConstructor())
    return;
  for (const Expr *A : E->arguments())
    if (isSizedByLoop(A, [&](const Stmt *S) { return parentOf(S); }, E))
      return;
  Op &O = emit(OpKind::MakePool, placeOf(E));
  O.A = destination(E);
  O.Name = B.string(U.typeName(E->getType()));
}

} // namespace threadbare
