// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "extract/Identity.h"

#include "model/Roots.h"

#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace threadbare {

std::string FileNames::remapPath(llvm::StringRef Path) const {
  llvm::SmallString<256> Absolute(Path);
  Sources.getFileManager().makeAbsolutePath(Absolute);
  llvm::sys::path::remove_dots(Absolute, /*remove_dot_dot=*/true);
  return nameBelowRoots(Absolute, Roots);
}

/// The name of the file that \p D is written in.
std::string Identity::fileOf(const Decl *D) const {
  SourceLocation Loc = Sources.getFileLoc(D->getLocation());
  auto File = Sources.getFileEntryRefForID(Sources.getFileID(Loc));
  return File ? Files.of(*File) : "";
}

static bool isLambdaOrLocalClassMember(const Decl *D) {
  if (auto *M = dyn_cast<CXXMethodDecl>(D))
    return M->getParent()->isLambda();
  if (auto *R = dyn_cast<CXXRecordDecl>(D))
    return R->isLambda();
  return false;
}

/// Closure types among template arguments. A USR prints every closure type of one function alike, so two instantiations
/// that differ only in the lambda they were given would be one.
static void closuresIn(QualType T, llvm::SmallVectorImpl<const CXXRecordDecl *> &Found, unsigned Depth = 0);

static void closuresIn(llvm::ArrayRef<TemplateArgument> Args, llvm::SmallVectorImpl<const CXXRecordDecl *> &Found,
                       unsigned Depth) {
  for (const TemplateArgument &A : Args) {
    if (A.getKind() == TemplateArgument::Type)
      closuresIn(A.getAsType(), Found, Depth);
    else if (A.getKind() == TemplateArgument::Pack)
      closuresIn(A.getPackAsArray(), Found, Depth);
  }
}

static void closuresIn(QualType T, llvm::SmallVectorImpl<const CXXRecordDecl *> &Found, unsigned Depth) {
  if (T.isNull() || Depth > 4)
    return;
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R)
    return;
  if (R->isLambda())
    Found.push_back(R);
  else if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
    closuresIn(Spec->getTemplateArgs().asArray(), Found, Depth + 1);
}

static SymbolId hash(llvm::StringRef Text) {
  SymbolId Id = llvm::xxh3_64bits(Text);
  return Id ? Id : 1;
}

SymbolId Identity::of(const Decl *D) {
  D = D->getCanonicalDecl();
  auto [It, New] = Known.try_emplace(D, 0);
  if (!New)
    return It->second;
  SymbolId Id = compute(D);
  return Known[D] = Id;
}

/// The lambdas and local classes that a template was instantiated for: they have no names, and a USR may take one for
/// the other.
void Identity::addUnnamed(llvm::ArrayRef<TemplateArgument> Args, llvm::SmallVectorImpl<char> &Text, unsigned Depth) {
  if (Depth > 4)
    return;
  for (const TemplateArgument &A : Args) {
    if (A.getKind() == TemplateArgument::Pack) {
      addUnnamed(A.pack_elements(), Text, Depth);
      continue;
    }
    if (A.getKind() != TemplateArgument::Type)
      continue;
    QualType T = A.getAsType().getNonReferenceType();
    while (T->isPointerType())
      T = T->getPointeeType();
    const CXXRecordDecl *R = T->getAsCXXRecordDecl();
    if (!R)
      continue;
    if (R->isLambda() || R->isLocalClass())
      llvm::Twine("#" + llvm::Twine(of(R))).toVector(Text);
    else if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      addUnnamed(Spec->getTemplateArgs().asArray(), Text, Depth + 1);
  }
}

SymbolId Identity::compute(const Decl *D) {
  llvm::SmallString<256> Text;
  bool NeedsPlace = false, NeedsFile = false;
  if (isLambdaOrLocalClassMember(D) || index::generateUSRForDecl(D, Text)) {
    Text.clear();
    NeedsPlace = NeedsFile = true;
  }
  llvm::SmallString<64> Unnamed;
  if (auto *F = dyn_cast<FunctionDecl>(D); F && F->getTemplateSpecializationArgs())
    addUnnamed(F->getTemplateSpecializationArgs()->asArray(), Unnamed, 0);
  if (!isLambdaOrLocalClassMember(D))
    for (const DeclContext *C = isa<DeclContext>(D) ? cast<DeclContext>(D) : D->getDeclContext(); C; C = C->getParent())
      if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(C))
        addUnnamed(Spec->getTemplateArgs().asArray(), Unnamed, 0);
  Text += Unnamed;
  if (auto *ND = dyn_cast<NamedDecl>(D))
    if (!ND->isExternallyVisible())
      NeedsFile = true;
  llvm::SmallVector<const CXXRecordDecl *, 4> Closures;
  if (auto *FD = dyn_cast<FunctionDecl>(D))
    if (const TemplateArgumentList *Args = FD->getTemplateSpecializationArgs())
      closuresIn(Args->asArray(), Closures, 0);
  for (const DeclContext *C = dyn_cast<DeclContext>(D) ? cast<DeclContext>(D) : D->getDeclContext(); C;
       C = C->getParent())
    if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(C))
      closuresIn(Spec->getTemplateArgs().asArray(), Closures, 0);
  for (const CXXRecordDecl *R : Closures)
    Text += "<" + std::to_string(of(R)) + ">";
  if (auto *FD = dyn_cast<FunctionDecl>(D); FD && FD->isMain())
    NeedsFile = true;
  if (auto *VD = dyn_cast<VarDecl>(D); VD && VD->isLocalVarDecl())
    NeedsPlace = true;
  if (NeedsFile)
    Text += fileOf(D);
  if (NeedsPlace) {
    SourceLocation Loc = Sources.getExpansionLoc(D->getLocation());
    Text += ":" + std::to_string(Sources.getExpansionLineNumber(Loc)) + ":" +
            std::to_string(Sources.getExpansionColumnNumber(Loc)) + ":" + std::to_string(D->getKind());
    if (auto *M = dyn_cast<CXXMethodDecl>(D)) {
      Text += M->getNameAsString();
      if (auto *Args = M->getTemplateSpecializationArgs()) // a generic lambda's instantiations
        for (const TemplateArgument &A : Args->asArray()) {
          llvm::raw_svector_ostream Out(Text);
          PrintingPolicy Policy = M->getASTContext().getPrintingPolicy();
          Policy.Callbacks = &Files;
          A.print(Policy, Out, true);
        }
    }
    // The same lambda in two instantiations of the function around it is two functions.
    for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent())
      if (auto *F = dyn_cast<FunctionDecl>(C)) {
        Text += std::to_string(of(F));
        break;
      }
  }
  return hash(Text);
}

} // namespace threadbare
