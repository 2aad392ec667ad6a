// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles and guards that are moved or given away, and what the end of an object's life does.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace threadbare {

/// What is moved from, or detached, holds nothing that its destructor would wait for; nor does a parameter by value,
/// which is the callee's to keep.
void FunctionReader::readGivenAway(const CallSite &C) {
  for (unsigned I = 0; I < C.Args.size() && I < C.Callee->getNumParams(); ++I) {
    if (C.Callee->getParamDecl(I)->getType()->isReferenceType() || !C.Args[I]->getType()->isRecordType())
      continue;
    const Expr *A = C.Args[I]->IgnoreImplicit();
    if (!isa<CXXConstructExpr, CallExpr>(A) || !ObjectIds.count(A) || Destinations.count(A))
      continue;
    Op &O = emit(OpKind::Move, placeOf(C.E));
    O.A = object(A);
  }
  const IdentifierInfo *Name = C.Callee->getDeclName().isIdentifier() ? C.Callee->getIdentifier() : nullptr;
  if (!Name)
    return;
  const Expr *Given = nullptr;
  bool Moves = (Name->isStr("move") && C.Args.size() == 1) || (Name->isStr("exchange") && C.Args.size() == 2);
  if (Moves && C.Callee->isInStdNamespace())
    Given = C.Args[0];
  else if (C.Object && C.Args.empty() &&
           ((Name->isStr("detach") && U.role(C.Object->getType()) == "joining-thread") ||
            (Name->isStr("release") && U.role(C.Object->getType()) == "smart-pointer")))
    Given = C.Object;
  if (!Given || !Given->isGLValue())
    return;
  QualType T = Given->getType().getNonReferenceType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || R->hasTrivialDestructor())
    return;
  llvm::StringRef Role = U.role(T);
  if (U.inSystemHeader(R) && Role != "future" && Role != "joining-thread" && Role != "container" &&
      Role != "smart-pointer")
    return;
  if (TermIndex From = location(Given)) {
    Op &O = emit(OpKind::Move, placeOf(C.E));
    O.A = From;
  }
}

/// What the end of a handle's life waits for, and so does an assignment that ends its value's.
void FunctionReader::emitJoin(QualType T, TermIndex Handle, SourceLocation Loc, llvm::StringRef By) {
  Op &O = emit(OpKind::Join, Loc);
  O.A = Handle;
  O.Flags |= OpInDestructor;
  const CXXDestructorDecl *D = T->getAsCXXRecordDecl()->getDefinition()->getDestructor();
  const catalog::BlockingEntry *Entry = D ? U.Catalog.blocking(U.qualifiedName(D)) : nullptr;
  if (!Entry)
    return;
  CallSite C;
  C.Callee = D;
  O.Blocking = blockingRecord(C, *Entry);
  O.Name = B.string(U.typeName(T) + "::" + By.str());
}

/// Whether a place is the same object whenever its function comes by: no element, and nothing behind a pointer that may
/// point elsewhere by then.
static bool isFixed(const UnitBuilder &B, TermIndex At) {
  while (At && B.get(At).Kind == TermKind::Field)
    At = B.get(At).A;
  if (!At)
    return false;
  const Term &T = B.get(At);
  if (T.Kind == TermKind::Pointee)
    return B.get(T.A).Kind == TermKind::Load &&
           (B.get(B.get(T.A).A).Kind == TermKind::Param || B.get(B.get(T.A).A).Kind == TermKind::Capture);
  return T.Kind == TermKind::Local || T.Kind == TermKind::Global || T.Kind == TermKind::This ||
         T.Kind == TermKind::Param || T.Kind == TermKind::Capture;
}

/// worker = std::jthread(f); result = std::nullopt: the thread that was there before is waited for.
void FunctionReader::readReplaced(const CallSite &C) {
  QualType T = C.Object->getType();
  TermIndex At = location(C.Object);
  if (!isFixed(B, At))
    return;
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl(); U.qualifiedName(R) == "std::optional") {
    T = cast<ClassTemplateSpecializationDecl>(R)->getTemplateArgs()[0].getAsType();
    At = B.element(At, NoTerm, /*Any=*/true);
  }
  if (llvm::StringRef Role = U.role(T); Role != "joining-thread" && Role != "future")
    return;
  emitJoin(T, At, placeOf(C.E), "operator=");
  Ops.back().Sub = 1;
}

/// Whether a value is a handle of a thread.
bool FunctionReader::isHandle(const Expr *E) {
  llvm::StringRef Role = U.role(E->getType());
  return Role == "thread" || Role == "joining-thread" || Role == "future";
}

void FunctionReader::moveHandle(const Expr *From, TermIndex To, SourceLocation Loc) {
  TermIndex Source = location(From);
  if (!Source || !To || Source == To)
    return;
  Op &O = emit(OpKind::Move, Loc);
  O.A = Source;
  O.B = To;
}

/// a = std::move(b) of handles and guards; a = b of pointers and callables.
void FunctionReader::readMove(const CallSite &C) {
  if (!C.Object || C.Args.size() != 1)
    return;
  llvm::StringRef Role = U.role(C.Object->getType());
  SourceLocation Loc = placeOf(C.E);
  readReplaced(C);
  if (Role == "thread" || Role == "joining-thread" || Role == "future" || Role == "guard") {
    moveHandle(C.Args[0], location(C.Object), Loc);
  } else if (U.qualifiedName(C.Object->getType()->getAsCXXRecordDecl()) == "std::optional" && isHandle(C.Args[0])) {
    moveHandle(C.Args[0], B.element(location(C.Object), NoTerm), Loc);
  } else if (Role == "callable" || Role == "smart-pointer" || Role == "executor") {
    if (TermIndex To = location(C.Object)) {
      Op &O = emit(OpKind::Store, Loc);
      O.A = To;
      O.B = callableOf(C.Args[0]);
    }
  } else if (C.Object->getType()->isRecordType()) {
    storeCopy(location(C.Object), C.Args[0], Loc);
    storeFields(C.Args[0], location(C.Object));
  }
}

/// The end of an object's life: destructors of the user's, joins, releases, and so on for what it contains.
void FunctionReader::emitDestroy(QualType T, TermIndex Object, SourceLocation Loc, unsigned Depth) {
  if (T->isReferenceType())
    return;
  if (const auto *A = Context.getAsArrayType(T)) {
    emitDestroy(A->getElementType(), B.element(Object, NoTerm, true), Loc, Depth + 1);
    return;
  }
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->getDefinition() || Depth > 6)
    return;
  R = R->getDefinition();
  const catalog::TypeModel *M = U.typeModel(T);
  llvm::StringRef Role = M ? llvm::StringRef(M->Role) : "";
  if (Role == "guard") {
    Op &O = emit(OpKind::Release, Loc);
    O.B = Object;
    O.Flags |= OpInDestructor;
    return;
  }
  if (Role == "joining-thread" || Role == "future" || Role == "pool")
    return emitJoin(T, Object, Loc, "~" + R->getNameAsString());
  if (Role == "container" || Role == "smart-pointer" || U.qualifiedName(R) == "std::optional") {
    if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      if (Spec->getTemplateArgs().size() && Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type) {
        QualType Inner = Spec->getTemplateArgs()[0].getAsType();
        bool Unique = U.qualifiedName(R) == "std::unique_ptr";
        if (Unique && Spec->getTemplateArgs().size() > 1 &&
            Spec->getTemplateArgs()[1].getKind() == TemplateArgument::Type) {
          QualType Deleter = Spec->getTemplateArgs()[1].getAsType();
          if (const CXXRecordDecl *D = Deleter->getAsCXXRecordDecl(); D && !U.inSystemHeader(D)) {
            if (const CXXMethodDecl *Op = U.callOperator(Deleter)) {
              U.require(Op);
              struct Op O = makeOp(OpKind::Call, Loc);
              O.Symbol = U.id(Op);
              O.Name = B.string(U.displayName(Op));
              O.Flags |= OpInDestructor;
              O.List = B.list({B.load(Object)});
              Ops.push_back(O);
            }
            return;
          }
        }
        if (Role == "container")
          emitDestroy(Inner, B.element(Object, NoTerm, true), Loc, Depth + 1);
        else if (Unique)
          emitDestroy(Inner, B.pointee(B.load(Object)), Loc, Depth + 1);
        else if (Role != "smart-pointer")
          emitDestroy(Inner, B.element(Object, NoTerm, true), Loc, Depth + 1);
      }
    return;
  }
  const CXXDestructorDecl *D = R->getDestructor();
  if (D && D->isUserProvided() && (!U.inSystemHeader(D) || U.Catalog.blocking(U.qualifiedName(D)))) {
    U.require(D);
    Op O = makeOp(OpKind::Call, Loc);
    O.Symbol = U.id(D);
    O.A = Object;
    O.Name = B.string(U.displayName(D));
    O.Flags |= OpInDestructor;
    if (D->isVirtual() && Object && B.get(Object).Kind == TermKind::Pointee)
      O.Flags |= OpVirtual;
    if (const catalog::BlockingEntry *Entry = U.Catalog.blocking(U.qualifiedName(D))) {
      CallSite C;
      C.Callee = D;
      O.Blocking = blockingRecord(C, *Entry);
    }
    Ops.push_back(O);
    return; // what its members do is in its own summary
  }
  if (U.inSystemHeader(R))
    return;
  // An implicit destructor: its members', then its bases'.
  llvm::SmallVector<const FieldDecl *, 8> Fields(R->fields());
  for (const FieldDecl *Fd : llvm::reverse(Fields))
    emitDestroy(Fd->getType(), B.field(Object, U.symbol(Fd)), Loc, Depth + 1);
  for (const CXXBaseSpecifier &Base : R->bases())
    emitDestroy(Base.getType(), Object, Loc, Depth + 1);
}

} // namespace threadbare
