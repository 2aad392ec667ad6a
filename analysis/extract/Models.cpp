// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the catalog's model of a function says that a call does.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/StringSwitch.h"

#include <functional>

using namespace clang;

namespace threadbare {

/// The same place in every element of the containers on the way to it.
TermIndex FunctionReader::everyElement(TermIndex At) {
  if (!At)
    return NoTerm;
  Term Node = B.get(At);
  switch (Node.Kind) {
  case TermKind::Element:
    return B.element(everyElement(Node.A), NoTerm, /*Any=*/true);
  case TermKind::Field:
    return B.field(everyElement(Node.A), Node.Id);
  case TermKind::Pointee:
    return B.pointee(everyElement(Node.A));
  case TermKind::Load:
    return B.load(everyElement(Node.A));
  default:
    return At;
  }
}

static const DeclRefExpr *behindArrow(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_Deref)
    E = UO->getSubExpr()->IgnoreParenImpCasts();
  return dyn_cast<DeclRefExpr>(E);
}

/// True if the model says all there is to say, so that no call is recorded.
bool FunctionReader::readModel(const CallSite &C, const catalog::FunctionModel &M) {
  SourceLocation Loc = placeOf(C.E);
  bool Effects = false;
  for (const catalog::SpawnModel &S : M.Spawns) {
    readSpawn(C, M, S);
    Effects = true;
  }
  for (const catalog::Operand &J : M.Joins) {
    llvm::SmallVector<TermIndex, 4> Handles;
    // for (auto *t : {&a, &b}) t->join();
    if (const Expr *Object = operandExpr(C, J))
      if (const DeclRefExpr *D = behindArrow(Object))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && V->getType()->isPointerType())
          if (auto It = RangeOf.find(V); It != RangeOf.end()) {
            const Expr *Init = It->second->IgnoreImpCasts();
            if (auto *S = dyn_cast<CXXStdInitializerListExpr>(Init))
              Init = S->getSubExpr()->IgnoreImpCasts();
            while (auto *T = dyn_cast<MaterializeTemporaryExpr>(Init))
              Init = T->getSubExpr()->IgnoreImpCasts();
            if (auto *S = dyn_cast<CXXStdInitializerListExpr>(Init))
              Init = S->getSubExpr()->IgnoreImpCasts();
            while (auto *T = dyn_cast<MaterializeTemporaryExpr>(Init))
              Init = T->getSubExpr()->IgnoreImpCasts();
            if (auto *L = dyn_cast<InitListExpr>(Init))
              for (const Expr *Item : L->inits())
                Handles.push_back(B.pointee(value(Item)));
          }
    if (Handles.empty())
      Handles.push_back(operandLocation(C, J));
    for (TermIndex Handle : Handles) {
      Op &O = emit(OpKind::Join, Loc);
      O.A = Handle;
    }
    // A loop that joins one element after the other has joined them all when it ends.
    for (const Stmt *P = parentOf(C.E); P; P = parentOf(P))
      if (isa<ForStmt>(P) || isa<CXXForRangeStmt>(P) || isa<WhileStmt>(P))
        for (TermIndex Handle : Handles) {
          TermIndex All = everyElement(Handle);
          if (All)
            LoopJoins[P].push_back(All);
        }
    Effects = true;
  }
  if (M.Acquires && !M.Acquires->Try) {
    const Expr *LockExpr = operandExpr(C, M.Acquires->Lock);
    TermIndex Lock = lockLocation([&] { return operandLocation(C, M.Acquires->Lock); });
    Op O = makeAcquire(LockExpr, M.Acquires->Shared, Loc);
    if (LockExpr && U.role(LockExpr->getType()) == "guard") {
      llvm::SmallVector<TermIndex, 4> Locks;
      if (auto *D = dyn_cast<DeclRefExpr>(LockExpr->IgnoreParenImpCasts()))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()))
          Locks = GuardLocks.lookup(V);
      if (Locks.empty())
        Locks.push_back(NoTerm); // some lock: what it protects is not claimed to be unprotected
      O.B = Lock;
      for (TermIndex L : Locks) {
        O.A = L;
        Ops.push_back(O);
      }
    } else {
      O.A = Lock;
      Ops.push_back(O);
    }
    Effects = true;
  }
  if (M.Acquires && M.Acquires->Try) {
    const Expr *LockExpr = operandExpr(C, M.Acquires->Lock);
    if (LockExpr && U.role(LockExpr->getType()) != "guard") {
      Op O = makeAcquire(LockExpr, M.Acquires->Shared, Loc);
      O.A = lockLocation([&] { return operandLocation(C, M.Acquires->Lock); });
      O.Flags |= OpMaybe;
      Ops.push_back(O);
    }
    Effects = true;
  }
  if (M.Releases) {
    const Expr *LockExpr = operandExpr(C, M.Releases->Lock);
    TermIndex Lock = lockLocation([&] { return operandLocation(C, M.Releases->Lock); });
    Op &O = emit(OpKind::Release, Loc);
    if (LockExpr && U.role(LockExpr->getType()) == "guard")
      O.B = Lock;
    else
      O.A = Lock;
    Effects = true;
  }
  if (M.Rebinds) {
    TermIndex Thread = operandLocation(C, M.RebindsTo), Object = operandLocation(C, M.Rebinds);
    Op &O = emit(OpKind::Store, Loc);
    O.A = Object;
    O.B = B.term(TermKind::Executor, Thread, static_cast<std::uint32_t>(ExecutorKind::Loop));
    Effects = true;
  }
  if (M.RunsLoop) {
    Op &O = emit(OpKind::RunLoop, Loc);
    O.A = operandLocation(C, M.RunsLoop);
    Effects = true;
  }
  bool Parallel = callsInParallel(C, M);
  Effects |= Parallel;
  for (const catalog::Operand &K : M.Calls) {
    if (Parallel)
      break;
    const Expr *Callable = operandExpr(C, K);
    if (!Callable || Callable->isTypeDependent())
      continue;
    if (M.Completes) {
      readInitiation(C, K, M.Completes);
      Effects = true;
      continue;
    }
    if (M.CallsWith) {
      const FunctionDecl *Named = designated(Callable);
      const Expr *With = operandExpr(C, M.CallsWith);
      if (Named && With)
        emitCall({C.E, Named, nullptr, {With}});
      Effects = true;
      continue;
    }
    TermIndex Target = callableOf(Callable);
    if (!Target)
      continue;
    // &std::thread::join, called with every element.
    if (const FunctionDecl *Method = designated(Callable))
      if (const catalog::FunctionModel *MM = U.model(Method); MM && !MM->Joins.empty() && !C.Args.empty()) {
        TermIndex Elements = U.role(C.Args[0]->getType()) == "container" ? B.element(location(C.Args[0]), NoTerm, true)
                                                                         : B.pointee(value(C.Args[0]));
        if (Elements) {
          Op &O = emit(OpKind::Join, Loc);
          O.A = everyElement(Elements);
        }
      }
    std::vector<TermIndex> Args = calledWith(C, K, /*Parallel=*/false);
    TermIndex Once = M.CallsOnce ? operandLocation(C, catalog::Operand{catalog::Operand::Argument, 0, ""}) : NoTerm;
    if (Once) {
      Op &O = emit(OpKind::Acquire, Loc);
      O.A = Once;
    }
    if (TermKind Known = B.get(Target).Kind;
        !M.IfTrue.empty() && (Known == TermKind::Closure || Known == TermKind::Function || Known == TermKind::Bound))
      PredicateCalls.try_emplace(C.E, nextOp());
    emitCallOf(Target, Args, Loc, writtenName(C));
    if (Once) {
      Op &Left = emit(OpKind::Release, Loc);
      Left.A = Once;
      // Who comes here later sees what was done under the flag.
      Op &Seen = emit(OpKind::Observe, Loc);
      Seen.A = Once;
    }
    Effects = true;
  }
  if (M.Stores) {
    const Expr *Container = operandExpr(C, M.Stores);
    TermIndex Slot = B.element(objectOf(Container), NoTerm);
    if (M.Constructs && Container) {
      // A new element each time.
      Op &O = emit(OpKind::Declare, Loc);
      O.A = object(C.E);
      Slot = B.element(objectOf(Container), B.load(object(C.E)));
    }
    bool Whole = true;
    if (M.Constructs && Container) {
      // threads.emplace_back(f): the element is constructed from what follows.
      const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
          (Container->getType()->isPointerType() ? Container->getType()->getPointeeType() : Container->getType())
              ->getAsCXXRecordDecl());
      // A map's value comes behind its key.
      unsigned Key = Spec && Spec->getName().ends_with("map");
      QualType T;
      if (Spec && Spec->getTemplateArgs().size() > Key &&
          Spec->getTemplateArgs()[Key].getKind() == TemplateArgument::Type)
        T = Spec->getTemplateArgs()[Key].getAsType();
      if (!T.isNull() && (!Key || C.Args.size() > Key)) {
        constructElement(C, T, Slot, Key);
        // An object built of several values is none of them.
        const CXXRecordDecl *R = T->getAsCXXRecordDecl();
        const Expr *First = operandExpr(C, M.StoresValue);
        if (R && First && U.role(T) != "callable" && U.role(T) != "smart-pointer" && U.role(T) != "thread" &&
            U.role(T) != "joining-thread" && U.role(T) != "future" && First->getType()->getAsCXXRecordDecl() != R)
          Whole = false;
      }
    }
    if (M.StoresValue && Whole) {
      const Expr *V = operandExpr(C, M.StoresValue);
      if (V && Slot)
        storeFields(V, Slot);
      if (V && Slot) {
        llvm::StringRef Role = U.role(V->getType());
        if (Role == "thread" || Role == "joining-thread" || Role == "future" || Role == "guard") {
          TermIndex From = location(V);
          if (From) {
            Op &O = emit(OpKind::Move, Loc);
            O.A = From;
            O.B = Slot;
          }
        } else if (TermIndex Known = callableOf(V)) {
          Op &O = emit(OpKind::Store, Loc);
          O.A = Slot;
          O.B = Known;
        }
      }
    }
    Effects = true;
  }
  if (M.Allocates) {
    QualType T;
    if (C.Callee->getTemplateSpecializationArgs() && C.Callee->getTemplateSpecializationArgs()->size() &&
        C.Callee->getTemplateSpecializationArgs()->get(0).getKind() == TemplateArgument::Type)
      T = C.Callee->getTemplateSpecializationArgs()->get(0).getAsType();
    Op &O = emit(OpKind::Declare, Loc);
    O.A = object(C.E);
    if (!T.isNull())
      constructElement(C, T, object(C.E), 0);
    Effects = true;
  }
  bool Last = C.Callee->getDeclName().isIdentifier() && (C.Callee->getName() == "back" || C.Callee->getName() == "top");
  if (M.PointsInto && !M.Constructs && (Last || looksUp(C, M))) {
    Op &O = emit(OpKind::Declare, Loc);
    O.A = object(C.E);
  }
  if (M.Publishes && !M.CallsOnce) {
    Op &O = emit(OpKind::Publish, Loc);
    O.A = operandLocation(C, M.Publishes);
    Effects = true;
  }
  // ++running; ... --running: who does not look at what a read-modify-write found has waited for nobody.
  bool Looks = !M.Publishes || !isUnused(C.E);
  if (M.Observes && !M.ObservesIfTrue && !M.CallsOnce && Looks) {
    Op &O = emit(OpKind::Observe, Loc);
    O.A = operandLocation(C, M.Observes);
    Effects = true;
    // while (!done) wait(): who finds it done at once does not wait, but sees as much.
    if (C.Callee->getDeclName().isIdentifier() && C.Callee->getName().contains("wait"))
      for (const Stmt *P = parentOf(C.E); P; P = parentOf(P))
        if (isa<ForStmt>(P) || isa<WhileStmt>(P))
          LoopSeen[P].push_back(O.A);
  }
  if (M.Nonblocking) {
    bool Holds = true;
    for (const catalog::ConditionEntry &E : M.NonblockingIf) {
      const Expr *A = operandExpr(C, E.Arg);
      auto V = constantOf(A);
      auto Wanted = catalog::resolveConstant(E.Value);
      if (!V && A)
        if (TermIndex T = value(A); T && E.When == "arg-has-flag") {
          // flags | O_NONBLOCK, where only a part is known.
          std::function<bool(const Expr *)> Names = [&](const Expr *X) -> bool {
            X = X->IgnoreParenImpCasts();
            if (auto *BO = dyn_cast<BinaryOperator>(X); BO && BO->getOpcode() == BO_Or)
              return Names(BO->getLHS()) || Names(BO->getRHS());
            auto K = constantOf(X);
            return K && Wanted && (*K & *Wanted) == *Wanted;
          };
          if (Names(A))
            V = Wanted;
          else if (auto *D = dyn_cast<DeclRefExpr>(A->IgnoreParenImpCasts()))
            if (auto *Var = dyn_cast<VarDecl>(D->getDecl()); Var && Var->hasInit() && Reassigned.contains(Var))
              V = Wanted; // flags |= O_NONBLOCK; the usual three lines
        }
      if (!V || !Wanted)
        Holds = false;
      else if (E.When == "arg-has-flag")
        Holds &= (*V & *Wanted) == *Wanted;
      else if (E.When == "arg-equals")
        Holds &= *V == *Wanted;
    }
    if (Holds) {
      if (M.Nonblocking.Kind == catalog::Operand::Result) {
        // The call is recorded as the value that the descriptor has from here on.
        MadeNonblocking = C.E;
        if (!U.blocking(C.Callee)) {
          CallOps[C.E] = nextOp();
          Op &Opened = emit(OpKind::Call, Loc);
          Opened.Symbol = U.id(C.Callee);
          Opened.Name = B.string(writtenName(C));
        }
      } else if (const Expr *A = operandExpr(C, M.Nonblocking)) {
        TermIndex Made = A->getType()->isRecordType() ? B.address(location(A)) : value(A);
        Op &O = emit(OpKind::MakeNonblocking, Loc);
        O.A = Made;
      }
    }
    Effects = true;
  }
  return Effects || M.Passes || M.PointsInto || M.PointsTo || M.Binds || M.ExecutorOf || !M.ExecutorIs.empty() ||
         M.ThreadOwnResult || M.IsNonblocking || M.Switch || M.Readies;
}

} // namespace threadbare
