// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Iterators that have a name: which container they lead into, and to which of its elements.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace threadbare {

/// An element that is found or made by what is passed (find, lower_bound, emplace): it may be another one each time.
bool FunctionReader::looksUp(const CallSite &C, const catalog::FunctionModel &M) {
  if (!M.PointsInto || !C.Callee || !C.E->getType()->isRecordType())
    return false;
  std::size_t Passed = C.Args.size() - llvm::count_if(C.Args, [](const Expr *A) { return isa<CXXDefaultArgExpr>(A); });
  return Passed > (M.PointsInto.Kind == catalog::Operand::This ? 0u : 1u);
}

/// What an operand leads into: the container, or the one that an iterator is of.
TermIndex FunctionReader::containerOf(const Expr *Operand) {
  if (Operand && Operand->getType()->isRecordType() && U.role(Operand->getType()).empty())
    if (TermIndex V = value(Operand); V && B.get(V).Kind == TermKind::Address)
      if (TermIndex At = B.get(V).A; B.get(At).Kind == TermKind::Element)
        return B.get(At).A;
  return objectOf(Operand);
}

static bool isPairPart(const MemberExpr *M) {
  llvm::StringRef Name = M->getMemberDecl()->getDeclName().isIdentifier() ? M->getMemberDecl()->getName() : "";
  return Name == "first" || Name == "second";
}

/// The address of the element that an iterator, or one in a pair, leads to; NoTerm where that is not known.
TermIndex FunctionReader::iterator(const Expr *E) {
  E = E ? bare(E) : nullptr;
  if (!E || E->isTypeDependent())
    return NoTerm;
  if (auto *D = dyn_cast<DeclRefExpr>(E)) {
    const VarDecl *V = dyn_cast<VarDecl>(D->getDecl());
    if (auto *Bound = dyn_cast<BindingDecl>(D->getDecl()))
      V = Bound->getHoldingVar();
    return V ? iteratorVariable(V) : NoTerm;
  }
  if (auto *M = dyn_cast<MemberExpr>(E))
    return !M->isArrow() && isPairPart(M) &&
                   U.qualifiedName(M->getBase()->getType()->getAsCXXRecordDecl()) == "std::pair"
               ? iterator(M->getBase())
               : NoTerm;
  if (auto *K = dyn_cast<CXXConstructExpr>(E))
    return K->getNumArgs() == 1 &&
                   (K->getConstructor()->isCopyOrMoveConstructor() || U.inSystemHeader(K->getConstructor()))
               ? iterator(K->getArg(0))
               : NoTerm;
  auto *Call = dyn_cast<CallExpr>(E);
  auto Site = Call ? callSite(Call) : std::nullopt;
  const catalog::FunctionModel *M = Site && Site->Callee ? U.model(Site->Callee) : nullptr;
  if (!M)
    return NoTerm;
  if (M->PointsInto) {
    const Expr *Into = operandExpr(*Site, M->PointsInto);
    if (!Call->isGLValue())
      return Call->getType()->isRecordType() ? B.address(callLocation(Call)) : NoTerm;
    // std::get<0>(found)
    return Into && U.qualifiedName(Into->getType()->getAsCXXRecordDecl()) == "std::pair" ? iterator(Into) : NoTerm;
  }
  return M->Passes && Site->Args.size() == 1 && !Site->Object ? iterator(Site->Args[0]) : NoTerm;
}

TermIndex FunctionReader::iteratorVariable(const VarDecl *V) {
  QualType T = V->getType().getNonReferenceType();
  bool Pair = U.qualifiedName(T->getAsCXXRecordDecl()) == "std::pair";
  if (!T->isRecordType() || (!Pair && !U.role(T).empty()) || isa<ParmVarDecl>(V) || V->isInitCapture() ||
      !V->hasInit() || V->hasGlobalStorage() || RangeOf.contains(V) || !owns(V) || !BeingResolved.insert(V).second)
    return NoTerm;
  TermIndex Known = iterator(V->getInit());
  // it = m.find(k); if (it == m.end()) it = m.emplace(k, 0).first;
  auto Others = AssignedObjects.find(V);
  if (Others != AssignedObjects.end())
    for (const Expr *Value : Others->second) {
      TermIndex Other = iterator(Value);
      auto *Made = dyn_cast<CXXConstructExpr>(bare(V->getInit()));
      if (!Known && Made && !Made->getNumArgs() && Value == Others->second.front())
        Known = Other; // declared first, and given its value later
      bool Same = Known && Other && B.get(B.get(Known).A).Kind == TermKind::Element &&
                  B.get(B.get(Other).A).Kind == TermKind::Element && B.get(B.get(Known).A).A == B.get(B.get(Other).A).A;
      Known = !Same ? NoTerm : Known == Other ? Known : B.address(B.element(B.get(B.get(Known).A).A, NoTerm));
    }
  BeingResolved.erase(V);
  // Walked on from there: some element.
  if (Known && Reassigned.contains(V) && Others == AssignedObjects.end())
    return NoTerm;
  return Known;
}

} // namespace threadbare
