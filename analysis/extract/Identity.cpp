// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "extract/Identity.h"

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

std::string pathOf(const SourceManager &Sources, const Decl *D) {
  SourceLocation Loc = Sources.getFileLoc(D->getLocation());
  auto File = Sources.getFileEntryRefForID(Sources.getFileID(Loc));
  if (!File)
    return "";
  llvm::SmallString<256> Path(File->getName());
  Sources.getFileManager().makeAbsolutePath(Path);
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return std::string(Path);
}

static bool isLambdaOrLocalClassMember(const Decl *D) {
  if (auto *M = dyn_cast<CXXMethodDecl>(D))
    return M->getParent()->isLambda();
  if (auto *R = dyn_cast<CXXRecordDecl>(D))
    return R->isLambda();
  return false;
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

SymbolId Identity::compute(const Decl *D) {
  llvm::SmallString<256> Text;
  bool NeedsPlace = false, NeedsFile = false;
  if (isLambdaOrLocalClassMember(D) || index::generateUSRForDecl(D, Text)) {
    Text.clear();
    NeedsPlace = NeedsFile = true;
  }
  if (auto *ND = dyn_cast<NamedDecl>(D))
    if (!ND->isExternallyVisible())
      NeedsFile = true;
  if (auto *FD = dyn_cast<FunctionDecl>(D); FD && FD->isMain())
    NeedsFile = true;
  if (auto *VD = dyn_cast<VarDecl>(D); VD && VD->isLocalVarDecl())
    NeedsPlace = true;
  if (NeedsFile)
    Text += pathOf(Sources, D);
  if (NeedsPlace) {
    SourceLocation Loc = Sources.getExpansionLoc(D->getLocation());
    Text += ":" + std::to_string(Sources.getExpansionLineNumber(Loc)) + ":" +
            std::to_string(Sources.getExpansionColumnNumber(Loc)) + ":" + std::to_string(D->getKind());
    if (auto *M = dyn_cast<CXXMethodDecl>(D)) {
      Text += M->getNameAsString();
      if (auto *Args = M->getTemplateSpecializationArgs()) // a generic lambda's instantiations
        for (const TemplateArgument &A : Args->asArray()) {
          llvm::raw_svector_ostream Out(Text);
          A.print(M->getASTContext().getPrintingPolicy(), Out, true);
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
