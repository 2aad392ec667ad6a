// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the catalog's operands stand for in one call, and the terms of call results.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

std::optional<FunctionReader::CallSite> FunctionReader::callSite(const Expr *E) {
  CallSite C;
  C.E = E;
  if (auto *K = dyn_cast<CXXConstructExpr>(E)) {
    C.Callee = K->getConstructor();
    C.Args.append(K->arg_begin(), K->arg_end());
    return C;
  }
  auto *Call = dyn_cast<CallExpr>(E);
  if (!Call)
    return std::nullopt;
  C.Callee = Call->getDirectCallee();
  if (auto *M = dyn_cast<CXXMemberCallExpr>(E)) {
    C.Object = M->getImplicitObjectArgument();
    C.Args.append(M->arg_begin(), M->arg_end());
  } else if (auto *O = dyn_cast<CXXOperatorCallExpr>(E); O && isa_and_nonnull<CXXMethodDecl>(C.Callee) &&
                                                         !cast<CXXMethodDecl>(C.Callee)->isStatic()) {
    C.Object = O->getArg(0);
    C.Args.append(O->arg_begin() + 1, O->arg_end());
  } else {
    C.Args.append(Call->arg_begin(), Call->arg_end());
  }
  return C;
}

int FunctionReader::operandIndex(const CallSite &C, const catalog::Operand &O) {
  using catalog::Operand;
  switch (O.Kind) {
  case Operand::Argument:
    return O.Index;
  case Operand::Last: {
    int Last = static_cast<int>(C.Args.size()) - 1;
    while (Last >= 0 && isa<CXXDefaultArgExpr>(C.Args[Last]))
      --Last;
    return Last;
  }
  case Operand::Named:
    if (C.Callee)
      for (const ParmVarDecl *P : C.Callee->parameters()) {
        llvm::StringRef Name = P->getName();
        if (Name == O.Name || (Name.ltrim('_') == O.Name))
          return static_cast<int>(P->getFunctionScopeIndex());
      }
    return -1;
  default:
    return -1;
  }
}

const Expr *FunctionReader::operandExpr(const CallSite &C, const catalog::Operand &O) {
  if (O.Kind == catalog::Operand::This)
    return C.Object;
  int I = operandIndex(C, O);
  return I >= 0 && I < static_cast<int>(C.Args.size()) ? C.Args[I] : nullptr;
}

TermIndex FunctionReader::operandLocation(const CallSite &C, const catalog::Operand &O) {
  if (O.Kind == catalog::Operand::Result || (O.Kind == catalog::Operand::This && isa<CXXConstructExpr>(C.E)))
    return destination(C.E);
  const Expr *E = operandExpr(C, O);
  if (!E)
    return NoTerm;
  if (E->getType()->isPointerType())
    return B.pointee(value(E));
  // A handle passed by value (pthread_join(t, nullptr)): the place that it was read from.
  if (!E->isGLValue()) {
    TermIndex V = value(E);
    if (V && B.get(V).Kind == TermKind::Load)
      return B.get(V).A;
  }
  return location(E);
}

TermIndex FunctionReader::operandValue(const CallSite &C, const catalog::Operand &O) {
  const Expr *E = operandExpr(C, O);
  return E ? value(E) : NoTerm;
}

/// Values of all arguments behind the operand, decayed as std::thread does: std::ref keeps the address.
std::vector<TermIndex> FunctionReader::operandRest(const CallSite &C, const catalog::Operand &After) {
  std::vector<TermIndex> Values;
  for (int I = operandIndex(C, After) + 1; I < static_cast<int>(C.Args.size()); ++I)
    if (!isa<CXXDefaultArgExpr>(C.Args[I]))
      Values.push_back(callableOf(C.Args[I]));
  return Values;
}

/// What a call that returns a reference designates.
TermIndex FunctionReader::callLocation(const CallExpr *E) {
  auto C = callSite(E);
  if (!C)
    return NoTerm;
  const catalog::FunctionModel *M = C->Callee ? U.model(C->Callee) : nullptr;
  if (M) {
    if (M->PointsInto) {
      TermIndex Index = NoTerm;
      // A map's node may be made by the access: whatever the key, it is the container that is changed.
      const Expr *Into = operandExpr(*C, M->PointsInto);
      bool Makes = isa<CXXOperatorCallExpr>(E) && Into &&
                   llvm::StringRef(U.qualifiedName(Into->getType()->getAsCXXRecordDecl())).ends_with("map");
      if (M->PointsIntoIndex)
        if (const Expr *I = operandExpr(*C, M->PointsIntoIndex); I && (!Makes || FoldsIndexes))
          Index = Makes ? folded(I) : index(I);
      if (looksUp(*C, *M) && (!Index || B.get(Index).Kind != TermKind::Constant))
        Index = B.derived({B.load(object(E)), Index});
      // A map's node is the element, whatever else is in it.
      if (Into && E->isGLValue() && isMapNode(Into->getType()))
        return location(Into);
      if (C->Callee->getDeclName().isIdentifier() && (C->Callee->getName() == "back" || C->Callee->getName() == "top" || M->Constructs))
        // The last element is another one each time that it is asked for; see readModel().
        Index = B.load(object(E));
      if (const auto *Args = C->Callee->getTemplateSpecializationArgs();
          Args && Args->size() && Args->get(0).getKind() == TemplateArgument::Integral)
        Index = B.constant(Args->get(0).getAsIntegral().getSExtValue()); // std::get<1>(pair)
      return B.element(containerOf(Into), Index);
    }
    if (M->PointsTo) {
      const Expr *Pointer = operandExpr(*C, M->PointsTo);
      return Pointer ? B.pointee(value(Pointer)) : NoTerm;
    }
    if (M->Passes) {
      const Expr *A = operandExpr(*C, M->Passes);
      if (!A)
        return NoTerm;
      return A->getType()->isPointerType() && !E->getType()->isPointerType() ? B.pointee(value(A)) : location(A);
    }
  }
  // Who writes to a stream, or reads from it, gives it back: out << a << b.
  if (auto *Streams = dyn_cast<CXXOperatorCallExpr>(E);
      Streams && E->isLValue() && Streams->getNumArgs() == 2 &&
      (Streams->getOperator() == OO_LessLess || Streams->getOperator() == OO_GreaterGreater))
    if (std::string Type = U.qualifiedName(E->getType()->getAsCXXRecordDecl());
        Type == "std::basic_ostream" || Type == "std::basic_istream")
      return location(Streams->getArg(0));
  if (auto *Conversion = dyn_cast_or_null<CXXConversionDecl>(C->Callee); Conversion && C->Object) {
    // std::reference_wrapper<T> -> T&.
    if (U.qualifiedName(Conversion->getParent()) == "std::reference_wrapper")
      return B.pointee(value(C->Object));
  }
  if (auto It = CallOps.find(E); It != CallOps.end()) {
    TermIndex R = B.term(TermKind::Result, It->second);
    return E->isGLValue() ? B.pointee(R) : destination(E);
  }
  return E->isPRValue() && E->getType()->isRecordType() ? destination(E) : NoTerm;
}

TermIndex FunctionReader::callValue(const CallExpr *E) {
  auto C = callSite(E);
  if (!C)
    return NoTerm;
  const catalog::FunctionModel *M = C->Callee ? U.model(C->Callee) : nullptr;
  if (M) {
    if (M->ExecutorOf || !M->ExecutorIs.empty()) {
      if (M->ExecutorIs == "same")
        return B.term(TermKind::Executor, 0, static_cast<std::uint32_t>(ExecutorKind::Same));
      if (M->ExecutorIs == "strand") {
        // One at a time, on the threads of what it was made over.
        std::vector<TermIndex> Over;
        if (const Expr *X = M->ExecutorOf ? operandExpr(*C, M->ExecutorOf) : C->Args.empty() ? nullptr : C->Args[0])
          if (ExecutorRef Ref = executor(X); Ref.Location)
            Over = {Ref.Location, B.constant(static_cast<int>(Ref.Kind))};
        return B.term(TermKind::Executor, destination(E), static_cast<std::uint32_t>(ExecutorKind::Strand), 0, Over);
      }
      if (M->ExecutorIs == "pool")
        return B.term(TermKind::Executor, destination(E), static_cast<std::uint32_t>(ExecutorKind::Pool));
      const Expr *X = operandExpr(*C, M->ExecutorOf);
      return X ? executorValue(executor(X)) : NoTerm;
    }
    if (M->Binds && !C->Args.empty()) {
      TermIndex Callable = callableOf(C->Args[0]);
      catalog::Operand First;
      First.Kind = catalog::Operand::Argument;
      First.Index = 0;
      std::vector<TermIndex> Rest = operandRest(*C, First);
      return Callable ? B.term(TermKind::Bound, Callable, 0, 0, Rest) : NoTerm;
    }
    if (M->Allocates)
      return B.address(object(E));
    if (M->PointsInto)
      return B.address(callLocation(E));
    // Each gets a number of its own out of an atomic counter.
    if (M->Publishes && M->Observes && E->getType()->isIntegerType()) {
      std::string Name = C->Callee->getDeclName().getAsString();
      if (llvm::StringRef(Name).contains("fetch_add") || llvm::StringRef(Name).contains("fetch_sub") ||
          Name == "operator++" || Name == "operator--" || Name == "operator+=" || Name == "operator-=")
        return B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
    }
    if (M->ThreadOwnResult)
      return B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
    if (M->Passes) {
      const Expr *A = operandExpr(*C, M->Passes);
      if (!A)
        return NoTerm;
      int I = operandIndex(*C, M->Passes);
      bool ByReference = I >= 0 && C->Callee && I < static_cast<int>(C->Callee->getNumParams()) &&
                         C->Callee->getParamDecl(I)->getType()->isReferenceType();
      bool PointerLike =
          E->getType()->isPointerType() || U.qualifiedName(E->getType()->getAsCXXRecordDecl()) == "std::reference_wrapper";
      if (ByReference && PointerLike && !A->getType()->isPointerType() && U.role(A->getType()) != "smart-pointer")
        return B.address(location(A));
      return callableOf(A);
    }
  }
  if (auto *Conversion = dyn_cast_or_null<CXXConversionDecl>(C->Callee); Conversion && C->Object) {
    if (U.inSystemHeader(Conversion) || Conversion->getParent()->isLambda())
      return value(C->Object); // std::function from a lambda's pointer, string_view, ...
  }
  if (auto It = CallOps.find(E); It != CallOps.end())
    return B.term(TermKind::Result, It->second);
  return NoTerm;
}

} // namespace threadbare
