// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is said of a function as a whole.
#include "extract/Reader.h"

#include "clang/AST/StmtOpenMP.h"

using namespace clang;

namespace threadbare {

Function FunctionReader::header() {
  Function R;
  R.Id = Id;
  R.Name = B.string(Region ? "parallel region" : U.displayName(F));
  R.At = U.place(Region ? Region->getBeginLoc() : F->getLocation());
  if (Region) {
    R.Flags = FnRegion | FnInternalLinkage | FnInMainFile;
    R.Parent = U.id(F);
    return R;
  }
  if (IsCoroutine)
    R.Flags |= U.isGenerator(F) ? FnCoroutine | FnGenerator : FnCoroutine;
  if (auto *M = dyn_cast<CXXMethodDecl>(F)) {
    R.Class = U.symbol(M->getParent());
    if (M->getParent()->isLambda()) {
      R.Flags |= FnLambda;
      if (M->getParent()->capture_size() > 0)
        R.Flags |= FnCaptures;
      for (const DeclContext *C = M->getParent()->getDeclContext(); C; C = C->getParent())
        if (auto *Around = dyn_cast<FunctionDecl>(C)) {
          R.Parent = U.id(Around);
          break;
        }
    } else if (!M->isStatic()) {
      R.Flags |= FnMethod;
    }
    if (M->isVirtual()) {
      R.Flags |= FnVirtual;
      if (M->hasAttr<FinalAttr>() || M->getParent()->hasAttr<FinalAttr>())
        R.Flags |= FnFinal;
    }
    if (isa<CXXConstructorDecl>(M))
      R.Flags |= FnConstructor;
    if (isa<CXXDestructorDecl>(M))
      R.Flags |= FnDestructor;
  }
  if (!F->isExternallyVisible() || F->isMain())
    R.Flags |= FnInternalLinkage;
  if (F->isMain())
    R.Flags |= FnMain;
  if (F->isImplicit())
    R.Flags |= FnImplicit;
  if (F->isDependentContext())
    R.Flags |= FnPattern;
  if (llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) { return U.role(P->getType()) == "executor-tag"; }))
    R.Flags |= FnExecutorGiven;
  SourceLocation First = F->getFirstDecl()->getLocation();
  if (U.Sources.isInMainFile(U.Sources.getExpansionLoc(First)))
    R.Flags |= FnInMainFile;
  for (const auto *A : F->specific_attrs<AnnotateAttr>()) {
    if (A->getAnnotation() == "threadbare::blocking")
      R.Flags |= FnAnnotatedBlocking;
    else if (A->getAnnotation() == "threadbare::nonblocking")
      R.Flags |= FnAnnotatedNonblocking;
    else if (A->getAnnotation() == "threadbare::offloads")
      R.Flags |= FnAnnotatedOffloads;
  }
  bool Async = U.isAsyncType(F->getReturnType());
  if ((Async || IsCoroutine) && !(R.Flags & FnGenerator))
    R.Flags |= FnReturnsAsync;
  if (U.inSystemHeader(F))
    R.Flags |= FnSystemHeader;
  R.Ecosystem = B.string(U.ecosystemOf(F->getReturnType()));
  return R;
}

void FunctionReader::finish(Function R) {
  auto &Unit = U.Unit;
  for (FakeCall &Each : Fakes) {
    Each.In = R.Id;
    Unit.Fakes.push_back(Each);
  }
  R.FirstOp = static_cast<std::uint32_t>(Unit.Ops.size());
  R.Params.First = static_cast<std::uint32_t>(Unit.Params.size());
  if (!Region)
    for (const ParmVarDecl *P : F->parameters()) {
      Param Record;
      Record.Name = B.string(P->getName());
      QualType T = P->getType().getNonReferenceType();
      if (P->getType()->isReferenceType())
        Record.Flags |= ParamReference;
      if (T->isPointerType())
        Record.Flags |= ParamPointer;
      const CXXRecordDecl *Class = T->getAsCXXRecordDecl();
      if (U.role(T) == "callable" || T->isFunctionPointerType() || T->isFunctionType() ||
          (Class && (Class->isLambda() || U.callOperator(T))))
        Record.Flags |= ParamCallable;
      if (U.isFileStream(P->getType()))
        Record.Flags |= ParamFileStream;
      if (U.role(T) == "promise" || U.role(U.pointedBy(T)) == "promise")
        Record.Flags |= ParamPromise;
      Unit.Params.push_back(Record);
      ++R.Params.Count;
    }
  R.Locals = {static_cast<std::uint32_t>(Unit.Locals.size()), static_cast<std::uint32_t>(Locals.size())};
  Unit.Locals.insert(Unit.Locals.end(), Locals.begin(), Locals.end());
  if (!Ops.empty()) {
    R.Blocks = {static_cast<std::uint32_t>(Unit.Blocks.size()), static_cast<std::uint32_t>(Blocks.size())};
    for (const PendingBlock &P : Blocks) {
      Block Record;
      Record.Ops = {R.FirstOp + P.First, P.Count};
      Record.Successors = B.list(P.Successors);
      Unit.Blocks.push_back(Record);
    }
    Unit.Ops.insert(Unit.Ops.end(), Ops.begin(), Ops.end());
  }
  Unit.Functions.push_back(R);
}

} // namespace threadbare
