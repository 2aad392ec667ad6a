// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One translation unit: which functions to read, and what they are called.
#include "extract/Quiet.h"
#include "extract/Reader.h"

#include "clang/AST/QualTypeNames.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Sema/Sema.h"
#include "clang/Sema/SemaConsumer.h"
#include "llvm/Support/Path.h"

using namespace clang;

namespace threadbare {

UnitReader::UnitReader(ASTContext &Context, Sema *S, const catalog::Catalog &Catalog, const ExtractOptions &Options)
    : Context(Context), Sources(Context.getSourceManager()), S(S), Catalog(Catalog), Options(Options), B(Unit),
      FileNamesOf(Context.getSourceManager(), Options.Roots), Ids(Context.getSourceManager(), FileNamesOf) {
  // The term that means "unknown" has index 0; see NoTerm.
  B.term(TermKind::Unknown, 0, 0, 1);
}

/// A library's header, also where a build names its folder by -I: pkg-config does so for Qt's.
static bool isLibraryHeader(const SourceManager &Sources, SourceLocation Loc) {
  if (Sources.isInSystemHeader(Loc))
    return true;
  llvm::StringRef File = Sources.getFilename(Loc);
  return (File.starts_with("/usr/include/") || File.starts_with("/usr/lib/") ||
          File.starts_with("/usr/local/include/")) &&
         !Sources.isInMainFile(Loc);
}

bool UnitReader::inSystemHeader(const Decl *D) const {
  SourceLocation Loc = Sources.getExpansionLoc(D->getLocation());
  if (Loc.isInvalid())
    return true;
  auto [It, New] = InLibrary.try_emplace(Sources.getFileID(Loc).getHashValue(), false);
  if (New)
    It->second = isLibraryHeader(Sources, Loc);
  return It->second;
}

std::string UnitReader::qualifiedName(const NamedDecl *D) {
  if (!D)
    return "";
  auto [It, New] = Names.try_emplace(D);
  if (New)
    It->second = D->getQualifiedNameAsString();
  return It->second;
}

std::string UnitReader::displayName(const FunctionDecl *D) {
  if (auto *M = dyn_cast<CXXMethodDecl>(D)) {
    if (M->getParent()->isLambda())
      return "lambda";
    std::string Class = M->getParent()->getNameAsString();
    for (const DeclContext *C = M->getParent()->getDeclContext(); C && !C->isTranslationUnit(); C = C->getParent()) {
      if (auto *N = dyn_cast<NamespaceDecl>(C)) {
        if (!N->isAnonymousNamespace() && !N->isInline())
          Class = N->getNameAsString() + "::" + Class;
      } else if (auto *R = dyn_cast<CXXRecordDecl>(C)) {
        Class = R->getNameAsString() + "::" + Class;
      }
    }
    if (isa<CXXConstructorDecl>(M))
      return Class + "::" + M->getParent()->getNameAsString();
    if (isa<CXXDestructorDecl>(M))
      return Class + "::~" + M->getParent()->getNameAsString();
    return Class + "::" + M->getNameAsString();
  }
  std::string Name = D->getNameAsString();
  for (const DeclContext *C = D->getDeclContext(); C && !C->isTranslationUnit(); C = C->getParent())
    if (auto *N = dyn_cast<NamespaceDecl>(C); N && !N->isAnonymousNamespace() && !N->isInline())
      Name = N->getNameAsString() + "::" + Name;
  return Name;
}

std::string UnitReader::typeName(QualType T) {
  T = T.getNonReferenceType().getUnqualifiedType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  PrintingPolicy Policy(Context.getLangOpts());
  Policy.SuppressTagKeyword = true;
  Policy.Callbacks = &FileNamesOf;
  std::string Name = T.getAsString(Policy);
  bool Deduced = Name == "auto" || Name.find("__") != std::string::npos;
  if (R && Deduced)
    Name = T.getCanonicalType().getAsString(Policy);
  else if (R && Name.find("::") == std::string::npos && inSystemHeader(R))
    Name = TypeName::getFullyQualifiedName(T, Context, Policy);
  if (R && Name.size() > 60)
    Name = qualifiedName(R);
  // std::basic_ifstream<char> has a name that people use.
  if (llvm::StringRef Basic = Name; Basic.consume_front("std::basic_") && Basic.consume_back("<char>"))
    return ("std::" + Basic).str();
  return Name;
}

Place UnitReader::place(SourceLocation Loc) {
  Place P;
  if (Loc.isInvalid())
    return P;
  SourceLocation Written = Sources.getExpansionLoc(Loc);
  auto [Id, Offset] = Sources.getDecomposedLoc(Written);
  auto [It, New] = Files.try_emplace(Id.getHashValue(), 0);
  if (New)
    if (auto File = Sources.getFileEntryRefForID(Id))
      It->second = B.string(FileNamesOf.of(*File));
  P.File = It->second;
  P.Line = Sources.getLineNumber(Id, Offset);
  P.Column = Sources.getColumnNumber(Id, Offset);
  if (Loc.isMacroID()) {
    SourceLocation Spelled = Sources.getSpellingLoc(Loc);
    if (Spelled.isValid() && Sources.getFileEntryRefForID(Sources.getFileID(Spelled))) {
      Place Inner;
      if (Sources.getFileID(Spelled) != Id || Sources.getSpellingLineNumber(Spelled) != P.Line) {
        Inner = place(Spelled);
        Unit.Expansions.push_back(P);
        Unit.Expansions.push_back(Inner);
      }
    }
  }
  return P;
}

/// Whether objects of this class are strung together: one of its fields, or of the fields of those, points to another.
static bool isListNode(const RecordDecl *R, const RecordDecl *Node, unsigned Depth = 0) {
  if (!R || !R->getDefinition() || Depth > 2)
    return false;
  for (const FieldDecl *F : R->getDefinition()->fields()) {
    QualType T = F->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
    else if (auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(T->getAsCXXRecordDecl());
             Spec && Spec->getName().ends_with("_ptr") && Spec->getTemplateArgs().size() &&
             Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
      T = Spec->getTemplateArgs()[0].getAsType();
    else if (isListNode(T->getAsRecordDecl(), Node, Depth + 1))
      return true;
    else
      continue;
    if (const RecordDecl *To = T->getAsRecordDecl(); To && To->getCanonicalDecl() == Node->getCanonicalDecl())
      return true;
  }
  if (auto *C = dyn_cast<CXXRecordDecl>(R->getDefinition()))
    for (const CXXBaseSpecifier &Base : C->bases())
      if (const RecordDecl *B = Base.getType()->getAsRecordDecl(); isListNode(B, B, Depth + 1))
        return true;
  return false;
}

SymbolId UnitReader::symbol(const NamedDecl *D) {
  SymbolId Id = Ids.of(D);
  if (!Recorded.insert(Id).second)
    return Id;
  Symbol R;
  R.Id = Id;
  std::string Name = D->getNameAsString();
  if (auto *Class = dyn_cast<CXXRecordDecl>(D->getDeclContext()); Class && isa<VarDecl, FieldDecl>(D))
    Name = Class->getNameAsString() + "::" + Name;
  R.Name = B.string(Name);
  R.At = place(D->getLocation());
  if (auto *V = dyn_cast<ValueDecl>(D)) {
    if (V->getType().isConstQualified())
      R.Flags |= SymConst;
    if (V->getType()->isArithmeticType())
      R.Flags |= SymArithmetic;
    if (isFileStream(V->getType()) || (V->isInStdNamespace() && (Name == "cin" || Name == "wcin")))
      R.Flags |= SymFileStream;
  }
  if (auto *V = dyn_cast<VarDecl>(D); V && V->getTLSKind() != VarDecl::TLS_None)
    R.Flags |= SymThreadLocal;
  if (!D->isExternallyVisible())
    R.Flags |= SymInternal;
  const auto *Node = dyn_cast<RecordDecl>(D);
  if (auto *Fd = dyn_cast<FieldDecl>(D))
    Node = Fd->getParent();
  if (Node && !inSystemHeader(Node) && isListNode(Node, Node))
    R.Flags |= SymListNode;
  Unit.Symbols.push_back(R);
  return Id;
}

const catalog::FunctionModel *UnitReader::model(const FunctionDecl *D) {
  auto [It, New] = Models.try_emplace(D, false, nullptr);
  if (!New)
    return It->second.second;
  const IdentifierInfo *Name = D->getDeclName().isIdentifier() ? D->getIdentifier() : nullptr;
  const catalog::FunctionModel *M = nullptr;
  if (!Name || Catalog.knowsName(Name->getName()))
    M = Catalog.function(qualifiedName(D));
  Models[D].second = M;
  return M;
}

/// Whether the catalog's name without a namespace is this function's: one of the project's own that merely has the name
/// of a C function is another function, unless the project's own catalog says so.
bool UnitReader::isMeant(const FunctionDecl *D, llvm::StringRef Name, bool FromUser) const {
  return Name.contains("::") || (!isa<CXXMethodDecl>(D) && (FromUser || D->isExternC() || inSystemHeader(D)));
}

const catalog::BlockingEntry *UnitReader::blocking(const FunctionDecl *D) {
  auto [It, New] = Blockings.try_emplace(D, false, nullptr);
  if (!New)
    return It->second.second;
  const IdentifierInfo *Name = D->getDeclName().isIdentifier() ? D->getIdentifier() : nullptr;
  const catalog::BlockingEntry *E = nullptr;
  if (!Name || Catalog.knowsName(Name->getName()))
    E = Catalog.blocking(qualifiedName(D));
  if (E && !isMeant(D, E->Name, E->FromUser))
    E = nullptr;
  Blockings[D].second = E;
  return E;
}

const catalog::TypeModel *UnitReader::typeModel(QualType T) {
  if (T.isNull())
    return nullptr;
  T = T.getNonReferenceType();
  const auto *R = T->getAsRecordDecl();
  if (!R) {
    // C's handles are integers or structs behind a typedef: pthread_t, uv_loop_t.
    if (auto *Alias = T->getAs<TypedefType>())
      return Catalog.type(Alias->getDecl()->getNameAsString());
    return nullptr;
  }
  auto [It, New] = Types.try_emplace(R, false, nullptr);
  if (!New)
    return It->second.second;
  const catalog::TypeModel *M = Catalog.type(qualifiedName(R));
  // A class that derives from a known one is one, too, unless it says otherwise: awaitables, loops, guards.
  if (!M)
    if (auto *C = dyn_cast<CXXRecordDecl>(R); C && C->getDefinition() && !C->isLambda())
      for (const CXXBaseSpecifier &Base : C->getDefinition()->bases())
        if ((M = typeModel(Base.getType())))
          break;
  Types[R].second = M;
  return M;
}

/// A function without a body here matters only for what its author says of it.
void UnitReader::recordDeclaration(const FunctionDecl *D) {
  std::uint32_t Flags = FnDeclarationOnly;
  bool Said = false;
  for (const auto *A : D->specific_attrs<AnnotateAttr>()) {
    if (A->getAnnotation() == "threadbare::blocking")
      Flags |= FnAnnotatedBlocking, Said = true;
    else if (A->getAnnotation() == "threadbare::nonblocking")
      Flags |= FnAnnotatedNonblocking, Said = true;
    else if (A->getAnnotation() == "threadbare::offloads")
      Flags |= FnAnnotatedOffloads, Said = true;
  }
  if (!Said || !Declared.insert(Ids.of(D)).second)
    return;
  Function R;
  R.Id = Ids.of(D);
  R.Name = B.string(displayName(D));
  R.At = place(D->getLocation());
  R.Flags = Flags;
  Unit.Functions.push_back(R);
}

void UnitReader::collect() {
  struct Collector : RecursiveASTVisitor<Collector> {
    UnitReader &U;
    explicit Collector(UnitReader &U) : U(U) {}
    bool shouldVisitTemplateInstantiations() const { return true; }
    bool shouldVisitLambdaBody() const { return true; }
    bool TraverseTypeLoc(TypeLoc) { return true; }
    bool TraverseAttr(Attr *) { return true; }
    bool VisitFunctionDecl(FunctionDecl *D) {
      if (!D->doesThisDeclarationHaveABody() || D->isDeleted())
        return true;
      if (D->isDependentContext()) {
        // Read as it is written only if nobody instantiated it.
        if (FunctionTemplateDecl *T = D->getDescribedFunctionTemplate())
          for (FunctionDecl *Spec : T->specializations())
            if (Spec->hasBody())
              return true;
        if (D->getMemberSpecializationInfo() || isa<CXXMethodDecl>(D)) {
          auto *R = dyn_cast<CXXRecordDecl>(D->getDeclContext());
          if (R && R->getDescribedClassTemplate())
            for (auto *Spec : R->getDescribedClassTemplate()->specializations())
              if (Spec->getDefinition())
                for (const CXXMethodDecl *M : Spec->getDefinition()->methods())
                  if (M->getTemplateInstantiationPattern() == D && M->hasBody())
                    return true;
          if (R && R->isLambda() && !R->isGenericLambda())
            return true; // of a template that is read as a pattern, or instantiated
        }
      }
      U.require(D);
      return true;
    }
    /// A class that starts its threads in the initialisers of its members does so in a constructor that nobody wrote,
    /// and that the compiler has not made if no object is built here.
    bool VisitCXXRecordDecl(CXXRecordDecl *R) {
      if (!U.S || !R->isThisDeclarationADefinition() || R->isDependentContext() || R->isLambda() || R->isInvalidDecl() ||
          R->hasUserDeclaredConstructor() || !R->hasInClassInitializer())
        return true;
      if (llvm::none_of(R->fields(), [&](const FieldDecl *F) {
            llvm::StringRef Role = U.role(F->getType());
            return F->hasInClassInitializer() && (Role == "thread" || Role == "joining-thread" || Role == "future");
          }))
        return true;
      Quiet Quietly(*U.S);
      if (CXXConstructorDecl *K = U.S->LookupDefaultConstructor(R); K && !K->isDeleted() && K->isImplicit()) {
        if (!K->hasBody())
          U.S->DefineImplicitDefaultConstructor(R->getLocation(), K);
        if (K->hasBody())
          U.require(K);
      }
      return true;
    }
    bool VisitCXXMethodDecl(CXXMethodDecl *M) {
      if (!M->isVirtual() || M->isDependentContext())
        return true;
      for (const CXXMethodDecl *O : M->overridden_methods()) {
        Override R;
        R.Method = U.Ids.of(M);
        R.Overridden = U.Ids.of(O);
        R.Class = U.Ids.of(M->getParent());
        SourceLocation At = U.Sources.getExpansionLoc(O->getParent()->getLocation());
        R.InMainFile = U.Sources.isInMainFile(At);
        U.Unit.Overrides.push_back(R);
      }
      if (M->size_overridden_methods() == 0) {
        Override R;
        R.Method = M->isPureVirtual() ? 0 : U.Ids.of(M);
        R.Overridden = U.Ids.of(M);
        R.Class = U.Ids.of(M->getParent());
        R.InMainFile = U.Sources.isInMainFile(U.Sources.getExpansionLoc(M->getParent()->getLocation()));
        U.Unit.Overrides.push_back(R);
      }
      return true;
    }
  } V(*this);
  for (Decl *D : Context.getTranslationUnitDecl()->decls()) {
    if (D->isImplicit() || inSystemHeader(D))
      continue;
    V.TraverseDecl(D);
  }
}

void UnitReader::readQueued() {
  while (!Queue.empty()) {
    const FunctionDecl *D = Queue.front();
    Queue.pop_front();
    if (!Read.insert(Ids.of(D)).second)
      continue;
    FunctionReader(*this, D).read();
  }
}

UnitSummary UnitReader::run() {
  if (auto Main = Sources.getFileEntryRefForID(Sources.getMainFileID()))
    Unit.MainFile = FileNamesOf.of(*Main);
  collect();
  readQueued();
  return std::move(Unit);
}

UnitSummary extractUnit(ASTContext &Context, Sema *S, const catalog::Catalog &Catalog, const ExtractOptions &Options) {
  return UnitReader(Context, S, Catalog, Options).run();
}

namespace {

class ExtractConsumer : public SemaConsumer {
public:
  ExtractConsumer(CompilerInstance &CI, const catalog::Catalog &Catalog, ExtractOptions Options,
                  std::function<void(UnitSummary)> Done)
      : CI(CI), Catalog(Catalog), Options(std::move(Options)), Done(std::move(Done)) {}

  void InitializeSema(Sema &S) override { TheSema = &S; }
  void ForgetSema() override { TheSema = nullptr; }

  bool shouldSkipFunctionBody(Decl *D) override {
    if (!Options.SkipSystemBodies)
      return false;
    const SourceManager &Sources = CI.getSourceManager();
    SourceLocation Loc = Sources.getExpansionLoc(D->getLocation());
    if (!isLibraryHeader(Sources, Loc))
      return false;
    if (!Options.ReadInFull.empty()) {
      llvm::StringRef File = Sources.getFilename(Loc);
      for (const std::string &Prefix : Options.ReadInFull)
        if (File.starts_with(Prefix))
          return false;
    }
    return true;
  }

  void HandleTranslationUnit(ASTContext &Context) override {
    Done(extractUnit(Context, TheSema, Catalog, Options));
  }

private:
  CompilerInstance &CI;
  Sema *TheSema = nullptr;
  const catalog::Catalog &Catalog;
  ExtractOptions Options;
  std::function<void(UnitSummary)> Done;
};

} // namespace

std::unique_ptr<ASTConsumer> makeExtractConsumer(CompilerInstance &CI, const catalog::Catalog &Catalog,
                                                 ExtractOptions Options, std::function<void(UnitSummary)> Done) {
  return std::make_unique<ExtractConsumer>(CI, Catalog, std::move(Options), std::move(Done));
}

} // namespace threadbare
