// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads, writes and counting of objects that other threads might see; assignments and declarations.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/Lex/Lexer.h"

using namespace clang;

namespace threadbare {

/// Whether another thread could reach the location at all: a local that nobody else knows is nobody's business.
bool FunctionReader::isShareable(TermIndex Location) {
  bool ThroughPointer = false;
  for (TermIndex T = Location; T;) {
    const Term &Node = B.get(T);
    switch (Node.Kind) {
    case TermKind::Global:
      return !(Node.Flags & (TermThreadOwn | TermConst));
    case TermKind::Local:
      if (ThroughPointer)
        return true;
      for (auto &[V, Index] : LocalIndexes)
        if (Index == Node.A)
          return Escaping.contains(V) || (Region && true);
      return false;
    case TermKind::Param:
    case TermKind::Capture:
      return ThroughPointer;
    case TermKind::This:
    case TermKind::Object:
    case TermKind::Result:
      return true;
    case TermKind::Pointee:
      ThroughPointer = true;
      T = Node.A;
      continue;
    case TermKind::Field:
    case TermKind::Element:
    case TermKind::Load:
    case TermKind::Address:
      T = Node.A;
      continue;
    default:
      return false;
    }
  }
  return false;
}

void FunctionReader::readAccess(const Expr *Lvalue, AccessKind Kind, SourceLocation Loc) {
  if (Lvalue->isTypeDependent())
    return;
  QualType T = Lvalue->getType();
  if (!T->isArithmeticType() || T->isBooleanType() || T->isAtomicType() || T->isEnumeralType())
    return;
  // Constant in a const method is not constant: only writes are ruled out.
  if (T.isConstQualified() && Kind != AccessKind::Read)
    return;
  TermIndex At = location(Lvalue);
  if (!At || !isShareable(At)) {
    if (!At && Kind == AccessKind::Add)
      B.silence("a count of an object whose place is not known");
    // A variable of this function's own gets another value: what was handed over before has the old one.
    if (At && Kind != AccessKind::Read && T->isIntegerType() && B.get(At).Kind == TermKind::Local) {
      Op &O = emit(OpKind::Declare, Loc);
      O.A = At;
    }
    return;
  }
  Op &O = emit(OpKind::Access, Lvalue->getExprLoc().isValid() ? Lvalue->getBeginLoc() : Loc);
  O.Sub = static_cast<std::uint8_t>(Kind);
  O.A = At;
  llvm::StringRef Text = Lexer::getSourceText(CharSourceRange::getTokenRange(Lvalue->getSourceRange()), U.Sources,
                                              Context.getLangOpts());
  if (Text.size() > 60 || Text.contains('\n'))
    Text = "";
  O.Name = B.string(Text);
}

/// n = n + 1, n = 1 + n, and with the old value in a variable in between.
bool FunctionReader::addsTo(const Expr *Sum, TermIndex Target, unsigned Depth) {
  Sum = Sum->IgnoreParenCasts();
  auto *BO = dyn_cast<BinaryOperator>(Sum);
  if (!BO || !BO->isAdditiveOp() || Depth > 6) {
    if (auto *D = dyn_cast<DeclRefExpr>(Sum); D && Depth <= 6)
      if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && !V->getType()->isReferenceType())
        if (const Expr *Init = onlyInit(V); Init && Init->IgnoreParenCasts() != Sum)
          return addsTo(Init, Target, Depth + 1);
    return false;
  }
  for (const Expr *Side : {BO->getLHS(), BO->getRHS()}) {
    const Expr *Term = Side->IgnoreParenCasts();
    if (Term->isGLValue() && location(Term) == Target)
      return true;
    if (auto *D = dyn_cast<DeclRefExpr>(Term))
      if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && !V->getType()->isReferenceType())
        if (const Expr *Init = onlyInit(V))
          if (const Expr *From = Init->IgnoreParenCasts(); From->isGLValue() && location(From) == Target)
            return true;
    if (isa<BinaryOperator>(Term) && addsTo(Term, Target, Depth + 1))
      return true;
  }
  return false;
}

void FunctionReader::readAssignment(const BinaryOperator *E) {
  // In a template that nobody instantiated, what is counted may be known though what is added is not.
  if (E->getLHS()->isTypeDependent() || (E->isTypeDependent() && !E->isCompoundAssignmentOp()))
    return;
  QualType T = E->getLHS()->getType();
  if (E->isCompoundAssignmentOp()) {
    bool Adds = (E->getOpcode() == BO_AddAssign || E->getOpcode() == BO_SubAssign) && !T->isPointerType();
    readAccess(E->getLHS(), Adds ? AccessKind::Add : AccessKind::Modify, E->getOperatorLoc());
    return;
  }
  if (T->isArithmeticType()) {
    TermIndex Target = location(E->getLHS());
    bool Adds = Target && addsTo(E->getRHS(), Target);
    readAccess(E->getLHS(), Adds ? AccessKind::Add : AccessKind::Write, E->getOperatorLoc());
  }
  if (T->isRecordType()) {
    // (struct job){run, arg}: its parts.
    if (auto *Literal = dyn_cast<CompoundLiteralExpr>(E->getRHS()->IgnoreParenImpCasts()))
      storeFields(Literal->getInitializer(), location(E->getLHS()));
    else
      copyWhole(T, location(E->getLHS()), E->getRHS(), E->getOperatorLoc());
    return;
  }
  // C's thread handles are copied, not moved, but it is the same thread.
  if (llvm::StringRef Role = U.role(T); Role == "thread" || Role == "joining-thread") {
    TermIndex From = location(E->getRHS()->IgnoreParenImpCasts()), To = location(E->getLHS());
    if (From && To) {
      Op &O = emit(OpKind::Move, E->getOperatorLoc());
      O.A = From;
      O.B = To;
      return;
    }
  }
  // What the link has to know to follow pointers, handles and descriptors.
  TermIndex V = NoTerm;
  if (T->isPointerType() || T->isFunctionPointerType())
    V = callableOf(E->getRHS());
  else if (T->isIntegerType())
    V = value(E->getRHS());
  if (!V)
    return;
  if (!T->isPointerType() && B.get(V).Kind != TermKind::Result)
    return;
  TermIndex Target = location(E->getLHS());
  if (!Target)
    return;
  Op &O = emit(OpKind::Store, E->getOperatorLoc());
  O.A = Target;
  O.B = V;
}

/// Pointers, callables and handles in the fields of an object that is built from a braced list.
void FunctionReader::storeFields(const Expr *Init, TermIndex Object) {
  Init = Init->IgnoreImplicit();
  if (auto *C = dyn_cast<CXXFunctionalCastExpr>(Init))
    Init = C->getSubExpr()->IgnoreImplicit(); // Job{run, argument}
  else if (auto *C = dyn_cast<CompoundLiteralExpr>(Init))
    Init = C->getInitializer()->IgnoreImplicit();
  auto *I = dyn_cast<InitListExpr>(Init);
  if (!I || !Object)
    return;
  if (const InitListExpr *S = I->getSemanticForm())
    I = S;
  if (I->getType()->isArrayType()) {
    for (unsigned N = 0; N < I->getNumInits() && N < 64; ++N) {
      TermIndex Slot = B.element(Object, B.constant(N));
      if (TermIndex V = callableOf(I->getInit(N)); V && !isa<InitListExpr>(I->getInit(N)->IgnoreImplicit())) {
        Op &O = emit(OpKind::Store, I->getInit(N)->getExprLoc());
        O.A = Slot;
        O.B = V;
      }
      storeFields(I->getInit(N), Slot);
    }
    return;
  }
  const CXXRecordDecl *Class = I->getType()->getAsCXXRecordDecl();
  const RecordDecl *R = I->getType()->getAsRecordDecl();
  if (!R)
    return;
  unsigned N = Class ? Class->getNumBases() : 0;
  for (const FieldDecl *Fd : R->fields()) {
    if (N >= I->getNumInits())
      break;
    const Expr *Value = I->getInit(N++);
    TermIndex Slot = B.field(Object, U.symbol(Fd));
    storePart(Slot, Fd->getType(), Value, Value->getExprLoc());
    storeFields(Value, Slot);
  }
}

/// Callables in a container that is built from a braced list: by themselves, or in pairs with their keys.
void FunctionReader::storeElements(const Expr *Init, TermIndex Container) {
  auto *Construct = dyn_cast<CXXConstructExpr>(bare(Init));
  if (!Construct || !Construct->getNumArgs() || !Container)
    return;
  auto *List = dyn_cast<CXXStdInitializerListExpr>(bare(Construct->getArg(0)));
  auto *Items = List ? dyn_cast<InitListExpr>(bare(List->getSubExpr())) : nullptr;
  if (!Items)
    return;
  for (const Expr *Item : Items->inits()) {
    const Expr *E = constructing(Item);
    if (auto *Pair = dyn_cast<CXXConstructExpr>(E);
        Pair && Pair->getNumArgs() == 2 && U.qualifiedName(Pair->getConstructor()->getParent()) == "std::pair")
      E = Pair->getArg(1);
    storePart(B.element(Container, NoTerm), E->getType(), E, Item->getExprLoc());
  }
}

/// A struct copied as a whole: its parts are those of the original.
void FunctionReader::copyWhole(QualType T, TermIndex To, const Expr *From, SourceLocation Loc) {
  if (!To || !T->isRecordType() || !U.role(T).empty() || isa<InitListExpr>(From->IgnoreImplicit()))
    return;
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl(); R && (R->isLambda() || U.inSystemHeader(R)))
    return;
  TermIndex V = value(From);
  if (!V || B.get(V).Kind != TermKind::Load || V == B.load(To))
    return;
  Op &O = emit(OpKind::Store, Loc);
  O.A = To;
  O.B = V;
}

/// One field that gets its first value.
void FunctionReader::storePart(TermIndex To, QualType T, const Expr *Value, SourceLocation Loc) {
  llvm::StringRef Role = U.role(T);
  TermIndex V = NoTerm;
  if (T->isReferenceType())
    V = B.address(location(Value));
  else if (T->isPointerType() || Role == "callable" || Role == "smart-pointer" || Role == "executor" ||
           (T->getAsCXXRecordDecl() && T->getAsCXXRecordDecl()->isLambda()))
    V = callableOf(Value);
  else if (T->isRecordType() && Context.hasSameUnqualifiedType(T, Value->getType()))
    return storeCopy(To, Value, Loc);
  if (!V || !To || V == B.load(To))
    return;
  Op &O = emit(OpKind::Store, Loc);
  O.A = To;
  O.B = V;
}

/// A whole object is copied or moved, a container with what is in it.
void FunctionReader::storeCopy(TermIndex To, const Expr *From, SourceLocation Loc) {
  if (!To || !From || From->isTypeDependent())
    return;
  if (U.role(From->getType()) != "container")
    return copyWhole(From->getType(), To, From, Loc);
  const Expr *E = From->IgnoreParenImpCasts();
  while (true) {
    if (auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
      E = M->getSubExpr()->IgnoreParenImpCasts();
    else if (auto *C = dyn_cast<ExprWithCleanups>(E))
      E = C->getSubExpr()->IgnoreParenImpCasts();
    else if (auto *C = dyn_cast<CXXConstructExpr>(E);
             C && C->getConstructor()->isCopyOrMoveConstructor() && C->getNumArgs())
      E = C->getArg(0)->IgnoreParenImpCasts();
    else
      break;
  }
  TermIndex Source = E->isGLValue() ? location(E) : NoTerm;
  if (!Source || Source == To)
    return;
  Op &O = emit(OpKind::Store, Loc);
  O.A = To;
  O.B = B.load(Source);
}

/// An object that library code makes of these arguments: pairs, tuples, optionals, aggregates, callables. False if its
/// own constructor has to say.
bool FunctionReader::constructParts(QualType T, TermIndex Slot, llvm::ArrayRef<const Expr *> Args,
                                    SourceLocation Loc) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->getDefinition() || !Slot)
    return false;
  R = R->getDefinition();
  std::string Name = U.qualifiedName(R);
  if (U.role(T) == "callable") {
    if (Args.size() == 1)
      storePart(Slot, T, Args[0], Loc);
    return true;
  }
  if (Name == "std::optional") {
    auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
    QualType Given = Args.size() == 1 ? Args[0]->getType() : QualType();
    std::string Tag = Given.isNull() ? "" : U.qualifiedName(Given->getAsCXXRecordDecl());
    if (Spec && !Given.isNull() && Tag != "std::nullopt_t" && Tag != "std::in_place_t" && Tag != "std::optional" &&
        Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type) {
      if (isHandle(Args[0]))
        moveHandle(Args[0], B.element(Slot, NoTerm), Loc);
      storePart(B.element(Slot, NoTerm), Spec->getTemplateArgs()[0].getAsType(), Args[0], Loc);
      storeFields(Args[0], B.element(Slot, NoTerm));
    }
    return true;
  }
  // Parts of a tuple are got by their numbers, of a pair by name too.
  bool Pair = Name == "std::pair";
  if (Name == "std::tuple" || Pair) {
    for (unsigned N = 0; N < Args.size(); ++N) {
      QualType Type = Args[N]->getType().getNonReferenceType();
      const auto *Class = Type->getAsCXXRecordDecl();
      if (U.role(Type) == "callable" || (Class && Class->isLambda()) || Type->isPointerType())
        storePart(B.element(Slot, B.constant(N)), Type, Args[N], Loc);
    }
    if (!Pair)
      return true;
  }
  if (!Pair && !(R->isAggregate() && !U.inSystemHeader(R)))
    return U.inSystemHeader(R);
  unsigned N = 0;
  for (const FieldDecl *Fd : R->fields()) {
    if (N >= Args.size())
      break;
    const Expr *Value = Args[N++];
    storePart(B.field(Slot, U.symbol(Fd)), Fd->getType(), Value, Loc);
    storeFields(Value, B.field(Slot, U.symbol(Fd)));
  }
  return true;
}

void FunctionReader::readInitialised(const VarDecl *D) {
  if (D->isStaticLocal() && D->hasInit() && !D->hasConstantInitialization()) {
    // Whoever comes by sees the variable initialised.
    Op &O = emit(OpKind::Observe, D->getLocation());
    O.A = B.global(U.symbol(D));
  }
  if (D->isStaticLocal() || isa<ParmVarDecl>(D))
    return;
  QualType T = D->getType();
  if (!T->isReferenceType() && !Declared.contains(D)) {
    Op &O = emit(OpKind::Declare, D->getLocation());
    O.A = variable(D);
  }
  const Expr *Init = D->getInit();
  if (!Init || Init->isTypeDependent())
    return;
  TermIndex Slot = T->isReferenceType() ? NoTerm : variable(D);
  storeFields(Init, Slot);
  if (Slot && U.role(T) == "container") {
    storeCopy(Slot, Init, D->getLocation());
    storeElements(Init, Slot);
  }
  storeIterator(D, Slot);
  llvm::StringRef Role = U.role(T.getNonReferenceType());
  copyWhole(T, Slot, Init, D->getLocation());
  bool Lambda = T->getAsCXXRecordDecl() && T->getAsCXXRecordDecl()->isLambda();
  if (Slot && (T->isPointerType() || Role == "callable" || Role == "smart-pointer" || Role == "executor" ||
               Role == "strand" || Lambda ||
               (T->isIntegerType() && (Reassigned.contains(D) || Escaping.contains(D))))) {
    auto Range = Role == "callable" ? RangeOf.find(D) : RangeOf.end();
    TermIndex V =
        Range == RangeOf.end() ? callableOf(Init) : B.load(B.element(objectOf(Range->second), NoTerm, /*Any=*/true));
    if (V && V != B.load(Slot) && (!T->isIntegerType() || B.get(V).Kind == TermKind::Result)) {
      Op &O = emit(OpKind::Store, D->getLocation());
      O.A = Slot;
      O.B = V;
    }
  }
}

/// A name for an iterator: who captures it by reference asks what it leads to.
void FunctionReader::storeIterator(const VarDecl *D, TermIndex Slot) {
  TermIndex Leads = Slot && Escaping.contains(D) ? iteratorVariable(D) : NoTerm;
  if (!Leads)
    return;
  Op &O = emit(OpKind::Store, D->getLocation());
  O.A = Slot;
  O.B = Leads;
}

void FunctionReader::readDeclaration(const DeclStmt *S) {
  for (const Decl *D : S->decls())
    if (auto *V = dyn_cast<VarDecl>(D))
      readInitialised(V);
}

} // namespace threadbare
