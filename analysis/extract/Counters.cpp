// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which part of an array a loop walks: where its counter starts, how far it goes, and which of its rounds are one
// thread's business. Two threads that walk different parts do not meet.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "llvm/Support/SaveAndRestore.h"

#include <functional>

using namespace clang;

namespace threadbare {

static const VarDecl *variableOf(const Expr *E) {
  auto *D = dyn_cast<DeclRefExpr>(bare(E));
  return D ? dyn_cast<VarDecl>(D->getDecl()) : nullptr;
}

bool FunctionReader::isWithin(const Stmt *S, const Stmt *Outer) {
  while (S && S != Outer)
    S = parentOf(S);
  return S != nullptr;
}

static const Stmt *bodyOf(const Stmt *Loop) {
  if (auto *L = dyn_cast<ForStmt>(Loop))
    return L->getBody();
  if (auto *L = dyn_cast<WhileStmt>(Loop))
    return L->getBody();
  return nullptr;
}

static const Expr *conditionOf(const Stmt *Loop) {
  if (auto *L = dyn_cast<ForStmt>(Loop))
    return L->getCond();
  if (auto *L = dyn_cast<WhileStmt>(Loop))
    return L->getCond();
  return nullptr;
}

/// The innermost loop around \p Use that changes \p V from one round to the next.
const Stmt *FunctionReader::loopOf(const Expr *Use, const VarDecl *V) {
  auto Known = Changes.find(V);
  if (Known == Changes.end())
    return nullptr;
  for (const Stmt *P = parentOf(Use); P; P = parentOf(P))
    if (bodyOf(P) && isWithin(Use, bodyOf(P)) &&
        llvm::any_of(Known->second, [&](const Expr *Change) { return isWithin(Change, P); }))
      return P;
  return nullptr;
}

/// What \p Init assigns to \p V: i = a, or that in j = b, i = a.
static const Expr *assignedBy(const Stmt *Init, const VarDecl *V) {
  auto *BO = dyn_cast_or_null<BinaryOperator>(Init);
  if (!BO)
    return nullptr;
  if (BO->getOpcode() == BO_Assign && variableOf(BO->getLHS()) == V)
    return BO->getRHS();
  if (BO->getOpcode() != BO_Comma)
    return nullptr;
  const Expr *Last = assignedBy(BO->getRHS(), V);
  return Last ? Last : assignedBy(BO->getLHS(), V);
}

/// What a loop's counter starts with, where it is used.
const Expr *FunctionReader::startOf(const Expr *Use, const VarDecl *V) {
  const Stmt *Loop = Assigned.contains(V) || !V->hasInit() ? loopOf(Use, V) : nullptr;
  if (auto *For = dyn_cast_or_null<ForStmt>(Loop))
    if (const Expr *Start = assignedBy(For->getInit(), V))
      return Start;
  if (V->hasInit() || !Loop)
    return V->getInit();
  // int i; ... i = first; while (i < last)
  const Expr *Start = nullptr;
  for (const Expr *Change : Changes.lookup(V))
    if (const Expr *Value = assignedBy(Change, V)) {
      if (Start || isWithin(Change, Loop))
        return nullptr;
      Start = Value;
    }
  return Start;
}

/// By how much a change of a counter changes it; 0 where that is not known.
std::int64_t FunctionReader::stepOf(const Expr *Change) {
  if (auto *UO = dyn_cast<UnaryOperator>(Change))
    return UO->isIncrementOp() ? 1 : UO->isDecrementOp() ? -1 : 0;
  auto *BO = dyn_cast<BinaryOperator>(Change);
  auto By = BO && (BO->getOpcode() == BO_AddAssign || BO->getOpcode() == BO_SubAssign) ? constantOf(BO->getRHS())
                                                                                       : std::nullopt;
  return !By ? 0 : BO->getOpcode() == BO_AddAssign ? *By : -*By;
}

/// Where \p Condition ends a walk: one past the last number, or the lowest on a way down.
std::optional<std::int64_t> FunctionReader::boundOf(const Expr *Condition, const VarDecl *V, bool Up) {
  auto *BO = dyn_cast_or_null<BinaryOperator>(Condition ? bare(Condition) : nullptr);
  if (!BO)
    return std::nullopt;
  if (BO->getOpcode() == BO_LAnd) {
    auto Left = boundOf(BO->getLHS(), V, Up);
    return Left ? Left : boundOf(BO->getRHS(), V, Up);
  }
  bool Swapped = variableOf(BO->getRHS()) == V;
  auto Limit = constantOf(Swapped ? BO->getLHS() : BO->getRHS());
  if (!Limit || (!Swapped && variableOf(BO->getLHS()) != V))
    return std::nullopt;
  switch (Swapped ? BinaryOperator::reverseComparisonOp(BO->getOpcode()) : BO->getOpcode()) {
  case BO_LT:
    return Up ? Limit : std::nullopt;
  case BO_LE:
    return Up ? std::optional(*Limit + 1) : std::nullopt;
  case BO_GT:
    return Up ? std::nullopt : std::optional(*Limit + 1);
  case BO_GE:
    return Up ? std::nullopt : Limit;
  case BO_NE:
    return Up ? *Limit : *Limit + 1;
  default:
    return std::nullopt;
  }
}

/// The numbers that a counter takes that starts with a constant. Where it ends is not always known: that it starts is.
std::optional<FunctionReader::Walk> FunctionReader::walkOf(const Expr *Use) {
  const VarDecl *V = variableOf(Use);
  if (!V || !V->getType()->isIntegerType() || !Reassigned.contains(V) || Escaping.contains(V) || !owns(V) ||
      isa<ParmVarDecl>(V) || V->isInitCapture() || ThreadOwn.contains(V))
    return std::nullopt;
  const Stmt *Loop = loopOf(Use, V);
  const Expr *From = Loop ? startOf(Use, V) : nullptr;
  auto Start = From ? constantOf(From) : std::nullopt;
  if (!Start || !mentions(conditionOf(Loop), V))
    return std::nullopt;
  std::int64_t Step = 0;
  for (const Expr *Change : Changes.lookup(V)) {
    if (!isWithin(Change, Loop) || assignedBy(Change, V) == From)
      continue;
    std::int64_t By = stepOf(Change);
    if (!By || (Step && (By > 0) != (Step > 0)) || isWithin(Change, conditionOf(Loop)))
      return std::nullopt;
    Step = !Step ? By : By > 0 ? 1 : -1; // in several places: any step
  }
  if (!Step)
    return std::nullopt;
  bool Up = Step > 0;
  auto Bound = boundOf(conditionOf(Loop), V, Up);
  std::int64_t Length = !Bound ? 0 : Up ? *Bound - 1 - *Start : *Start - *Bound;
  if (Length < 0)
    return std::nullopt;
  std::int64_t Last = *Start + Length / Step * Step;
  if (!Up)
    Last = *Start - Length / -Step * -Step;
  return Walk{std::min(*Start, Last), std::max(*Start, Last), Up ? Step : -Step};
}

/// The same of what is computed from a counter and constants: 2 * i + 1, 99 - i.
std::optional<FunctionReader::Walk> FunctionReader::numbersOf(const Expr *E) {
  auto *BO = dyn_cast<BinaryOperator>(bare(E));
  if (!BO)
    return walkOf(E);
  bool Swapped = constantOf(BO->getLHS()).has_value();
  const Expr *Counter = Swapped ? BO->getRHS() : BO->getLHS();
  auto C = constantOf(Swapped ? BO->getLHS() : BO->getRHS());
  auto W = C ? numbersOf(Counter) : std::nullopt;
  constexpr std::int64_t Large = 1 << 30;
  if (!W || *C > Large || *C < -Large || W->First < -Large || W->Last > Large)
    return std::nullopt;
  switch (BO->getOpcode()) {
  case BO_Add:
    return Walk{W->First + *C, W->Last + *C, W->Step};
  case BO_Sub:
    return Swapped ? Walk{*C - W->Last, *C - W->First, W->Step} : Walk{W->First - *C, W->Last - *C, W->Step};
  case BO_Mul:
    return *C > 0 ? std::optional(Walk{W->First * *C, W->Last * *C, W->Step * *C}) : std::nullopt;
  default:
    return std::nullopt;
  }
}

TermIndex FunctionReader::interval(const Expr *E) {
  auto W = numbersOf(E);
  if (!W)
    return NoTerm;
  TermIndex Numbers[] = {B.constant(W->First), B.constant(W->Last + 1), B.constant(W->Step)};
  TermIndex Now = value(E);
  return B.term(TermKind::Interval, Now, 0, 0, Numbers);
}

/// if (i % threads == me) a[i]++: the value that says whose round it is; nothing where every round counts.
TermIndex FunctionReader::chosenBy(const Expr *Use) {
  const VarDecl *V = variableOf(Use);
  const Stmt *Loop = V ? loopOf(Use, V) : nullptr;
  if (!Loop)
    return NoTerm;
  auto Chooser = [&](const Expr *Condition, BinaryOperatorKind Wanted) -> TermIndex {
    auto *BO = dyn_cast<BinaryOperator>(bare(Condition));
    if (!BO || BO->getOpcode() != Wanted)
      return NoTerm;
    const Expr *Left = BO->getLHS(), *Right = BO->getRHS();
    if (!mentions(Left, V))
      std::swap(Left, Right);
    return mentions(Left, V) && !mentions(Right, V) && !constantOf(Right) ? value(Right) : NoTerm;
  };
  for (const Stmt *Child = Use, *P = parentOf(Use); P && Child != Loop; Child = P, P = parentOf(P)) {
    if (auto *If = dyn_cast<IfStmt>(P); If && If->getThen() == Child && If->getCond())
      if (TermIndex Me = Chooser(If->getCond(), BO_EQ))
        return Me;
    // if (i % threads != me) continue;
    if (auto *Block = dyn_cast<CompoundStmt>(P))
      for (const Stmt *Before : Block->body()) {
        if (Before == Child)
          break;
        auto *If = dyn_cast<IfStmt>(Before);
        const Stmt *Then = If ? If->getThen() : nullptr;
        if (auto *Inner = dyn_cast_or_null<CompoundStmt>(Then); Inner && Inner->size() == 1)
          Then = Inner->body_front();
        if (Then && isa<ContinueStmt>(Then) && If->getCond())
          if (TermIndex Me = Chooser(If->getCond(), BO_NE))
            return Me;
      }
  }
  return NoTerm;
}

/// An index that several values give: those that it is computed from. Which element it is is not known, but that it is
/// another one, where they are others.
TermIndex FunctionReader::folded(const Expr *Index) {
  std::vector<TermIndex> From;
  bool Varies = false;
  std::function<void(const Stmt *)> Walk = [&](const Stmt *S) {
    if (!S || isa<LambdaExpr>(S))
      return;
    if (isa<MemberExpr>(S) && !S->children().empty() && cast<Expr>(S)->isGLValue())
      return From.push_back(value(cast<Expr>(S)));
    auto *D = dyn_cast<DeclRefExpr>(S);
    auto *V = D ? dyn_cast<VarDecl>(D->getDecl()) : nullptr;
    if (!V) {
      for (const Stmt *Child : S->children())
        Walk(Child);
    } else if (loopOf(D, V) || RangeOf.contains(V)) {
      Varies = true;
    } else if (const Expr *Init = onlyInit(V); Init && owns(V) && BeingResolved.insert(V).second) {
      Walk(Init);
      BeingResolved.erase(V);
    } else {
      From.push_back(value(D));
    }
  };
  Walk(Index);
  if (Varies)
    From = {B.term(TermKind::Unknown, 3, 0, 0, {}, TermVaries)};
  return B.derived(From, TermFolded);
}

TermIndex FunctionReader::lockLocation(llvm::function_ref<TermIndex()> Read) {
  llvm::SaveAndRestore Folds(FoldsIndexes, true);
  return Read();
}

} // namespace threadbare
