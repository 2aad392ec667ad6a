// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The catalog's own files: names that can be found, operands and constants that resolve, advice that exists. That the
// loader knows every key and word is checked when the program is built.
#include "catalog/Catalog.h"
#include "catalog/Contents.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include "gtest/gtest.h"

#include <set>

using namespace llvm;
using namespace threadbare::catalog;

namespace {

const Contents &all() {
  static const Contents C = cantFail(readTable(builtinTable()));
  return C;
}

/// Calls F(name, condition) for every condition in the catalog.
template <class Fn> void forEachCondition(Fn F) {
  auto Each = [&](StringRef Name, ArrayRef<ConditionEntry> Conditions) {
    for (const ConditionEntry &C : Conditions)
      F(Name, C);
  };
  for (const auto &E : all().Blocking)
    Each(E.Entry.Name, E.Entry.Conditions);
  for (const auto &E : all().Functions)
    Each(E.Entry.Name, E.Entry.NonblockingIf);
  for (const auto &E : all().FakeAsync)
    Each(E.Entry.Name, E.Entry.Conditions);
}

template <class Fn> void forEachName(Fn F) {
  auto Each = [&](const auto &Entries) {
    for (const auto &E : Entries)
      for (const std::string &Name : E.Names)
        F(StringRef(Name));
  };
  Each(all().Blocking);
  Each(all().Functions);
  Each(all().Types);
  Each(all().FakeAsync);
}

/// A name as clang prints it: identifiers, destructors and operators between "::".
bool isWellFormed(StringRef Name) {
  if (Name.empty() || Name.starts_with("::") || Name.ends_with("::"))
    return false;
  SmallVector<StringRef, 8> Parts;
  Name.split(Parts, "::");
  for (StringRef Part : Parts) {
    if (Part.consume_front("operator")) {
      static const std::set<StringRef> Operators{
          "()", "[]", "->", "*", "=", "+=", "-=", "&=", "|=", "^=", "++", "--", "<<", ">>", " T", ""};
      if (!Operators.count(Part))
        return false;
      continue;
    }
    Part.consume_front("~");
    if (Part.empty() || isDigit(Part.front()) || !all_of(Part, [](char C) { return isAlnum(C) || C == '_'; }))
      return false;
  }
  return true;
}

TEST(CatalogDataTest, NamesAreWellFormed) {
  forEachName([](StringRef Name) { EXPECT_TRUE(isWellFormed(Name)) << Name.str(); });
}

TEST(CatalogDataTest, NamesAreFound) {
  Catalog C = cantFail(Catalog::builtin());
  for (const auto &E : all().Blocking)
    EXPECT_TRUE(C.blocking(E.Entry.Name)) << E.Entry.Name;
  for (const auto &E : all().Functions)
    EXPECT_TRUE(C.function(E.Entry.Name)) << E.Entry.Name;
  for (const auto &E : all().Types)
    EXPECT_TRUE(C.type(E.Entry.Name)) << E.Entry.Name;
  forEachName([&](StringRef Name) { EXPECT_TRUE(C.knowsName(unqualified(Name))) << Name.str(); });
}

TEST(CatalogDataTest, ThereIsMuchOfIt) {
  EXPECT_GT(all().Blocking.size(), 1700u);
  EXPECT_GT(all().Functions.size(), 1400u);
  EXPECT_GT(all().Types.size(), 300u);
}

TEST(CatalogDataTest, ConstantsResolve) {
  forEachCondition([](StringRef Name, const ConditionEntry &C) {
    if (C.When == "arg-equals" || C.When == "arg-has-flag" || C.When == "struct-field-flag" || C.When == "arg-option")
      EXPECT_TRUE(resolveConstant(C.Value)) << Name.str() << ": " << C.Value;
    if (C.When == "arg-not-in")
      for (const std::string &Value : C.Values)
        EXPECT_TRUE(resolveConstant(Value)) << Name.str() << ": " << Value;
  });
  for (const auto &E : all().Functions)
    if (!E.Entry.ReadyIf.empty())
      EXPECT_TRUE(resolveConstant(E.Entry.ReadyIf.substr(E.Entry.ReadyIf.starts_with("not ") ? 4 : 0))) << E.Entry.Name;
}

TEST(CatalogDataTest, ConditionsHaveWhatTheirKindNeeds) {
  const std::set<StringRef> NeedArgument{"arg-defaulted",      "arg-equals",
                                         "arg-has-flag",       "arg-is-null",
                                         "arg-literal",        "arg-literal-ip",
                                         "arg-not-in",         "arg-not-null",
                                         "arg-option",         "bounded-timeout",
                                         "dominated-by",       "fd-nonblocking",
                                         "object-option",      "duration-not-positive",
                                         "receiver-is-object", "receiver-type-in",
                                         "struct-field-flag",  "timespec-zero",
                                         "timeval-zero",       "value-from-call"};
  const std::set<StringRef> NeedValues{"arg-not-in", "arg-type-in", "receiver-is-object", "receiver-type-in",
                                       "value-from-call"};
  const std::set<StringRef> NeedValue{"arg-equals",  "arg-has-flag",     "arg-literal",      "arg-option",
                                      "not-visible", "overload-returns", "struct-field-flag"};
  forEachCondition([&](StringRef Name, const ConditionEntry &C) {
    std::string Where = (Name + ": " + C.When).str();
    EXPECT_TRUE(is_contained(conditionKinds(), C.When)) << Where;
    EXPECT_TRUE(is_contained(conditionResults(), C.Then)) << Where;
    if (NeedArgument.count(C.When))
      EXPECT_TRUE(C.Arg) << Where;
    EXPECT_EQ(NeedValues.count(C.When) != 0, !C.Values.empty()) << Where;
    EXPECT_EQ(NeedValue.count(C.When) != 0, !C.Value.empty()) << Where;
    EXPECT_EQ(C.When == "arg-option" || C.When == "struct-field-flag", !C.Field.empty()) << Where;
    EXPECT_EQ(C.When == "dominated-by" || C.When == "object-option", !C.Call.empty()) << Where;
    EXPECT_EQ(C.When == "bounded-timeout", C.Then == "bounded") << Where;
  });
}

TEST(CatalogDataTest, AtMostOneConditionIsRequired) {
  for (const auto &E : all().Blocking)
    EXPECT_LE(count_if(E.Entry.Conditions, [](const ConditionEntry &C) { return C.Then == "blocking"; }), 1)
        << E.Entry.Name;
}

TEST(CatalogDataTest, WhatConditionsAskForIsSaidSomewhere) {
  Catalog C = cantFail(Catalog::builtin());
  forEachCondition([&](StringRef Name, const ConditionEntry &E) {
    if (E.When == "object-option") {
      const FunctionModel *M = C.function(E.Call);
      ASSERT_TRUE(M) << Name.str() << ": " << E.Call;
      EXPECT_TRUE(M->Nonblocking) << E.Call;
    }
    if (E.When == "dominated-by")
      EXPECT_EQ(E.Call, "ready") << Name.str();
  });
}

TEST(CatalogDataTest, AdviceExists) {
  StringSet<> Used;
  for (const auto &E : all().Blocking)
    if (!E.Entry.Replacements.empty()) {
      EXPECT_TRUE(all().Replacements.count(E.Entry.Replacements)) << E.Entry.Name << ": " << E.Entry.Replacements;
      Used.insert(E.Entry.Replacements);
    }
  Catalog C = cantFail(Catalog::builtin());
  for (const auto &[Set, Texts] : all().Replacements) {
    if (auto Like = Texts.find("like"); Like != Texts.end()) {
      EXPECT_TRUE(all().Replacements.count(Like->second)) << Set;
      Used.insert(Like->second);
    }
    EXPECT_FALSE(C.replacement(Set, "").empty()) << Set << " has no text for every ecosystem";
  }
  for (const auto &[Set, Texts] : all().Replacements)
    EXPECT_TRUE(Used.contains(Set)) << Set;
}

/// Code stands between quotes; an apostrophe stands between letters.
bool quotesPair(StringRef Text) {
  unsigned Quotes = 0;
  for (std::size_t I = 0; I < Text.size(); ++I)
    Quotes += Text[I] == '\'' && (I == 0 || I + 1 == Text.size() || !isAlnum(Text[I - 1]) || !isAlnum(Text[I + 1]));
  return Quotes % 2 == 0;
}

TEST(CatalogDataTest, AdviceReadsWell) {
  for (const auto &[Set, Texts] : all().Replacements)
    for (const auto &[Ecosystem, Text] : Texts) {
      StringRef T = Text;
      std::string Where = Set + "/" + Ecosystem + ": " + Text;
      EXPECT_FALSE(T.ends_with(".")) << Where;
      EXPECT_FALSE(isUpper(T.front())) << Where;
      EXPECT_TRUE(quotesPair(T)) << Where;
      EXPECT_LE(T.size(), 120u) << Where;
    }
  for (const auto &E : all().FakeAsync) {
    StringRef T = E.Entry.How;
    EXPECT_FALSE(T.empty() || T.ends_with(".") || isUpper(T.front())) << E.Entry.Name;
    EXPECT_FALSE(E.Entry.Kind.empty()) << E.Entry.Name;
  }
}

TEST(CatalogDataTest, SpawnsSayWhere) {
  for (const auto &E : all().Functions)
    for (const SpawnModel &S : E.Entry.Spawns) {
      EXPECT_TRUE(S.Callable) << E.Entry.Name;
      // Without a known executor "executor" is a guess that nothing can confirm.
      if (S.On == "executor" && E.Entry.Ecosystem != "qt")
        EXPECT_TRUE(S.Executor) << E.Entry.Name;
    }
}

TEST(CatalogDataTest, EntriesBelongToAnEcosystem) {
  for (const auto &E : all().Functions)
    EXPECT_FALSE(E.Entry.Ecosystem.empty()) << E.Entry.Name;
  for (const auto &E : all().Types)
    EXPECT_FALSE(E.Entry.Ecosystem.empty()) << E.Entry.Name;
}

TEST(CatalogDataTest, AsioMovesACoroutineByItsTokenOnly) {
  Catalog C = cantFail(Catalog::builtin());
  const FunctionModel *Post = C.function("boost::asio::post");
  ASSERT_TRUE(Post && Post->Switch);
  EXPECT_EQ(Post->Switch->Executor.Kind, Operand::Last) << "the executor of the token, not the first argument";
  EXPECT_TRUE(Post->Switch->Sticky);
  const FunctionModel *Bind = C.function("asio::bind_executor");
  ASSERT_TRUE(Bind);
  EXPECT_EQ(Bind->ExecutorOf.Index, 0);
  EXPECT_EQ(Bind->Passes.Index, 1);
  EXPECT_EQ(C.type("asio::use_awaitable_t")->Role, "completion-token");
}

TEST(CatalogDataTest, AFutureOfAsyncJoinsInItsDestructor) {
  Catalog C = cantFail(Catalog::builtin());
  EXPECT_TRUE(C.function("std::async")->Spawns.at(0).JoinsInDestructor);
  EXPECT_TRUE(C.function("std::jthread::jthread")->Spawns.at(0).JoinsInDestructor);
  EXPECT_FALSE(C.function("std::thread::thread")->Spawns.at(0).JoinsInDestructor);
  EXPECT_FALSE(C.blocking("std::async")) << "starting a thread is no wait";
}

TEST(CatalogDataTest, ALockThatSuspendsIsNoLock) {
  Catalog C = cantFail(Catalog::builtin());
  EXPECT_FALSE(C.blocking("coro::mutex::lock"));
  EXPECT_FALSE(C.function("coro::mutex::lock"));
  EXPECT_EQ(C.type("coro::mutex")->Role, "async-mutex");
}

} // namespace
