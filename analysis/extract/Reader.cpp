// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function body as blocks of operations: Clang's CFG gives the order, each element becomes what it does.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/ParentMap.h"
#include "clang/AST/StmtOpenMP.h"
#include "clang/Analysis/Analyses/PostOrderCFGView.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/PostOrderIterator.h"

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
  if (auto *D = dyn_cast<OMPExecutableDirective>(S); D && readsOwn(D))
    return readStmt(S);
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

/// Whether the program is given up at the end of this block: an assertion failed, or what cannot be came to pass.
static bool endsProgram(const CFGBlock &Block) {
  if (!Block.hasNoReturnElement())
    return false;
  for (const CFGElement &E : llvm::reverse(Block))
    if (auto S = E.getAs<CFGStmt>())
      if (auto *Call = dyn_cast<CallExpr>(S->getStmt())) {
        const FunctionDecl *Callee = Call->getDirectCallee();
        const IdentifierInfo *Name = Callee ? Callee->getIdentifier() : nullptr;
        return Name && llvm::is_contained({"abort", "terminate", "unreachable", "__assert_fail", "__builtin_abort",
                                           "__builtin_trap", "__builtin_unreachable"},
                                          Name->getName()) &&
               (Callee->getBuiltinID() || Callee->isInStdNamespace() || Callee->isExternC());
      }
  return false;
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
    // The last words of a program meet nobody, and hold up nobody. What is done in any case is looked at, whatever
    // comes of it.
    if (I > 1 && endsProgram(*Sequence[I])) {
      Ops.resize(Blocks[I].First);
      for (auto *Known : {&CallOps, &PredicateCalls})
        for (auto It = Known->begin(); It != Known->end(); ++It)
          if (It->second >= Blocks[I].First)
            Known->erase(It);
    }
    Blocks[I].Count = nextOp() - Blocks[I].First;
  }
  for (std::size_t I = 0; I < Sequence.size(); ++I) {
    KnownEdges Edges;
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
        Role == "executor" || Role == "strand" || (T->getAsCXXRecordDecl() && T->getAsCXXRecordDecl()->isLambda())) {
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
    Op &O = emit(OpKind::Await, Y->getKeywordLoc());
    if (isAlwaysReady(Y))
      O.Flags |= OpReadyAwait;
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
    if (auto *Awaits = dyn_cast<CoawaitExpr>(bare(Returned)); Awaits && isa<CoreturnStmt>(S))
      if (auto It = CallOps.find(bare(Awaits->getOperand())); It != CallOps.end())
        V = B.term(TermKind::Result, It->second);
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

} // namespace threadbare
