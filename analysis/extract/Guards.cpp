// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects that hold locks.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

static bool isLockTag(llvm::StringRef Name, llvm::StringRef Tag) {
  return Name.ends_with(Tag);
}

/// A mutex of the project's own whose lock() does nothing, for who needs none.
static bool locksNothing(QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition())
    return false;
  for (const CXXMethodDecl *M : R->methods())
    if (const FunctionDecl *Defined = nullptr;
        M->getDeclName().isIdentifier() && M->getName() == "lock" && M->hasBody(Defined))
      if (auto *Body = dyn_cast_or_null<CompoundStmt>(Defined->getBody()))
        return Body->body_empty();
  return false;
}

void FunctionReader::readGuard(const CXXConstructExpr *E, const catalog::TypeModel &M) {
  TermIndex Guard = destination(E);
  bool Deferred = false, Tried = false;
  llvm::SmallVector<TermIndex, 4> Locks;
  // A guard of a mutex that is none protects nothing and costs nothing.
  for (const Expr *A : E->arguments()) {
    QualType T = A->getType().getNonReferenceType();
    std::string Name = U.qualifiedName(T->getAsCXXRecordDecl());
    if (isa<CXXDefaultArgExpr>(A))
      continue;
    if (isLockTag(Name, "defer_lock_t"))
      Deferred = true;
    else if (isLockTag(Name, "try_to_lock_t") || Name == "std::chrono::duration" || Name == "std::chrono::time_point")
      Tried = true;
    else if (isLockTag(Name, "adopt_lock_t"))
      continue;
    else if (U.role(T) == "null-mutex" || locksNothing(T))
      continue;
    else
      Locks.push_back(lockLocation([&] { return objectOf(A); }));
  }
  const VarDecl *Variable = nullptr;
  for (auto &[V, Index] : LocalIndexes)
    if (Guard && B.get(Guard).Kind == TermKind::Local && B.get(Guard).A == Index)
      Variable = V;
  if (Variable) {
    GuardLocks[Variable] = Locks;
    if (Tried)
      TriedGuards.insert(Variable);
  }
  if (Deferred || Tried)
    return;
  for (TermIndex Lock : Locks) {
    Op O = makeAcquire(E, M.Shared, E->getLocation());
    O.A = Lock;
    O.B = Guard;
    Ops.push_back(O);
  }
}

/// \p Of: the mutex, or its guard.
Op FunctionReader::makeAcquire(const Expr *Of, bool Shared, SourceLocation Loc) {
  Op O = makeOp(OpKind::Acquire, Loc);
  O.Sub = static_cast<std::uint8_t>(Shared ? LockMode::Shared : LockMode::Exclusive);
  if (Of && U.stopsThreads(Of->getType()))
    O.Flags |= OpStopsThreads;
  return O;
}

bool UnitReader::stopsThreads(QualType T) {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  llvm::StringRef Role = role(T);
  if (Role == "mutex" || Role == "guard") {
    // std::lock_guard<coro::mutex>
    if (auto *Of = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R); Of && Role == "guard")
      for (const TemplateArgument &Each : Of->getTemplateArgs().asArray())
        if (Each.getKind() == TemplateArgument::Pack
                ? llvm::any_of(Each.getPackAsArray(),
                               [&](const TemplateArgument &A) { return !stopsThreads(A.getAsType()); })
                : Each.getKind() == TemplateArgument::Type && !stopsThreads(Each.getAsType()))
          return false;
    return true;
  }
  if (!Role.empty() || !R || !R->hasDefinition())
    return false;
  // A mutex of the project's own.
  for (const CXXMethodDecl *M : R->methods())
    if (M->getDeclName().isIdentifier() && M->getName() == "lock" && M->param_empty())
      return M->getReturnType()->isVoidType() && !locksNothing(T);
  return false;
}

} // namespace threadbare
