// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// "It blocks, unless ...": the catalog's conditions, in terms of this call. What can be decided here is; what depends
// on a parameter stays in the summary and is decided at the call that knows.
#include "extract/Reader.h"

#include "llvm/ADT/StringSwitch.h"

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

/// nullopt: the condition does not matter here (it surely does not hold, or only says how long it blocks).
std::optional<Condition> FunctionReader::condition(const CallSite &C, const catalog::BlockingEntry &Entry,
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
  if (E.When == "receiver-type-in" || E.When == "arg-type-in") {
    const Expr *Typed = Given ? Given : C.Object ? C.Object : C.Args.empty() ? nullptr : C.Args[0];
    if (!Typed)
      return std::nullopt;
    QualType T = Typed->IgnoreParenImpCasts()->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
    std::string Name = U.qualifiedName(T->getAsCXXRecordDecl());
    for (const std::string &Wanted : E.Values)
      if (!Name.empty() && (Name == Wanted || llvm::StringRef(Wanted).starts_with(Name + "<") ||
                            llvm::StringRef(Wanted).starts_with(Name + " ")))
        return Decided(true);
    // Static type says nothing of a stream that somebody else opened.
    if (Name == "std::basic_istream" || Name == "std::basic_ostream" || Name == "std::basic_iostream" ||
        Name == "std::basic_ios" || Name == "QIODevice")
      return Unmodelled();
    return std::nullopt;
  }
  if (E.When == "receiver-is-object") {
    const Expr *Object = Given ? Given : C.Object ? C.Object : C.Args.empty() ? nullptr : C.Args[0];
    bool Named = false;
    if (Object)
      if (auto *D = dyn_cast<DeclRefExpr>(Object->IgnoreParenImpCasts()))
        for (const std::string &Wanted : E.Values)
          Named |= U.qualifiedName(D->getDecl()) == Wanted;
    return Decided(Named);
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
  if (E.When == "value-from-call")
    return std::nullopt; // the link knows which spawn made the future
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

std::uint32_t FunctionReader::blockingRecord(const CallSite &C, const catalog::BlockingEntry &Entry) {
  Blocking Record;
  Record.Category = categoryOf(Entry.Category);
  Record.Severity = static_cast<std::uint8_t>(Entry.Severity);
  Record.Kind = B.string(Entry.Category);
  Record.Replacements = B.string(Entry.Replacements);
  std::vector<Condition> Conditions;
  if (C.E)
    for (const catalog::ConditionEntry &E : Entry.Conditions)
      if (auto Known = condition(C, Entry, E))
        Conditions.push_back(*Known);
  auto &Unit = U.Unit;
  Record.Conditions = {static_cast<std::uint32_t>(Unit.Conditions.size()),
                       static_cast<std::uint32_t>(Conditions.size())};
  Unit.Conditions.insert(Unit.Conditions.end(), Conditions.begin(), Conditions.end());
  Unit.Blockings.push_back(Record);
  return static_cast<std::uint32_t>(Unit.Blockings.size() - 1);
}

} // namespace threadbare
