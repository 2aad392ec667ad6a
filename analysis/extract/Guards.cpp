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
      Locks.push_back(objectOf(A));
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
    Op &O = emit(OpKind::Acquire, E->getLocation());
    O.A = Lock;
    O.B = Guard;
    O.Sub = static_cast<std::uint8_t>(M.Shared ? LockMode::Shared : LockMode::Exclusive);
  }
}

} // namespace threadbare
