// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asynchronous operations that a library composes: async_initiate(initiation, token, arguments...) calls what starts
// the operation with a handler that stands for the token, whatever the token asks for.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace threadbare {

/// A handler of the signature that the function's template arguments name. Its own type is the library's business: any
/// will do that can be called like it.
static QualType handlerFor(ASTContext &Context, llvm::ArrayRef<TemplateArgument> Args) {
  for (const TemplateArgument &A : Args) {
    if (A.getKind() == TemplateArgument::Pack) {
      if (QualType T = handlerFor(Context, A.getPackAsArray()); !T.isNull())
        return T;
    } else if (A.getKind() == TemplateArgument::Type && A.getAsType()->isFunctionProtoType()) {
      return Context.getPointerType(A.getAsType());
    }
  }
  return {};
}

void FunctionReader::readInitiation(const CallSite &C, const catalog::Operand &Initiation,
                                    const catalog::Operand &Token) {
  const Expr *Callable = operandExpr(C, Initiation);
  const auto *Chosen = C.Callee->getTemplateSpecializationArgs();
  QualType Handler = Chosen ? handlerFor(Context, Chosen->asArray()) : QualType();
  if (!Callable || Callable->isTypeDependent() || Handler.isNull())
    return;
  llvm::ArrayRef<const Expr *> Rest = llvm::ArrayRef(C.Args).drop_front(
      std::min<std::size_t>(C.Args.size(), static_cast<std::size_t>(operandIndex(C, Initiation) + 1)));
  const Expr *Standing = operandExpr(C, Token);
  llvm::SmallVector<Argument, 6> Given;
  for (const Expr *A : Rest)
    Given.push_back(A == Standing ? Argument{Handler, false} : Argument{A->getType(), A->isLValue()});
  const CXXMethodDecl *Starts = U.callOperator(Callable->getType(), Given);
  if (!Starts)
    return;
  U.require(Starts);
  std::vector<TermIndex> Args;
  for (auto [N, A] : llvm::enumerate(Rest)) {
    bool ByReference = N < Starts->getNumParams() && Starts->getParamDecl(N)->getType()->isReferenceType();
    bool Wrapped = U.qualifiedName(A->getType()->getAsCXXRecordDecl()) == "std::reference_wrapper";
    Args.push_back(ByReference && !Wrapped ? B.address(location(A)) : callableOf(A));
  }
  Op O = makeOp(OpKind::Call, placeOf(C.E));
  O.Symbol = U.id(Starts);
  O.Name = B.string(writtenName(C));
  O.A = location(Callable);
  O.B = Starts->getParent()->isLambda() ? value(Callable) : NoTerm;
  O.List = B.list(Args);
  if (Awaited.contains(C.E))
    O.Flags |= OpAwaited;
  // What the library returns for the token is the operation's own result.
  if (C.E->getType()->isRecordType())
    O.C = Destinations.lookup(C.E);
  Ops.push_back(O);
}

} // namespace threadbare
