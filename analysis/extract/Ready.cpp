// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures that are asked whether they are ready: what is known after the answer.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

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

} // namespace threadbare
