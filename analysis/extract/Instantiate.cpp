// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the bodies of library functions would have chosen and instantiated. They are skipped, so nobody has asked yet.
#include "extract/Quiet.h"
#include "extract/Reader.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/Sema/EnterExpressionEvaluationContext.h"
#include "clang/Sema/Initialization.h"

using namespace clang;

namespace threadbare {

const CXXMethodDecl *UnitReader::callOperator(QualType T) {
  CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  if (!R || !R->getDefinition())
    return nullptr;
  R = R->getDefinition();
  const CXXMethodDecl *Only = nullptr;
  const FunctionTemplateDecl *Template = nullptr;
  for (NamedDecl *D : R->lookup(Context.DeclarationNames.getCXXOperatorName(OO_Call))) {
    if (auto *M = dyn_cast<CXXMethodDecl>(D)) {
      if (Only)
        return nullptr;
      Only = M;
    } else if (auto *FT = dyn_cast<FunctionTemplateDecl>(D)) {
      Template = FT;
    }
  }
  if (!Only && Template) {
    // A generic callable: the instantiation if there is one, what does not depend on arguments otherwise.
    const CXXMethodDecl *Instance = nullptr;
    for (FunctionDecl *Spec : Template->specializations()) {
      if (!Spec->hasBody())
        continue;
      if (Instance)
        return cast<CXXMethodDecl>(Template->getTemplatedDecl());
      Instance = dyn_cast<CXXMethodDecl>(Spec);
    }
    return Instance ? Instance : cast<CXXMethodDecl>(Template->getTemplatedDecl());
  }
  return Only;
}

const CXXRecordDecl *UnitReader::complete(QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (R && S && !R->getDefinition() && !R->isDependentContext()) {
    Quiet Quietly(*S);
    (void)S->isCompleteType(R->getLocation(), T);
  }
  return R ? R->getDefinition() : nullptr;
}

const CXXConstructorDecl *UnitReader::defaultConstructor(const CXXRecordDecl *R) {
  if (S && R->needsImplicitDefaultConstructor() && !R->isDependentContext())
    S->LookupDefaultConstructor(const_cast<CXXRecordDecl *>(R));
  for (const CXXConstructorDecl *K : R->ctors())
    if (K->isDefaultConstructor() && !K->isDeleted() && !K->isTrivial())
      return K;
  return nullptr;
}

void UnitReader::require(const FunctionDecl *D) {
  if (!D || D->isDeleted())
    return;
  const FunctionDecl *Definition = nullptr;
  if (!D->hasBody(Definition) && S && D->isTemplateInstantiation() && !inSystemHeader(D) && !D->isDependentContext()) {
    // Library code whose body was skipped would have instantiated it.
    Quiet Quietly(*S);
    S->InstantiateFunctionDefinition(D->getLocation(), const_cast<FunctionDecl *>(D), /*Recursive=*/true,
                                     /*DefinitionRequired=*/false, /*AtEndOfTU=*/true);
    S->PerformPendingInstantiations();
    D->hasBody(Definition);
  }
  // Library code whose body was skipped would have used the compiler's own constructor.
  if (auto *K = dyn_cast<CXXConstructorDecl>(D); !Definition && K && K->isDefaultConstructor() && K->isDefaulted() &&
                                                 !K->isDeleted() && !K->isInvalidDecl() && S && !inSystemHeader(D) &&
                                                 !D->isDependentContext()) {
    Quiet Quietly(*S);
    S->DefineImplicitDefaultConstructor(K->getLocation(), const_cast<CXXConstructorDecl *>(K));
    D->hasBody(Definition);
  }
  if (!Definition) {
    recordDeclaration(D);
    return;
  }
  if (inSystemHeader(Definition))
    return;
  if (Queued.insert(Definition).second)
    Queue.push_back(Definition);
}

/// The library's own call or construction that one of the user's leads to, as it hands its arguments on.
static llvm::SmallVector<Expr *, 6> forwarded(ASTContext &Context, llvm::ArrayRef<Argument> Args, SourceLocation Loc) {
  llvm::SmallVector<Expr *, 6> Given;
  for (const Argument &A : Args)
    Given.push_back(new (Context)
                        OpaqueValueExpr(Loc, A.Type.getNonReferenceType(), A.IsLvalue ? VK_LValue : VK_XValue));
  return Given;
}

const CXXMethodDecl *UnitReader::callOperator(QualType T, llvm::ArrayRef<Argument> Args) {
  T = T.getNonReferenceType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!S || !R || !R->getDefinition() || R->isDependentContext())
    return callOperator(T);
  Quiet Quietly(*S);
  EnterExpressionEvaluationContext Asked(*S, Sema::ExpressionEvaluationContext::Unevaluated);
  SourceLocation Loc = R->getLocation();
  auto Given = forwarded(Context, Args, Loc);
  auto *Object = new (Context) OpaqueValueExpr(Loc, T.getUnqualifiedType(), VK_LValue);
  ExprResult Call = S->BuildCallToObjectOfClassType(S->TUScope, Object, Loc, Given, Loc);
  if (auto *Chosen = Call.isUsable() ? dyn_cast<CallExpr>(Call.get()->IgnoreImplicit()) : nullptr)
    if (auto *Method = dyn_cast_or_null<CXXMethodDecl>(Chosen->getDirectCallee()))
      return Method;
  return callOperator(T);
}

/// The constructor of \p R that the bodies of \p Library, and of what it calls, were instantiated with.
static const CXXConstructorDecl *constructorIn(const FunctionDecl *Library, const CXXRecordDecl *R) {
  constexpr std::size_t Most = 256;
  llvm::SmallVector<const FunctionDecl *, 16> Work{Library};
  llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
  while (!Work.empty() && Seen.size() < Most) {
    const FunctionDecl *F = Work.pop_back_val(), *Definition = nullptr;
    if (!F->hasBody(Definition) || !F->isTemplateInstantiation() || !Seen.insert(Definition).second)
      continue;
    llvm::SmallVector<const Stmt *, 32> Parts{Definition->getBody()};
    if (auto *K = dyn_cast<CXXConstructorDecl>(Definition))
      for (const CXXCtorInitializer *I : K->inits())
        Parts.push_back(I->getInit());
    while (!Parts.empty()) {
      const Stmt *Part = Parts.pop_back_val();
      if (!Part)
        continue;
      if (auto *Construct = dyn_cast<CXXConstructExpr>(Part)) {
        if (Construct->getConstructor()->getParent()->getCanonicalDecl() == R->getCanonicalDecl())
          return Construct->getConstructor();
        Work.push_back(Construct->getConstructor());
      } else if (auto *Call = dyn_cast<CallExpr>(Part); Call && Call->getDirectCallee()) {
        Work.push_back(Call->getDirectCallee());
      }
      Parts.append(Part->child_begin(), Part->child_end());
    }
  }
  return nullptr;
}

const CXXConstructorDecl *UnitReader::constructor(const FunctionDecl *Library, const CXXRecordDecl *R,
                                                  llvm::ArrayRef<Argument> Args) {
  if (!S) {
    if (const CXXConstructorDecl *Used = Library ? constructorIn(Library, R) : nullptr)
      return Used;
  } else {
    Quiet Quietly(*S);
    EnterExpressionEvaluationContext Asked(*S, Sema::ExpressionEvaluationContext::Unevaluated);
    SourceLocation Loc = R->getLocation();
    auto Given = forwarded(Context, Args, Loc);
    InitializationSequence Sequence(*S, InitializedEntity::InitializeTemporary(Context.getRecordType(R)),
                                    InitializationKind::CreateDirect(Loc, Loc, Loc), Given);
    if (Sequence)
      for (const auto &Step : llvm::make_range(Sequence.step_begin(), Sequence.step_end()))
        if (Step.Kind == InitializationSequence::SK_ConstructorInitialization)
          return dyn_cast<CXXConstructorDecl>(Step.Function.Function);
    return nullptr;
  }
  const CXXConstructorDecl *Only = nullptr;
  for (const CXXConstructorDecl *K : R->ctors()) {
    if (K->isImplicit() || K->isDeleted() || K->isCopyOrMoveConstructor())
      continue;
    if (Args.size() < K->getMinRequiredArguments() || (Args.size() > K->getNumParams() && !K->isVariadic()))
      continue;
    if (Only)
      return nullptr;
    Only = K;
  }
  // The compiler's own: members may have initialisers that do something.
  return !Only && Args.empty() ? defaultConstructor(R) : Only;
}

} // namespace threadbare
