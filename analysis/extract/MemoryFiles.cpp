// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that are in no file system of a disk: what the kernel makes up while it is read (/proc, /sys), and devices that
// answer at once. Whoever opens them by a constant path does not wait, nor whoever reads what was opened so.
#include "extract/Reader.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace threadbare {

/// Whether a path that begins like this is such a file, whatever follows.
static bool beginsInMemory(llvm::StringRef Text) {
  static constexpr llvm::StringLiteral Devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                                    "/dev/urandom"};
  if (llvm::is_contained(Devices, Text) || Text.starts_with("/dev/shm/"))
    return true;
  // The kernel's log waits for the next message; a process's descriptors may be anything.
  if (Text.starts_with("/proc/kmsg") || Text.contains("/fd/"))
    return false;
  return Text == "/proc" || Text.starts_with("/proc/") || Text == "/sys" || Text.starts_with("/sys/");
}

static const Expr *unwrapped(const Expr *E) {
  while (E) {
    const Expr *Next = E->IgnoreImplicit()->IgnoreParenCasts();
    if (auto *C = dyn_cast<CXXConstructExpr>(Next); C && C->getNumArgs() >= 1)
      Next = C->getArg(0); // std::string, a path or a view of the text
    if (Next == E)
      return E;
    E = Next;
  }
  return E;
}

static llvm::StringRef calleeName(const CallExpr *C) {
  const FunctionDecl *F = C->getDirectCallee();
  return F && F->getDeclName().isIdentifier() ? F->getName() : "";
}

/// What `snprintf(buffer, sizeof buffer, "/proc/%d/stat", pid)` writes into this variable, if nothing else does.
const Expr *FunctionReader::formattedInto(const VarDecl *V) {
  struct Finder : RecursiveASTVisitor<Finder> {
    const VarDecl *V;
    const Expr *Format = nullptr;
    unsigned Writers = 0;
    bool VisitCallExpr(CallExpr *C) {
      unsigned At = llvm::StringSwitch<unsigned>(calleeName(C))
                        .Cases("snprintf", "__builtin_snprintf", 2)
                        .Cases("sprintf", "strcpy", "__builtin_sprintf", "__builtin_strcpy", 1)
                        .Case("__builtin___snprintf_chk", 4)
                        .Case("__builtin___sprintf_chk", 3)
                        .Default(0);
      if (!At || C->getNumArgs() <= At)
        return true;
      auto *To = dyn_cast<DeclRefExpr>(C->getArg(0)->IgnoreParenCasts());
      if (To && To->getDecl() == V) {
        ++Writers;
        Format = C->getArg(At);
      }
      return true;
    }
  } Look;
  Look.V = V;
  Look.TraverseStmt(const_cast<Stmt *>(Body));
  return Look.Writers == 1 ? Look.Format : nullptr;
}

bool FunctionReader::isFileInMemory(const Expr *Path, unsigned Depth) {
  const Expr *E = Path ? unwrapped(Path) : nullptr;
  if (!E || Depth > 8)
    return false;
  if (auto *S = dyn_cast<StringLiteral>(E))
    return S->isOrdinary() && beginsInMemory(S->getString());
  if (auto *C = dyn_cast<ConditionalOperator>(E))
    return isFileInMemory(C->getTrueExpr(), Depth + 1) && isFileInMemory(C->getFalseExpr(), Depth + 1);
  if (auto *D = dyn_cast<DeclRefExpr>(E)) {
    auto *V = dyn_cast<VarDecl>(D->getDecl());
    if (!V || isa<ParmVarDecl>(V))
      return false;
    if (V->getType()->isArrayType() && !V->getType().isConstQualified())
      return owns(V) && isFileInMemory(formattedInto(V), Depth + 1);
    // What is appended to a string changes nothing of how it begins.
    bool Appended = V->getType()->isRecordType() && owns(V) && !Assigned.contains(V);
    return isFileInMemory(Appended ? V->getInit() : onlyInit(V), Depth + 1);
  }
  auto *Call = dyn_cast<CallExpr>(E);
  auto Site = Call ? callSite(Call) : std::nullopt;
  if (!Site)
    return false;
  llvm::StringRef Name = calleeName(Call);
  if (auto *O = dyn_cast<CXXOperatorCallExpr>(Call))
    return (O->getOperator() == OO_Plus || O->getOperator() == OO_Slash) && isFileInMemory(O->getArg(0), Depth + 1);
  if (Site->Object)
    return (Name == "c_str" || Name == "data" || Name == "string" || Name == "native") &&
           isFileInMemory(Site->Object, Depth + 1);
  bool Joins = llvm::StringSwitch<bool>(Name)
                   .Cases("format", "Format", "StringPrintf", "StrFormat", "StrCat", true)
                   .Cases("move", "forward", "as_const", true)
                   .Default(false);
  return Joins && !Site->Args.empty() && isFileInMemory(Site->Args[0], Depth + 1);
}

/// Whether a call that may wait for a disk names such a file. The path is the first argument, or the second of the
/// functions whose names end in "at".
bool FunctionReader::namesFileInMemory(const CallSite &C) {
  if (C.Object && namesStreamInMemory(C.Object))
    return true;
  for (unsigned I = 0; I < C.Args.size() && I < 2; ++I) {
    QualType T = C.Args[I]->getType().getNonReferenceType();
    if ((T->isPointerType() || T->isArrayType() || T->isRecordType()) && isFileInMemory(C.Args[I]))
      return true;
  }
  return false;
}

bool FunctionReader::namesStreamInMemory(const Expr *Stream) {
  auto *D = dyn_cast<DeclRefExpr>(Stream->IgnoreParenImpCasts());
  auto *V = D ? dyn_cast<VarDecl>(D->getDecl()) : nullptr;
  return V && U.isFileStream(V->getType()) && opensFileInMemory(V);
}

/// A stream that is made over such a file.
bool FunctionReader::opensFileInMemory(const VarDecl *V) {
  const Expr *E = V->hasInit() && owns(V) && !isa<ParmVarDecl>(V) ? V->getInit()->IgnoreImplicit() : nullptr;
  auto *C = dyn_cast_or_null<CXXConstructExpr>(E);
  return C && C->getNumArgs() >= 1 && isFileInMemory(C->getArg(0));
}

} // namespace threadbare
