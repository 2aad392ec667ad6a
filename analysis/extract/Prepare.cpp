// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One walk over a body before its operations are read.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtOpenMP.h"

using namespace clang;

namespace threadbare {

/// One walk over the body before the CFG's elements are read: what initialises what, what is awaited, which locals are
/// given away or assigned again.
void FunctionReader::prepare(const Stmt *S) {
  struct Walker : RecursiveASTVisitor<Walker> {
    FunctionReader &R;
    unsigned InLambda = 0;
    explicit Walker(FunctionReader &R) : R(R) {}

    bool shouldVisitLambdaBody() const { return true; }
    bool TraverseLambdaExpr(LambdaExpr *E) {
      for (const LambdaCapture &C : E->captures())
        if (C.capturesVariable() && C.getCaptureKind() == LCK_ByRef)
          if (auto *V = dyn_cast<VarDecl>(C.getCapturedVar()))
            R.Escaping.insert(V);
      for (Expr *Init : E->capture_inits())
        if (Init)
          TraverseStmt(Init);
      ++InLambda;
      TraverseStmt(E->getBody());
      --InLambda;
      return true;
    }
    bool TraverseDecl(Decl *D) {
      // Local classes are functions of their own.
      if (D && isa<CXXRecordDecl>(D))
        return true;
      return RecursiveASTVisitor::TraverseDecl(D);
    }
    void destination(const Expr *Init, TermIndex To) {
      if (const Expr *E = constructing(Init); E && !InLambda && To)
        R.Destinations.try_emplace(E, To);
    }
    bool VisitVarDecl(VarDecl *V) {
      if (R.Region && !InLambda && !V->hasGlobalStorage())
        R.PrivateInRegion.insert(V);
      if (InLambda || !V->hasInit() || isa<ParmVarDecl>(V) || V->isInitCapture())
        return true;
      if (V->isStaticLocal())
        markStaticInit(V->getInit(), V);
      if (V->getType()->isReferenceType())
        return true; // a temporary whose life is longer is still a temporary
      initialises(V->getInit(), R.variable(V));
      return true;
    }
    void markStaticInit(const Stmt *S, const VarDecl *V) {
      if (!S || isa<LambdaExpr>(S))
        return;
      if (auto *E = dyn_cast<Expr>(S))
        R.InStaticInit[E] = V;
      for (const Stmt *Child : S->children())
        markStaticInit(Child, V);
    }
    /// What builds an object, a field or an element, and the parts of an aggregate.
    void initialises(const Expr *Init, TermIndex To) {
      destination(Init, To);
      const Expr *E = bare(Init);
      if (auto *I = dyn_cast_or_null<InitListExpr>(E)) {
        R.Destinations.try_emplace(I, To);
        if (const InitListExpr *Sem = I->getSemanticForm())
          I = Sem;
        if (I->getType()->isArrayType()) {
          for (unsigned N = 0; N < I->getNumInits() && N < 64; ++N)
            initialises(I->getInit(N), R.B.element(To, R.B.constant(N)));
        } else if (R.U.role(I->getType()) == "container") {
          // std::array's braces around its only member.
          for (const Expr *Inner : I->inits())
            initialises(Inner, To);
        } else if (const auto *RD = I->getType()->getAsCXXRecordDecl()) {
          unsigned N = RD->getNumBases();
          for (const FieldDecl *Fd : RD->fields()) {
            if (N >= I->getNumInits())
              break;
            initialises(I->getInit(N++), R.B.field(To, R.U.symbol(Fd)));
          }
        }
      }
    }
    bool VisitCXXNewExpr(CXXNewExpr *N) {
      if (!InLambda && N->getInitializer() && !N->isArray() && !N->getAllocatedType()->isDependentType())
        initialises(N->getInitializer(), R.object(N));
      return true;
    }
    bool VisitCXXForRangeStmt(CXXForRangeStmt *L) {
      if (!InLambda && L->getRangeInit() && L->getLoopVariable())
        R.RangeOf[L->getLoopVariable()] = L->getRangeInit();
      return true;
    }
    bool VisitReturnStmt(ReturnStmt *Ret) {
      if (!InLambda)
        R.Returns.push_back(Ret->getRetValue());
      if (!InLambda && Ret->getRetValue() && Ret->getRetValue()->getType()->isRecordType())
        initialises(Ret->getRetValue(), R.B.term(TermKind::ReturnSlot));
      return true;
    }
    bool VisitCoawaitExpr(CoawaitExpr *A) {
      if (!InLambda)
        if (const Expr *E = bare(A->getOperand()))
          R.Awaited.insert(E);
      return true;
    }
    void reassigned(const Expr *Lvalue) {
      if (auto *D = dyn_cast<DeclRefExpr>(bare(Lvalue)))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()))
          R.Reassigned.insert(V);
    }
    void changes(const Expr *Lvalue, const Expr *Change) {
      if (auto *D = dyn_cast<DeclRefExpr>(bare(Lvalue)))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && V->getType()->isIntegerType())
          R.Changes[V].push_back(Change);
    }
    void assigned(const Expr *Lvalue) {
      if (auto *D = dyn_cast<DeclRefExpr>(bare(Lvalue)))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()))
          R.Assigned.insert(V);
    }
    void given(const Expr *E) {
      E = bare(E);
      while (true) {
        if (auto *M = dyn_cast<MemberExpr>(E); M && !M->isArrow())
          E = bare(M->getBase());
        else if (auto *A = dyn_cast<ArraySubscriptExpr>(E))
          E = bare(A->getBase());
        else
          break;
      }
      if (auto *D = dyn_cast<DeclRefExpr>(E))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()))
          R.Escaping.insert(V);
    }
    bool isErrno(const Expr *E) {
      E = bare(E);
      if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_Deref)
        if (auto *C = dyn_cast<CallExpr>(bare(UO->getSubExpr())))
          if (const FunctionDecl *Callee = C->getDirectCallee())
            return Callee->getDeclName().isIdentifier() && Callee->getName() == "__errno_location";
      return false;
    }
    bool VisitBinaryOperator(BinaryOperator *O) {
      if (O->isAssignmentOp()) {
        reassigned(O->getLHS());
        changes(O->getLHS(), O);
        if (!O->isCompoundAssignmentOp())
          assigned(O->getLHS());
      }
      if (O->isEqualityOp())
        for (auto [Error, Value] : {std::pair(O->getLHS(), O->getRHS()), std::pair(O->getRHS(), O->getLHS())})
          if (isErrno(Error))
            if (auto C = R.constantOf(Value); C && (*C == 11 || *C == 114 || *C == 115))
              R.HandlesWouldBlock = true;
      return true;
    }
    bool VisitSwitchStmt(SwitchStmt *Sw) {
      if (Sw->getCond() && isErrno(Sw->getCond()))
        R.HandlesWouldBlock = true;
      return true;
    }
    bool VisitDeclRefExpr(DeclRefExpr *D) {
      if (auto *C = dyn_cast<EnumConstantDecl>(D->getDecl()))
        if (C->getName() == "would_block" || C->getName() == "operation_would_block" || C->getName() == "try_again" ||
            C->getName() == "resource_unavailable_try_again" || C->getName() == "operation_in_progress")
          R.HandlesWouldBlock = true;
      if (InLambda)
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && V->getType()->isArithmeticType())
          ReadInLambda.insert(V);
      return true;
    }
    llvm::SmallPtrSet<const VarDecl *, 8> ReadInLambda;
    bool VisitUnaryOperator(UnaryOperator *O) {
      if (O->isIncrementDecrementOp()) {
        reassigned(O->getSubExpr());
        changes(O->getSubExpr(), O);
      }
      if (O->getOpcode() == UO_AddrOf) {
        given(O->getSubExpr());
        if (auto *D = dyn_cast<DeclRefExpr>(bare(O->getSubExpr())))
          if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && !V->getType()->isRecordType())
            R.Reassigned.insert(V);
      }
      return true;
    }
    bool VisitImplicitCastExpr(ImplicitCastExpr *C) {
      if (C->getCastKind() == CK_ArrayToPointerDecay)
        given(C->getSubExpr());
      return true;
    }
    void arguments(llvm::ArrayRef<const Expr *> Args, const FunctionDecl *Callee) {
      for (unsigned I = 0; I < Args.size(); ++I) {
        if (!Args[I]->isGLValue())
          continue;
        given(Args[I]);
        if (!Callee || I >= Callee->getNumParams())
          continue;
        QualType T = Callee->getParamDecl(I)->getType();
        if (T->isLValueReferenceType() && !T->getPointeeType().isConstQualified() &&
            !T->getPointeeType()->isRecordType() && !R.U.model(Callee))
          reassigned(Args[I]);
      }
    }
    bool VisitCallExpr(CallExpr *C) {
      if (auto Site = R.callSite(C)) {
        arguments(Site->Args, Site->Callee);
        if (Site->Object) {
          given(Site->Object);
          if (auto *O = dyn_cast<CXXOperatorCallExpr>(C); O && O->isAssignmentOp()) {
            reassigned(Site->Object);
            if (O->getOperator() == OO_Equal) {
              assigned(Site->Object);
              if (auto *D = dyn_cast<DeclRefExpr>(bare(Site->Object)))
                if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && Site->Args.size() == 1)
                  R.AssignedObjects[V].push_back(Site->Args[0]);
            }
          }
          if (auto *O = dyn_cast<CXXOperatorCallExpr>(C);
              O && (O->getOperator() == OO_PlusPlus || O->getOperator() == OO_MinusMinus))
            reassigned(Site->Object);
          if (Site->Callee && Site->Callee->getDeclName().isIdentifier() &&
              (Site->Callee->getName() == "reset" || Site->Callee->getName() == "swap"))
            reassigned(Site->Object);
        }
      }
      return true;
    }
    bool VisitCXXConstructExpr(CXXConstructExpr *C) {
      llvm::SmallVector<const Expr *, 4> Args(C->arg_begin(), C->arg_end());
      arguments(Args, C->getConstructor());
      return true;
    }
    bool VisitInitListExpr(InitListExpr *I) {
      for (Expr *Init : I->inits())
        if (Init && Init->isGLValue())
          given(Init);
      return true;
    }
    bool VisitOMPExecutableDirective(OMPExecutableDirective *D) {
      if (!InLambda)
        R.prepareDirective(D);
      return true;
    }
  } W(*this);
  W.TraverseStmt(const_cast<Stmt *>(S));
  if (auto *C = dyn_cast<CXXConstructorDecl>(F); C && !Region)
    for (const CXXCtorInitializer *I : C->inits())
      if (I->getInit()) {
        if (I->isAnyMemberInitializer())
          W.initialises(isa<CXXDefaultInitExpr>(I->getInit()) ? cast<CXXDefaultInitExpr>(I->getInit())->getExpr()
                                                              : I->getInit(),
                        B.field(B.term(TermKind::This), U.symbol(I->getAnyMember())));
        else
          W.initialises(I->getInit(), B.term(TermKind::This)); // a base, or the constructor that this one calls
        W.TraverseStmt(I->getInit());
      }
  // A number that a lambda reads may be changed there, too; Reassigned already knows, as lambdas are walked.
}

} // namespace threadbare
