// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// "It blocks, unless ...": the catalog's conditions, in terms of this call. What can be decided here is; what depends
// on a parameter stays in the summary and is decided at the call that knows.
#include "extract/Reader.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace threadbare {

static const std::string *literalOf(const Expr *E, std::string &Storage) {
  if (!E)
    return nullptr;
  E = E->IgnoreImplicit()->IgnoreParenImpCasts();
  if (auto *C = dyn_cast<CXXConstructExpr>(E); C && C->getNumArgs() >= 1)
    return literalOf(C->getArg(0), Storage);
  if (auto *S = dyn_cast<StringLiteral>(E); S && S->isOrdinary()) {
    Storage = S->getString().str();
    return &Storage;
  }
  return nullptr;
}

static const CXXRecordDecl *classOf(const Expr *E) {
  QualType T = E->IgnoreParenImpCasts()->getType().getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  return T->getAsCXXRecordDecl();
}

/// Whether the class or one of its bases is listed; template arguments are not looked at.
static bool isOneOf(const CXXRecordDecl *R, llvm::ArrayRef<std::string> Listed) {
  if (!R)
    return false;
  std::string Name = R->getQualifiedNameAsString();
  for (llvm::StringRef Wanted : Listed)
    if (Wanted == Name || Wanted.starts_with(Name + "<") || Wanted.starts_with(Name + " "))
      return true;
  if (const CXXRecordDecl *Definition = R->getDefinition())
    for (const CXXBaseSpecifier &Base : Definition->bases())
      if (isOneOf(Base.getType()->getAsCXXRecordDecl(), Listed))
        return true;
  return false;
}

static bool isObjectIn(const Expr *E, llvm::ArrayRef<std::string> Listed) {
  auto *D = E ? dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts()) : nullptr;
  return D && llvm::is_contained(Listed, D->getDecl()->getQualifiedNameAsString());
}

bool UnitReader::isFileStream(QualType T) {
  T = T.getNonReferenceType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  static const std::string Files[] = {"std::basic_ifstream", "std::basic_ofstream", "std::basic_fstream"};
  return R && R->hasDefinition() && !R->isLambda() && isOneOf(R, Files);
}

/// Whether this function gives the member of the local that \p Of is, or points to, this value: by assignment or in
/// its initialiser. False where it surely does not, nullopt where the object or the value is not known.
std::optional<bool> FunctionReader::memberWasSet(const Expr *Of, llvm::StringRef Member, std::int64_t Wanted,
                                                 bool AsFlag) {
  if (auto C = constantOf(Of); C && *C == 0)
    return false;
  const Expr *E = Of->IgnoreParenImpCasts();
  if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_AddrOf)
    E = UO->getSubExpr()->IgnoreParenImpCasts();
  auto *Named = dyn_cast<DeclRefExpr>(E);
  auto *V = Named ? dyn_cast<VarDecl>(Named->getDecl()) : nullptr;
  if (!V || !owns(V) || isa<ParmVarDecl>(V) || V->getType()->isPointerType() || V->getType()->isReferenceType())
    return std::nullopt;
  struct Finder : RecursiveASTVisitor<Finder> {
    FunctionReader &R;
    const VarDecl *V;
    llvm::StringRef Member;
    std::int64_t Wanted;
    bool AsFlag;
    bool Set = false, Unknown = false;
    Finder(FunctionReader &R, const VarDecl *V, llvm::StringRef Member, std::int64_t Wanted, bool AsFlag)
        : R(R), V(V), Member(Member), Wanted(Wanted), AsFlag(AsFlag) {}
    void given(const Expr *Value) {
      if (auto C = R.constantOf(Value))
        Set |= AsFlag ? (*C & Wanted) == Wanted : *C == Wanted;
      else
        Unknown |= !isa<ImplicitValueInitExpr>(Value);
    }
    bool VisitBinaryOperator(BinaryOperator *O) {
      if (!O->isAssignmentOp())
        return true;
      if (auto *M = dyn_cast<MemberExpr>(O->getLHS()->IgnoreParenImpCasts()); M && M->getMemberDecl()->getName() == Member)
        if (auto *D = dyn_cast<DeclRefExpr>(M->getBase()->IgnoreParenImpCasts()); D && D->getDecl() == V)
          given(O->getRHS());
      return true;
    }
  } Look(*this, V, Member, Wanted, AsFlag);
  Look.TraverseStmt(const_cast<Stmt *>(Body));
  if (V->hasInit())
    if (auto *I = dyn_cast<InitListExpr>(V->getInit()->IgnoreImplicit())) {
      if (const InitListExpr *Semantic = I->getSemanticForm())
        I = Semantic;
      if (auto *R = I->getType()->getAsRecordDecl()) {
        unsigned N = 0;
        for (const FieldDecl *Fd : R->fields()) {
          if (N < I->getNumInits() && Fd->getName() == Member)
            Look.given(I->getInit(N));
          ++N;
        }
      }
    }
  if (Look.Set)
    return true;
  return Look.Unknown ? std::nullopt : std::optional(false);
}

/// nullopt: the condition does not matter here (it surely does not hold, or only says how long it blocks).
std::optional<Condition> FunctionReader::condition(const CallSite &C, llvm::ArrayRef<catalog::ConditionEntry> All,
                                                   const catalog::ConditionEntry &E) {
  if (E.Then == "bounded" || E.Then == "low" || E.Then == "mostly-nonblocking")
    return std::nullopt;
  Condition Out;
  Out.Requires = E.Then == "blocking";
  auto Decided = [&](bool Holds) -> std::optional<Condition> {
    // Satisfied: nothing is claimed. What surely holds of a "blocks only if" needs no condition any more.
    if (Holds == !Out.Requires) {
      Out.Kind = ConditionKind::Satisfied;
      Out.Requires = 0;
      return Out;
    }
    return std::nullopt;
  };
  auto Unmodelled = [&]() -> std::optional<Condition> {
    if (Out.Requires)
      return std::nullopt; // "blocks also if": the entry's default says it blocks
    U.B.silence(("condition not modelled: " + E.When));
    Out.Kind = ConditionKind::Satisfied;
    return Out;
  };
  catalog::Operand Arg = E.Arg;
  const Expr *Given = operandExpr(C, Arg);
  bool Defaulted = Given && isa<CXXDefaultArgExpr>(Given);
  auto Missing = [&] { return Arg && !Given; };

  if (E.When == "arg-equals" || E.When == "arg-not-in") {
    if (Missing())
      return std::nullopt;
    if (E.When == "arg-not-in") {
      auto V = constantOf(Given);
      if (!V)
        return Unmodelled();
      for (const std::string &Name : E.Values)
        if (auto K = catalog::resolveConstant(Name); K && *K == *V)
          return Decided(false);
      return Decided(true);
    }
    auto Wanted = catalog::resolveConstant(E.Value);
    if (!Wanted) {
      // An enumerator of the library's own: compare by name.
      if (Given)
        if (auto *D = dyn_cast<DeclRefExpr>(Given->IgnoreParenImpCasts()))
          return Decided(llvm::StringRef(E.Value).ends_with(D->getDecl()->getName()));
      return Unmodelled();
    }
    if (auto V = constantOf(Given))
      return Decided(*V == *Wanted);
    Out.Kind = ConditionKind::Equals;
    Out.Value = value(Given);
    Out.Constant = *Wanted;
    return Out.Value ? std::optional(Out) : std::nullopt;
  }
  if (E.When == "arg-has-flag") {
    if (Missing())
      return std::nullopt;
    auto Wanted = catalog::resolveConstant(E.Value);
    if (!Given || !Wanted)
      return Unmodelled();
    if (auto V = constantOf(Given))
      return Decided((*V & *Wanted) == *Wanted);
    Out.Kind = ConditionKind::HasFlag;
    Out.Value = value(Given);
    Out.Constant = *Wanted;
    return Out;
  }
  if (E.When == "arg-is-null" || E.When == "arg-not-null") {
    bool WantsNull = E.When == "arg-is-null";
    if (Missing())
      return Decided(WantsNull);
    if (!Given)
      return Unmodelled();
    if (auto V = constantOf(Given))
      return Decided((*V == 0) == WantsNull);
    TermIndex V = value(Given);
    if (V) {
      TermKind K = B.get(V).Kind;
      if (K == TermKind::Address || K == TermKind::Function || K == TermKind::Closure)
        return Decided(!WantsNull);
    }
    Out.Kind = WantsNull ? ConditionKind::IsNull : ConditionKind::NotNull;
    Out.Value = V;
    return Out;
  }
  if (E.When == "duration-not-positive") {
    if (!Given)
      return std::nullopt;
    if (auto V = durationOf(Given))
      return Decided(*V <= 0);
    Out.Kind = ConditionKind::NotPositive;
    Out.Value = value(Given);
    if (Out.Value && B.get(Out.Value).Kind == TermKind::Load)
      if (const Term &L = B.get(B.get(Out.Value).A); L.Kind == TermKind::Object)
        Out.Value = NoTerm;
    return Out.Value ? std::optional(Out) : std::nullopt;
  }
  if (E.When == "fd-nonblocking") {
    if (HandlesWouldBlock)
      return Decided(true);
    if (!Given && !C.Args.empty()) {
      for (const Expr *A : C.Args)
        if (A->getType()->isIntegerType()) {
          Given = A;
          break;
        }
    }
    if (!Given)
      return std::nullopt;
    Out.Kind = ConditionKind::FdNonblocking;
    Out.Value = value(Given);
    return Out.Value ? std::optional(Out) : std::nullopt;
  }
  if (E.When == "fd-is-regular-file")
    return std::nullopt;
  if (E.When == "object-option") {
    if (HandlesWouldBlock)
      return Decided(true);
    const Expr *Socket = Given ? Given : C.Object ? C.Object : C.Args.empty() ? nullptr : C.Args[0];
    if (!Socket)
      return std::nullopt;
    Out.Kind = ConditionKind::ObjectNonblocking;
    Out.Value = Socket->getType()->isPointerType() ? value(Socket) : B.address(location(Socket));
    return Out.Value ? std::optional(Out) : std::nullopt;
  }
  if (E.When == "dominated-by") {
    if (llvm::StringRef(E.Call).contains("ready")) {
      if (!C.Object)
        return std::nullopt;
      Out.Kind = ConditionKind::FutureReady;
      Out.Value = C.Object->getType()->isPointerType() ? value(C.Object) : B.address(location(C.Object));
      return Out.Value ? std::optional(Out) : std::nullopt;
    }
    if (E.Call == "main-thread-top-level")
      return std::nullopt;
    // A call of that name before this one in the same function: poll() said that it will not wait.
    for (const Op &Before : Ops)
      if (Before.Kind == OpKind::Call) {
        llvm::StringRef Name = U.Unit.string(Before.Name);
        for (llvm::StringRef Wanted = E.Call; !Wanted.empty();) {
          auto [One, More] = Wanted.split('|');
          if (Name == One || Name.ends_with(("::" + One).str()))
            return Decided(true);
          Wanted = More;
        }
      }
    return std::nullopt;
  }
  if (E.When == "arg-type-in" && !Arg)
    return Decided(llvm::any_of(C.Args, [&](const Expr *A) { return isOneOf(classOf(A), E.Values); }));
  if (E.When == "receiver-type-in" || E.When == "arg-type-in") {
    const Expr *Typed = Given ? Given : C.Object ? C.Object : C.Args.empty() ? nullptr : C.Args[0];
    if (!Typed)
      return std::nullopt;
    if (namesStreamInMemory(Typed))
      return Decided(!Out.Requires);
    if (isOneOf(classOf(Typed), E.Values) || isObjectIn(Typed, E.Values))
      return Decided(true);
    // The static type of a stream says nothing of what somebody else opened; the caller may know.
    std::string Name = U.qualifiedName(classOf(Typed));
    bool Stream = Name == "std::basic_istream" || Name == "std::basic_ostream" || Name == "std::basic_iostream" ||
                  Name == "std::basic_ios";
    if (Stream && Out.Requires) {
      Out.Kind = ConditionKind::FileStream;
      Out.Value = B.address(location(Typed));
      return Out.Value ? std::optional(Out) : Decided(false);
    }
    if (Stream && llvm::any_of(All, [&](const catalog::ConditionEntry &Other) {
          return Other.When == E.When && Other.Then == "blocking";
        }))
      return std::nullopt; // that one decides
    if (Stream || Name == "QIODevice")
      return Unmodelled();
    return Decided(false);
  }
  if (E.When == "receiver-is-object") {
    return Decided(isObjectIn(Given ? Given : C.Object ? C.Object : C.Args.empty() ? nullptr : C.Args[0], E.Values));
  }
  if (E.When == "no-path-argument")
    return Decided(C.Args.empty() || isa<CXXDefaultArgExpr>(C.Args[0]));
  if (E.When == "arg-defaulted")
    return Decided(Defaulted || !Given);
  if (E.When == "arg-literal") {
    std::string Text;
    const std::string *Literal = literalOf(Given ? Given : C.Args.empty() ? nullptr : C.Args[0], Text);
    return Decided(Literal && *Literal == E.Value);
  }
  if (E.When == "arg-literal-ip") {
    std::string Text;
    const std::string *Literal = literalOf(Given ? Given : C.Args.empty() ? nullptr : C.Args[0], Text);
    return Decided(Literal && !Literal->empty() && Literal->find_first_not_of("0123456789.:") == std::string::npos);
  }
  if (E.When == "overload-has-callback") {
    bool Callback = false;
    for (const Expr *A : C.Args) {
      const CXXRecordDecl *R = A->getType().getNonReferenceType()->getAsCXXRecordDecl();
      Callback |= (R && R->isLambda()) || U.role(A->getType()) == "callable";
    }
    return Decided(Callback);
  }
  if (E.When == "overload-returns" && C.Callee) {
    std::string Returned = C.Callee->getReturnType().getAsString();
    return Decided(!E.Value.empty() ? Returned == E.Value : false);
  }
  if (E.When == "value-from-call") {
    if (Out.Requires || !Given)
      return std::nullopt; // the link knows which spawn made a future
    // A file in memory: the functions that open one are modelled as making what does not block.
    Out.Kind = ConditionKind::FdNonblocking;
    Out.Value = value(Given);
    return Out.Value ? std::optional(Out) : std::nullopt;
  }
  if (E.When == "struct-field-flag" || E.When == "arg-option") {
    auto Wanted = catalog::resolveConstant(E.Value);
    if (!Given || !Wanted)
      return Unmodelled();
    auto Set = memberWasSet(Given, E.Field, *Wanted, E.When == "struct-field-flag");
    return Set ? Decided(*Set) : Unmodelled();
  }
  if (E.When == "timeval-zero" || E.When == "timespec-zero") {
    if (!Given)
      return std::nullopt;
    const Expr *A = Given->IgnoreParenImpCasts();
    if (auto *UO = dyn_cast<UnaryOperator>(A); UO && UO->getOpcode() == UO_AddrOf)
      if (auto *D = dyn_cast<DeclRefExpr>(UO->getSubExpr()->IgnoreParenImpCasts()))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && V->hasInit())
          if (auto *I = dyn_cast<InitListExpr>(V->getInit()->IgnoreImplicit())) {
            bool Zero = true;
            for (const Expr *Init : I->inits()) {
              auto K = constantOf(Init);
              Zero &= isa<ImplicitValueInitExpr>(Init) || (K && *K == 0);
            }
            return Decided(Zero);
          }
    return std::nullopt;
  }
  if (E.When == "template-arg-not-blocking-mutex")
    return std::nullopt;
  return Unmodelled();
}

static BlockingCategory categoryOf(llvm::StringRef Category) {
  if (Category == "lock")
    return BlockingCategory::Lock;
  if (Category == "sync-wait")
    return BlockingCategory::SyncWait;
  return BlockingCategory::Blocking;
}

std::uint32_t UnitReader::blockingRecord(const catalog::BlockingEntry &Entry, llvm::ArrayRef<Condition> Conditions) {
  Blocking Record;
  Record.Category = categoryOf(Entry.Category);
  Record.Severity = static_cast<std::uint8_t>(Entry.Severity);
  Record.Kind = B.string(Entry.Category);
  Record.Replacements = B.string(Entry.Replacements);
  Record.Conditions = {static_cast<std::uint32_t>(Unit.Conditions.size()),
                       static_cast<std::uint32_t>(Conditions.size())};
  Unit.Conditions.insert(Unit.Conditions.end(), Conditions.begin(), Conditions.end());
  Unit.Blockings.push_back(Record);
  return static_cast<std::uint32_t>(Unit.Blockings.size() - 1);
}

std::uint32_t FunctionReader::blockingRecord(const CallSite &C, const catalog::BlockingEntry &Entry) {
  std::vector<Condition> Conditions;
  if (Entry.Category == "file-io" && namesFileInMemory(C)) {
    Condition InMemory;
    InMemory.Kind = ConditionKind::Satisfied;
    Conditions.push_back(InMemory);
  } else if (C.E)
    for (const catalog::ConditionEntry &E : Entry.Conditions)
      if (auto Known = condition(C, Entry.Conditions, E))
        Conditions.push_back(*Known);
  return U.blockingRecord(Entry, Conditions);
}

} // namespace threadbare
