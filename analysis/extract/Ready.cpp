// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures that are asked whether they are ready: what is known after the answer.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

/// Whether this is the value of the enumerator of that name.
static bool isEnumerator(QualType T, std::int64_t Value, llvm::StringRef Name) {
  const auto *Enum = T->getAs<EnumType>();
  return Enum && llvm::any_of(Enum->getDecl()->enumerators(), [&](const EnumConstantDecl *E) {
           return E->getName() == Name && E->getInitVal() == Value;
         });
}

/// The future that a condition asks for, and whether it is ready where the condition is true or where it is false.
std::optional<FunctionReader::ReadyFuture> FunctionReader::asksWhetherReady(const Question &Q) {
  if (Q.Guessed)
    return std::nullopt;
  auto *Call = dyn_cast_or_null<CallExpr>(Q.Asked);
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
    if (!Q.Compared)
      return std::nullopt;
    IfTrue = *Q.Compared != *Ready;
  } else if (Q.Compared && *Q.Compared != *Ready) {
    // What is deferred is done by whoever asks, and what is not late is there, or deferred.
    IfTrue = isEnumerator(Call->getType(), *Q.Compared, "deferred");
    if (!IfTrue && !isEnumerator(Call->getType(), *Q.Compared, "timeout"))
      return std::nullopt;
  } else if (!Q.Compared) {
    IfTrue = *Ready != 0;
  }
  ReadyFuture Found;
  Found.Future = operandLocation(*Site, M->Readies);
  Found.IfTrue = IfTrue != Q.Negated;
  return Found.Future ? std::optional(Found) : std::nullopt;
}

/// Whether the name of a function says that what follows it is so only if its arguments are equal.
static bool assertsEquality(const CallExpr *C) {
  const FunctionDecl *F = C->getDirectCallee();
  if (!F || !F->getDeclName().isIdentifier())
    return false;
  llvm::StringRef Name = F->getName();
  auto *M = dyn_cast<CXXMethodDecl>(F);
  // GoogleTest's ASSERT_EQ
  if (Name == "Compare" && M && M->getParent()->getName() == "EqHelper")
    return true;
  return (Name.contains_insensitive("equal") || Name.ends_with_insensitive("_eq")) &&
         !Name.contains_insensitive("not") && !Name.contains_insensitive("less") &&
         !Name.contains_insensitive("greater") && !Name.contains_insensitive("bigger") &&
         !Name.contains_insensitive("smaller");
}

/// `assert_equal(f.status(), status::value);`, `REQUIRE(f.wait_for(0s) == std::future_status::ready);`: a test that goes
/// on knows the answer. \p Query is the call that asks.
void FunctionReader::readAsserted(const CallSite &Query, const catalog::FunctionModel &M) {
  llvm::StringRef Wanted = M.ReadyIf;
  bool Other = Wanted.consume_front("not ");
  auto Ready = catalog::resolveConstant(Wanted);
  if (!M.Readies || !Ready)
    return;
  const Stmt *Child = Query.E;
  for (const Stmt *P = parentOf(Child); P; Child = P, P = parentOf(P)) {
    auto *Call = dyn_cast<CallExpr>(P);
    if (!Call) {
      if (isa<Expr>(P) && !isa<BinaryOperator, ConditionalOperator, LambdaExpr>(P))
        continue;
      return;
    }
    auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
    bool Compares = Operator ? Operator->getOperator() == OO_EqualEqual : assertsEquality(Call);
    // Frameworks that take an expression apart give its operators a type of their own; what a program compares has a
    // truth value.
    if (Operator && (!Call->getType()->isRecordType() || Call->getNumArgs() != 2))
      return;
    if (!Compares) {
      if (Operator)
        continue;
      return;
    }
    for (const Expr *A : Call->arguments())
      if (auto C = A == Child ? std::nullopt : constantOf(A); C && (*C == *Ready) != Other) {
        Op &O = emit(OpKind::Ready, Query.E->getExprLoc());
        O.A = operandLocation(Query, M.Readies);
        return;
      }
    return;
  }
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
      } else if (auto Asked = asksWhetherReady(question(E)); Asked && Asked->IfTrue == True) {
        Op &O = emit(OpKind::Ready, Returned->getExprLoc());
        O.A = Asked->Future;
        O.Sub = !True;
        O.Flags |= OpIfReturned;
      }
    }
  }
}

} // namespace threadbare
