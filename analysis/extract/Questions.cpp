// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a condition asks: behind negations, comparisons and variables that hold the answer stands a call.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

FunctionReader::Question FunctionReader::question(const Expr *Condition) {
  Question Q;
  const Expr *E = bare(Condition);
  for (unsigned Depth = 0; E && Depth < 8; ++Depth) {
    Q.Asked = E;
    if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_LNot) {
      Q.Negated = !Q.Negated;
      E = bare(UO->getSubExpr());
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isEqualityOp()) {
      const Expr *L = BO->getLHS(), *R = BO->getRHS();
      auto C = constantOf(R);
      if (!C && (C = constantOf(L)))
        std::swap(L, R);
      if (!C && !isa<CallExpr>(bare(L)))
        std::swap(L, R);
      if (!C && !isa<CallExpr>(bare(L)))
        return Q;
      if (BO->getOpcode() == BO_NE)
        Q.Negated = !Q.Negated;
      Q.Number = L;
      Q.Differs = Q.Negated;
      E = bare(L);
      Q.Guessed = !C;
      // A flag that has another's value: not what it began with.
      Q.Compared = C ? C : 1;
      if (C && E->getType()->isBooleanType()) {
        Q.Negated ^= *C == 0;
        Q.Compared.reset();
      }
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isAssignmentOp()) {
      E = bare(BO->getRHS());
    } else if (auto *D = dyn_cast<DeclRefExpr>(E)) {
      auto *V = dyn_cast<VarDecl>(D->getDecl());
      const Expr *Init = V ? onlyInit(V) : nullptr;
      if (!Init || U.role(V->getType()) == "guard")
        return Q;
      E = bare(Init);
    } else if (auto *RW = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
      E = RW->getSemanticForm();
    } else {
      return Q;
    }
  }
  Q.Asked = E;
  return Q;
}

} // namespace threadbare
