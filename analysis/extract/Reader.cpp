// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function body as blocks of operations: Clang's CFG gives the order, each element becomes what it does.
#include "extract/Reader.h"

#include "clang/AST/ParentMap.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtOpenMP.h"
#include "clang/Analysis/Analyses/PostOrderCFGView.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/ADT/ScopeExit.h"

using namespace clang;

namespace threadbare {

FunctionReader::FunctionReader(UnitReader &U, const FunctionDecl *F)
    : U(U), B(U.B), Context(U.Context), F(F), Id(U.id(F)) {}

FunctionReader::FunctionReader(UnitReader &U, const FunctionDecl *Around, const OMPExecutableDirective *Region,
                               SymbolId Id)
    : U(U), B(U.B), Context(U.Context), F(Around), Region(Region), Id(Id) {}

Op FunctionReader::makeOp(OpKind Kind, SourceLocation Loc) {
  Op O;
  O.Kind = Kind;
  if (PlaceOverride.isValid())
    Loc = PlaceOverride;
  O.At = U.place(Loc);
  if (Loc.isMacroID())
    O.Flags |= OpMacro;
  return O;
}

Op &FunctionReader::emit(OpKind Kind, SourceLocation Loc) {
  Ops.push_back(makeOp(Kind, Loc));
  return Ops.back();
}

namespace {

const Expr *bare(const Expr *E) {
  while (E) {
    const Expr *Next = E->IgnoreParenImpCasts();
    if (auto *C = dyn_cast<ExprWithCleanups>(Next))
      Next = C->getSubExpr();
    else if (auto *M = dyn_cast<MaterializeTemporaryExpr>(Next))
      Next = M->getSubExpr();
    else if (auto *T = dyn_cast<CXXBindTemporaryExpr>(Next))
      Next = T->getSubExpr();
    if (Next == E)
      return E;
    E = Next;
  }
  return E;
}

/// The constructing expression or call that an initialiser comes down to.
const Expr *constructing(const Expr *E) {
  E = bare(E);
  while (auto *C = dyn_cast_or_null<CXXConstructExpr>(E)) {
    // An elided copy of a prvalue constructs in place.
    if (!C->getConstructor()->isCopyOrMoveConstructor() || C->getNumArgs() < 1 || C->getArg(0)->isGLValue())
      break;
    const Expr *Inner = bare(C->getArg(0));
    if (!isa<CXXConstructExpr>(Inner) && !isa<CallExpr>(Inner) && !isa<LambdaExpr>(Inner))
      break;
    E = Inner;
  }
  if (auto *I = dyn_cast_or_null<CXXFunctionalCastExpr>(E))
    return constructing(I->getSubExpr());
  return E;
}

} // namespace

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
      if (O->isIncrementDecrementOp())
        reassigned(O->getSubExpr());
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
            if (O->getOperator() == OO_Equal)
              assigned(Site->Object);
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

void FunctionReader::read() {
  Body = Region ? innerOf(Region) : F->getBody();
  if (!Body)
    return;
  const Stmt *Graphed = Body;
  if (auto *Coroutine = dyn_cast<CoroutineBodyStmt>(Body)) {
    IsCoroutine = true;
    // The whole statement gives an opaque try; the user's body has the awaits in order.
    Graphed = Coroutine->getBody();
    Body = Graphed;
  }
  bool Dependent = F->isDependentContext();
  prepare(Body);

  std::unique_ptr<CFG> Graph;
  if (!Dependent) {
    CFG::BuildOptions Options;
    Options.AddImplicitDtors = true;
    Options.AddTemporaryDtors = true;
    Options.AddInitializers = true;
    Options.AddCXXDefaultInitExprInCtors = true;
    Options.AddStaticInitBranches = false;
    for (Stmt::StmtClass K :
         {Stmt::UnaryOperatorClass, Stmt::BinaryOperatorClass, Stmt::CompoundAssignOperatorClass,
          Stmt::ImplicitCastExprClass, Stmt::LambdaExprClass, Stmt::CoawaitExprClass, Stmt::CoyieldExprClass,
          Stmt::CXXNewExprClass, Stmt::CXXDeleteExprClass, Stmt::CallExprClass, Stmt::CXXMemberCallExprClass,
          Stmt::CXXOperatorCallExprClass, Stmt::CXXConstructExprClass, Stmt::CXXTemporaryObjectExprClass})
      Options.setAlwaysAdd(K);
    Graph = CFG::buildCFG(Region ? nullptr : F, const_cast<Stmt *>(Graphed), &Context, Options);
  }
  if (Graph)
    readBlocks(*Graph);
  else {
    Linear = true;
    Blocks.emplace_back();
    readLinear(Graphed);
    Blocks[0].Count = nextOp();
  }
  finish(header());
}

void FunctionReader::readLinear(const Stmt *S) {
  if (!S || isa<LambdaExpr>(S)) {
    if (S)
      readStmt(S);
    return;
  }
  if (auto *E = dyn_cast<Expr>(S); E && isa<UnaryExprOrTypeTraitExpr, CXXNoexceptExpr, CXXTypeidExpr>(E))
    return;
  if (auto *If = dyn_cast<IfStmt>(S); If && If->isConstexpr()) {
    // Which branch exists depends on the arguments: neither is claimed.
    return;
  }
  if (auto *T = dyn_cast<CXXBindTemporaryExpr>(S); T && PlaceOverride.isValid())
    DefaultTemporaries[T] = PlaceOverride;
  for (const Stmt *Child : S->children())
    readLinear(Child);
  readStmt(S);
}

void FunctionReader::readBlocks(CFG &Graph) {
  PostOrderCFGView Order(&Graph); // iterates in reverse post-order: the entry first
  llvm::DenseMap<const CFGBlock *, std::uint32_t> Numbers;
  std::vector<const CFGBlock *> Sequence;
  for (const CFGBlock *Block : Order) {
    Numbers[Block] = static_cast<std::uint32_t>(Sequence.size());
    Sequence.push_back(Block);
  }
  Blocks.resize(Sequence.size());
  for (std::size_t I = 0; I < Sequence.size(); ++I) {
    Blocks[I].First = nextOp();
    for (const CFGElement &E : *Sequence[I])
      readElement(E);
    Blocks[I].Count = nextOp() - Blocks[I].First;
  }
  for (std::size_t I = 0; I < Sequence.size(); ++I) {
    std::vector<std::pair<unsigned, std::vector<Op>>> Edges;
    readCondition(*Sequence[I], Edges);
    unsigned Edge = 0;
    for (const CFGBlock::AdjacentBlock &Next : Sequence[I]->succs()) {
      const CFGBlock *To = Next.getReachableBlock();
      auto Number = To ? Numbers.find(To) : Numbers.end();
      if (Number != Numbers.end()) {
        std::uint32_t Target = Number->second;
        for (auto &[At, Known] : Edges)
          if (At == Edge && !Known.empty()) {
            PendingBlock Between;
            Between.First = nextOp();
            Ops.insert(Ops.end(), Known.begin(), Known.end());
            Between.Count = static_cast<std::uint32_t>(Known.size());
            Between.Successors.push_back(Target);
            Target = static_cast<std::uint32_t>(Blocks.size());
            Blocks.push_back(std::move(Between));
          }
        Blocks[I].Successors.push_back(Target);
      }
      ++Edge;
    }
  }
}

void FunctionReader::readElement(const CFGElement &E) {
  if (auto S = E.getAs<CFGStmt>()) {
    if (!InRegion.contains(S->getStmt()))
      readStmt(S->getStmt());
  } else if (auto I = E.getAs<CFGInitializer>()) {
    const CXXCtorInitializer *Init = I->getInitializer();
    if (!Init->isAnyMemberInitializer() || !Init->getInit())
      return;
    const FieldDecl *Fd = Init->getAnyMember();
    TermIndex To = B.field(B.term(TermKind::This), U.symbol(Fd));
    QualType T = Fd->getType();
    llvm::StringRef Role = U.role(T);
    if (T->isReferenceType() || T->isPointerType() || Role == "callable" || Role == "smart-pointer" ||
        Role == "executor" || (T->getAsCXXRecordDecl() && T->getAsCXXRecordDecl()->isLambda())) {
      TermIndex V = T->isReferenceType() ? B.address(location(Init->getInit())) : callableOf(Init->getInit());
      if (V) {
        Op &O = emit(OpKind::Store, Init->getSourceLocation());
        O.A = To;
        O.B = V;
      }
    } else if (T->isIntegerType()) {
      // A descriptor that was opened here, or given.
      TermIndex V = value(Init->getInit());
      bool Given = V && B.get(V).Kind == TermKind::Load && B.get(B.get(V).A).Kind == TermKind::Param;
      if (Given || (V && B.get(V).Kind == TermKind::Result)) {
        Op &O = emit(OpKind::Store, Init->getSourceLocation());
        O.A = To;
        O.B = V;
      }
    }
  } else if (auto D = E.getAs<CFGAutomaticObjDtor>()) {
    const VarDecl *V = D->getVarDecl();
    emitDestroy(V->getType(), variable(V), V->getLocation());
  } else if (auto D = E.getAs<CFGTemporaryDtor>()) {
    const CXXBindTemporaryExpr *T = D->getBindTemporaryExpr();
    const Expr *Sub = constructing(T->getSubExpr());
    auto Default = DefaultTemporaries.find(T);
    emitDestroy(T->getType(), Destinations.count(Sub) ? NoTerm : object(Sub),
                Default != DefaultTemporaries.end() ? Default->second : T->getExprLoc());
  } else if (auto D = E.getAs<CFGMemberDtor>()) {
    emitDestroy(D->getFieldDecl()->getType(), B.field(B.term(TermKind::This), U.symbol(D->getFieldDecl())),
                F->getLocation());
  } else if (auto D = E.getAs<CFGBaseDtor>()) {
    emitDestroy(D->getBaseSpecifier()->getType(), B.term(TermKind::This), F->getLocation());
  } else if (auto D = E.getAs<CFGDeleteDtor>()) {
    const CXXDeleteExpr *Del = D->getDeleteExpr();
    QualType T = Del->getDestroyedType();
    if (!T.isNull())
      emitDestroy(T, B.pointee(value(Del->getArgument())), Del->getBeginLoc());
  }
}

void FunctionReader::readStmt(const Stmt *S) {
  if (auto *D = dyn_cast<OMPExecutableDirective>(S))
    return readDirective(D);
  if (isa<CallExpr>(S) || isa<CXXConstructExpr>(S)) {
    readCall(cast<Expr>(S));
    return;
  }
  if (auto *C = dyn_cast<ImplicitCastExpr>(S)) {
    if (C->getCastKind() == CK_LValueToRValue)
      readAccess(C->getSubExpr(), AccessKind::Read, C->getExprLoc());
    return;
  }
  if (auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->isIncrementDecrementOp() && UO->getType()->isPointerType())
      if (TermIndex At = location(UO->getSubExpr()); At && B.get(At).Kind == TermKind::Local) {
        // A pointer that walks on: what it pointed to when work was handed over is another place.
        Op &O = emit(OpKind::Declare, UO->getExprLoc());
        O.A = At;
        Op &Unknown = emit(OpKind::Store, UO->getExprLoc());
        Unknown.A = At;
      }
    if (UO->isIncrementDecrementOp())
      readAccess(UO->getSubExpr(), UO->getType()->isPointerType() ? AccessKind::Modify : AccessKind::Add,
                 UO->getExprLoc());
    return;
  }
  if (auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isAssignmentOp())
      readAssignment(BO);
    return;
  }
  if (auto *D = dyn_cast<DeclStmt>(S))
    return readDeclaration(D);
  if (auto *A = dyn_cast<CoawaitExpr>(S))
    return readAwait(A->getOperand(), A);
  if (auto *A = dyn_cast<DependentCoawaitExpr>(S))
    return readAwait(A->getOperand(), A);
  if (auto *Y = dyn_cast<CoyieldExpr>(S)) {
    emit(OpKind::Await, Y->getKeywordLoc());
    return;
  }
  if (auto *N = dyn_cast<CXXNewExpr>(S)) {
    Op &O = emit(OpKind::Declare, N->getBeginLoc());
    O.A = object(N);
    // Of a dependent type there is only a list in parentheses, which has no type, whatever is in it.
    if (const Expr *Init = N->getInitializer();
        Init && !N->isArray() && !N->getAllocatedType()->isDependentType() && !Init->isTypeDependent()) {
      storePart(object(N), N->getAllocatedType(), Init, N->getBeginLoc());
      storeFields(Init, object(N));
    }
    return;
  }
  const Expr *Returned = nullptr;
  if (auto *R = dyn_cast<ReturnStmt>(S)) {
    Returned = R->getRetValue();
    readReturnedReadiness(Returned);
  } else if (auto *R = dyn_cast<CoreturnStmt>(S))
    Returned = R->getOperand();
  if (Returned && !Returned->isTypeDependent() && !Returned->getType()->isVoidType()) {
    TermIndex V = Returned->isGLValue() && F->getReturnType()->isReferenceType() ? B.address(location(Returned))
                                                                                 : callableOf(Returned);
    if (V) {
      Op &O = emit(OpKind::Return, S->getBeginLoc());
      O.B = V;
    }
    if (Returned->getType()->isRecordType())
      storeFields(Returned, B.term(TermKind::ReturnSlot));
    if (auto *C = dyn_cast<CXXConstructExpr>(bare(Returned));
        C && C->getConstructor()->isCopyOrMoveConstructor() && C->getNumArgs() >= 1) {
      Op &O = emit(OpKind::Move, S->getBeginLoc());
      O.A = location(C->getArg(0));
      O.B = B.term(TermKind::ReturnSlot);
    } else if (auto *D = dyn_cast<DeclRefExpr>(bare(Returned));
               D && isa<CoreturnStmt>(S) && Returned->getType()->isRecordType()) {
      // A local is moved into what the promise keeps.
      Op &O = emit(OpKind::Move, S->getBeginLoc());
      O.A = location(D);
      O.B = B.term(TermKind::ReturnSlot);
    }
  }
}

/// if (id == 0): where the thread's own number decides, one thread only goes on.
void FunctionReader::onlyOneThread(const Expr *Number, std::int64_t, bool Negated,
                                   std::vector<std::pair<unsigned, std::vector<Op>>> &Edges) {
  Number = bare(Number);
  if (!Number->getType()->isIntegerType())
    return;
  TermIndex V = NoTerm;
  if (auto *Call = dyn_cast<CallExpr>(Number)) {
    // One thread of all gets PTHREAD_BARRIER_SERIAL_THREAD.
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (Callee && Callee->getDeclName().isIdentifier() && Callee->getName() == "pthread_barrier_wait")
      V = B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
    else if (Callee && Callee->getDeclName().isIdentifier() && Callee->getName() == "omp_get_thread_num")
      V = B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
  } else {
    V = value(Number);
  }
  if (!V)
    return;
  const Term &T = B.get(V);
  bool Own = T.Flags & TermThreadOwn;
  if (T.Kind == TermKind::Load) {
    TermKind K = B.get(T.A).Kind;
    Own = K == TermKind::Param || K == TermKind::Capture;
  }
  if (!Own)
    return;
  Op O = makeOp(OpKind::Acquire, Number->getExprLoc());
  O.A = B.element(B.global(OnlyOneThread), V);
  Edges.push_back({Negated ? 1u : 0u, {O}});
}

/// The future that a condition asks for, and whether it is ready where the condition is true or where it is false.
std::optional<FunctionReader::ReadyFuture> FunctionReader::asksWhetherReady(const Expr *Condition) {
  bool Negated = false;
  std::optional<std::int64_t> Compared;
  const Expr *E = bare(Condition);
  for (unsigned Depth = 0; E && Depth < 8; ++Depth) {
    if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_LNot) {
      Negated = !Negated;
      E = bare(UO->getSubExpr());
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isEqualityOp()) {
      const Expr *L = BO->getLHS(), *R = BO->getRHS();
      auto C = constantOf(R);
      if (!C && (C = constantOf(L)))
        std::swap(L, R);
      if (!C || Compared)
        return std::nullopt;
      if (BO->getOpcode() == BO_NE)
        Negated = !Negated;
      Compared = C;
      E = bare(L);
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->getOpcode() == BO_Assign) {
      E = bare(BO->getRHS());
    } else if (auto *D = dyn_cast<DeclRefExpr>(E)) {
      auto *V = dyn_cast<VarDecl>(D->getDecl());
      E = V ? onlyInit(V) : nullptr;
      E = E ? bare(E) : nullptr;
    } else if (auto *RW = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
      E = RW->getSemanticForm();
    } else {
      break;
    }
  }
  auto *Call = dyn_cast_or_null<CallExpr>(E);
  auto Site = Call ? callSite(Call) : std::nullopt;
  const catalog::FunctionModel *M = Site && Site->Callee ? U.model(Site->Callee) : nullptr;
  if (!M || !M->Readies || M->ReadyIf.empty())
    return std::nullopt;
  llvm::StringRef Wanted = M->ReadyIf;
  bool Other = Wanted.consume_front("not ");
  auto Ready = catalog::resolveConstant(Wanted);
  if (!Ready)
    return std::nullopt;
  bool IfTrue = true;
  if (Other) {
    // Whatever it is but this one: "!= pending", or "== done".
    if (!Compared)
      return std::nullopt;
    IfTrue = *Compared != *Ready;
  } else if (Compared) {
    // "!= timeout" says nothing of "ready"; of a truth value, what is not the one is the other.
    if (*Compared != *Ready) {
      if (!Call->getType()->isBooleanType())
        return std::nullopt;
      IfTrue = false;
    } else {
      IfTrue = true;
    }
  } else {
    IfTrue = *Ready != 0;
  }
  ReadyFuture Found;
  Found.Future = operandLocation(*Site, M->Readies);
  Found.IfTrue = IfTrue != Negated;
  return Found.Future ? std::optional(Found) : std::nullopt;
}

/// `return f.valid() && f.wait_for(0s) == std::future_status::ready;`: what callers know where it returned true, and of
/// `return !f.valid() || f.wait_for(0s) != std::future_status::ready;` where it returned false.
void FunctionReader::readReturnedReadiness(const Expr *Returned) {
  if (!Returned || !Returned->getType()->isBooleanType() || Returned->isInstantiationDependent())
    return;
  for (bool True : {true, false}) {
    // Another return may say the same for another reason.
    bool Only = llvm::all_of(Returns, [&](const Expr *Other) {
      auto C = Other && Other != Returned ? constantOf(Other) : std::optional<std::int64_t>(!True);
      return !Other || (C && (*C != 0) != True);
    });
    if (!Only)
      continue;
    llvm::SmallVector<const Expr *, 4> Parts{bare(Returned)};
    while (!Parts.empty()) {
      const Expr *E = Parts.pop_back_val();
      if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->getOpcode() == (True ? BO_LAnd : BO_LOr)) {
        Parts.push_back(bare(BO->getLHS()));
        Parts.push_back(bare(BO->getRHS()));
      } else if (auto Asked = asksWhetherReady(E); Asked && Asked->IfTrue == True) {
        Op &O = emit(OpKind::Ready, Returned->getExprLoc());
        O.A = Asked->Future;
        O.Sub = !True;
        O.Flags |= OpIfReturned;
      }
    }
  }
}

/// What each way out of a block knows: a lock that was tried, a future found ready, a thread that is not joinable, an
/// atomic flag seen set, a container of threads joined by the loop that ends.
void FunctionReader::readCondition(const CFGBlock &Block, std::vector<std::pair<unsigned, std::vector<Op>>> &Edges) {
  const Stmt *Terminator = Block.getTerminatorStmt();
  if (!Terminator || Block.succ_size() != 2)
    return;
  if (auto It = LoopJoins.find(Terminator); It != LoopJoins.end()) {
    std::vector<Op> Known;
    for (TermIndex Handle : It->second) {
      Op O = makeOp(OpKind::Join, Terminator->getEndLoc());
      O.A = Handle;
      Known.push_back(O);
    }
    Edges.emplace_back(1, std::move(Known));
  }
  if (auto It = LoopSeen.find(Terminator); It != LoopSeen.end()) {
    std::vector<Op> Known;
    for (TermIndex Object : It->second) {
      Op O = makeOp(OpKind::Observe, Terminator->getEndLoc());
      O.A = Object;
      Known.push_back(O);
    }
    Edges.emplace_back(1, std::move(Known));
  }
  const Expr *Condition = Block.getLastCondition();
  if (!Condition)
    return;
  bool Negated = false;
  const Expr *E = bare(Condition);
  std::optional<std::int64_t> Compared;
  bool Compares = false;
  for (unsigned Depth = 0; E && Depth < 8; ++Depth) {
    if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_LNot) {
      Negated = !Negated;
      E = bare(UO->getSubExpr());
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isEqualityOp()) {
      const Expr *L = BO->getLHS(), *R = BO->getRHS();
      auto C = constantOf(R);
      if (!C && (C = constantOf(L)))
        std::swap(L, R);
      if (!C && !isa<CallExpr>(bare(L)) && isa<CallExpr>(bare(R)))
        std::swap(L, R);
      if (!C && !isa<CallExpr>(bare(L)))
        return;
      if (!C)
        C = 1; // a flag that has another's value: not what it began with
      onlyOneThread(L, *C, BO->getOpcode() == BO_EQ ? Negated : !Negated, Edges);
      if (BO->getOpcode() == BO_NE)
        Negated = !Negated;
      Compared = C;
      Compares = true;
      E = bare(L);
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isAssignmentOp()) {
      E = bare(BO->getRHS());
    } else if (auto *D = dyn_cast<DeclRefExpr>(E)) {
      auto *V = dyn_cast<VarDecl>(D->getDecl());
      const Expr *Init = V ? onlyInit(V) : nullptr;
      if (!Init || U.role(V->getType()) == "guard")
        break;
      E = bare(Init);
    } else if (auto *RW = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
      E = RW->getSemanticForm();
    } else {
      break;
    }
  }
  auto *Call = dyn_cast_or_null<CallExpr>(E);
  if (!Call)
    return;
  auto Site = callSite(Call);
  if (!Site || !Site->Callee)
    return;
  auto Edge = [&](bool IfTrue) { return IfTrue != Negated ? 0u : 1u; };
  const catalog::FunctionModel *M = U.model(Site->Callee);
  llvm::StringRef Name = Site->Callee->getDeclName().isIdentifier() ? Site->Callee->getName() : "";
  SourceLocation Loc = Call->getExprLoc();

  if (Site->Object && U.role(Site->Object->getType()) == "guard" &&
      (Name == "owns_lock" || isa<CXXConversionDecl>(Site->Callee))) {
    TermIndex Guard = location(Site->Object);
    Op Lost = makeOp(OpKind::Release, Loc);
    Lost.B = Guard;
    Edges.push_back({Edge(false), {Lost}});
    if (auto *D = dyn_cast<DeclRefExpr>(bare(Site->Object)))
      if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && TriedGuards.contains(V)) {
        std::vector<Op> Known;
        for (TermIndex Lock : GuardLocks[V]) {
          Op O = makeOp(OpKind::Acquire, Loc);
          O.A = Lock;
          O.B = Guard;
          Known.push_back(O);
        }
        Edges.push_back({Edge(true), std::move(Known)});
      }
    return;
  }
  if (Name == "joinable" && Site->Object) {
    Op O = makeOp(OpKind::Join, Loc);
    O.A = location(Site->Object);
    Edges.push_back({Edge(false), {O}});
    return;
  }
  if (M && M->Readies && !M->ReadyIf.empty()) {
    auto Asked = asksWhetherReady(Condition);
    if (!Asked)
      return;
    Op Ready = makeOp(OpKind::Ready, Loc), Joined = makeOp(OpKind::Join, Loc);
    Ready.A = Joined.A = Asked->Future;
    std::vector<Op> Known{Ready};
    if (Site->Object && U.role(Site->Object->getType()) == "future")
      Known.push_back(Joined);
    Edges.push_back({Asked->IfTrue ? 0u : 1u, std::move(Known)});
    return;
  }
  if ((Name == "is_ready" || Name == "isReady" || Name == "ready" || Name == "isFinished") && Site->Object) {
    Op Ready = makeOp(OpKind::Ready, Loc);
    Ready.A = location(Site->Object);
    Edges.push_back({Edge(true), {Ready}});
  }
  // A function of the project's own that asks on our behalf.
  if (!M && !Compares && Call->getType()->isBooleanType())
    if (auto It = CallOps.find(Call); It != CallOps.end()) {
      for (bool True : {true, false}) {
        Op Ready = makeOp(OpKind::Ready, Loc);
        Ready.B = B.term(TermKind::Result, It->second);
        Ready.Sub = !True;
        Edges.push_back({Edge(True), {Ready}});
      }
    }
  if (!M)
    return;
  if (M->Acquires && M->Acquires->Try) {
    bool OwnedIfTrue = !M->Acquires->ZeroIsSuccess;
    if (Compares)
      OwnedIfTrue = (*Compared == 0) == M->Acquires->ZeroIsSuccess;
    Op O = makeOp(OpKind::Acquire, Loc);
    TermIndex Lock = operandLocation(*Site, M->Acquires->Lock);
    O.Sub = static_cast<std::uint8_t>(M->Acquires->Shared ? LockMode::Shared : LockMode::Exclusive);
    O.A = Lock;
    std::vector<Op> Known;
    const Expr *LockExpr = operandExpr(*Site, M->Acquires->Lock);
    if (LockExpr && U.role(LockExpr->getType()) == "guard") {
      O.B = Lock;
      if (auto *D = dyn_cast<DeclRefExpr>(bare(LockExpr)))
        for (TermIndex L : GuardLocks[cast<VarDecl>(D->getDecl())]) {
          O.A = L;
          Known.push_back(O);
        }
    } else {
      Known.push_back(O);
    }
    Edges.push_back({Edge(OwnedIfTrue), std::move(Known)});
    if (!O.B) {
      Op Not = makeOp(OpKind::Release, Loc);
      Not.A = Lock;
      Not.Flags |= OpMaybe;
      Edges.push_back({Edge(!OwnedIfTrue), {Not}});
    }
    return;
  }
  if (M->Observes && M->ObservesIfTrue) {
    Op O = makeOp(OpKind::Observe, Loc);
    O.A = operandLocation(*Site, M->Observes);
    bool IfTrue = !Compares || *Compared != 0;
    Edges.push_back({Edge(IfTrue), {O}});
  }
}

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
