// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loader: lookup, a user's file, what its errors say, the stored form.
#include "catalog/Catalog.h"
#include "catalog/Contents.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare::catalog;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Catalog builtin() { return cantFail(Catalog::builtin()); }

Catalog with(StringRef Yaml) {
  Catalog C = builtin();
  cantFail(C.add(Yaml, "threadbare.yaml"));
  return C;
}

/// What a user is told about a file: "" if nothing is wrong.
std::string complaint(StringRef Yaml) {
  Catalog C = builtin();
  return toString(C.add(Yaml, "threadbare.yaml"));
}

TEST(CatalogTest, FindsWhatBlocks) {
  Catalog C = builtin();
  const BlockingEntry *Sleep = C.blocking("std::this_thread::sleep_for");
  ASSERT_TRUE(Sleep);
  EXPECT_EQ(Sleep->Name, "std::this_thread::sleep_for");
  EXPECT_EQ(Sleep->Category, "sleep");
  EXPECT_EQ(Sleep->Severity, 3);
  ASSERT_EQ(Sleep->Conditions.size(), 1u);
  EXPECT_EQ(Sleep->Conditions[0].When, "duration-not-positive");
  EXPECT_EQ(Sleep->Conditions[0].Then, "nonblocking");
  EXPECT_EQ(Sleep->Conditions[0].Arg.Kind, Operand::Argument);
  EXPECT_EQ(Sleep->Conditions[0].Arg.Index, 0);
  EXPECT_FALSE(C.blocking("sleep_for"));
  EXPECT_FALSE(C.blocking("mine::sleep_for"));
  EXPECT_FALSE(C.blocking(""));
}

TEST(CatalogTest, LocksAndWaitsAreTellableApart) {
  Catalog C = builtin();
  EXPECT_EQ(C.blocking("std::mutex::lock")->Category, "lock");
  EXPECT_EQ(C.blocking("pthread_mutex_lock")->Category, "lock");
  EXPECT_EQ(C.blocking("std::future::get")->Category, "sync-wait");
  EXPECT_EQ(C.blocking("std::thread::join")->Category, "sync-wait");
  // A lock of a file can be held by another process for as long as it likes.
  EXPECT_EQ(C.blocking("flock")->Category, "file-io");
}

TEST(CatalogTest, AListOfNamesIsAnEntryForEach) {
  Catalog C = builtin();
  ASSERT_TRUE(C.blocking("usleep"));
  EXPECT_EQ(C.blocking("usleep")->Name, "usleep");
  EXPECT_NE(C.blocking("usleep"), C.blocking("sleep"));
  EXPECT_EQ(C.function("std::jthread::join")->Name, "std::jthread::join");
}

TEST(CatalogTest, AliasesLeadToTheSameEntry) {
  Catalog C = builtin();
  EXPECT_TRUE(C.blocking("std::__basic_future::wait"));
  EXPECT_EQ(C.blocking("std::future::wait"), C.blocking("std::__basic_future::wait"));
  EXPECT_TRUE(C.blocking("boost::asio::read"));
  EXPECT_EQ(C.blocking("asio::read"), C.blocking("boost::asio::read"));
  EXPECT_EQ(C.function("asio::post"), C.function("boost::asio::post"));
  EXPECT_EQ(C.type("asio::thread_pool"), C.type("boost::asio::thread_pool"));
  EXPECT_EQ(C.fakeAsync("asio::ip::basic_resolver::async_resolve"),
            C.fakeAsync("boost::asio::ip::basic_resolver::async_resolve"));
  // A prefix of a name is not a namespace.
  EXPECT_FALSE(C.type("asiothread_pool"));
}

TEST(CatalogTest, TemplateArgumentsDoNotMatter) {
  Catalog C = builtin();
  EXPECT_EQ(C.blocking("std::future<int>::get"), C.blocking("std::future::get"));
  EXPECT_EQ(C.blocking("std::basic_ifstream<char, std::char_traits<char>>::basic_ifstream<_CharT, _Traits>"),
            C.blocking("std::basic_ifstream::basic_ifstream"));
  EXPECT_EQ(C.type("std::lock_guard<std::mutex>"), C.type("std::lock_guard"));
  EXPECT_EQ(C.function("std::packaged_task<int (std::vector<int> &)>::operator()"),
            C.function("std::packaged_task::operator()"));
}

TEST(CatalogTest, NamesOfOperators) {
  std::string S;
  EXPECT_EQ(withoutTemplateArguments("std::operator<<", S), "std::operator<<");
  EXPECT_EQ(withoutTemplateArguments("A<int>::operator->", S), "A::operator->");
  EXPECT_EQ(withoutTemplateArguments("A<B<int>>::operator<=>", S), "A::operator<=>");
  EXPECT_EQ(withoutTemplateArguments("A<auto () -> int>::f", S), "A::f");
  EXPECT_EQ(withoutTemplateArguments("operators::f<int>", S), "operators::f");
  // Which type a conversion function prints depends on the template arguments.
  EXPECT_EQ(withoutTemplateArguments("std::atomic<std::pair<int, int>>::operator std::pair<int, int>", S),
            "std::atomic::operator T");
  EXPECT_EQ(withoutTemplateArguments("A::operator new", S), "A::operator new");
  Catalog C = builtin();
  EXPECT_TRUE(C.function("std::__atomic_base<int>::operator int"));
  EXPECT_TRUE(C.knowsName("operator int"));
  EXPECT_TRUE(C.function("std::unique_ptr<int>::operator->"));
  EXPECT_TRUE(C.function("std::vector<int>::operator[]"));
}

TEST(CatalogTest, KnowsUnqualifiedNames) {
  Catalog C = builtin();
  EXPECT_TRUE(C.knowsName("sleep_for"));
  EXPECT_TRUE(C.knowsName("read"));
  EXPECT_TRUE(C.knowsName("lock_guard"));
  EXPECT_TRUE(C.knowsName("async_resolve"));
  EXPECT_FALSE(C.knowsName("std::this_thread::sleep_for"));
  EXPECT_FALSE(C.knowsName("frobnicate"));
}

TEST(CatalogTest, Replacements) {
  Catalog C = builtin();
  EXPECT_THAT(C.replacement("sleep", "asio").str(), HasSubstr("asio::steady_timer"));
  EXPECT_THAT(C.replacement("sleep", "qcoro").str(), HasSubstr("QCoro::sleepFor"));
  EXPECT_EQ(C.replacement("sleep", "no-such-ecosystem"), "await a timer");
  EXPECT_EQ(C.replacement("no-such-set", "asio"), "");
  // file-meta says nothing of its own for Asio: it is like pool.
  EXPECT_EQ(C.replacement("file-meta", "asio"), C.replacement("pool", "asio"));
  EXPECT_NE(C.replacement("file-meta", "libuv"), C.replacement("pool", "libuv"));
  EXPECT_EQ(C.replacement("file-meta", ""), C.replacement("pool", ""));
}

TEST(CatalogTest, AUsersFileAddsEntries) {
  Catalog C = with(R"(
ecosystem: acme
namespace-aliases: {acme::v2: [acme]}
blocking:
- name: ::acme::v2::Dongle<int>::talk
  category: network
  instead: await 'Dongle::async_talk'
- {name: [acme_wait, acme_wait_all], category: sync-wait, severity: 2, replacements: sync-wait}
functions:
- name: acme::Pool::submit
  spawns: [{on: pool, executor: this, callable: 0, arguments: rest}]
- {name: acme::Latch::wait, joins: this, observes: this}
- {name: acme::each, calls: [1, fallback]}
types:
- {name: acme::Task, role: coroutine}
- {name: acme::Pool, role: pool, size-argument: 0}
fake-async:
- {name: acme::fetch_async, kind: pool, how: it runs on acme's pool}
)");
  const BlockingEntry *Talk = C.blocking("acme::Dongle::talk");
  ASSERT_TRUE(Talk);
  EXPECT_EQ(Talk, C.blocking("acme::v2::Dongle::talk"));
  EXPECT_EQ(Talk->Severity, 3);
  EXPECT_TRUE(Talk->FromUser);
  EXPECT_FALSE(C.blocking("read")->FromUser);
  EXPECT_EQ(C.replacement(Talk->Replacements, "asio"), "await 'Dongle::async_talk'");
  EXPECT_EQ(C.blocking("acme_wait_all")->Severity, 2);

  const FunctionModel *Submit = C.function("acme::Pool::submit");
  ASSERT_TRUE(Submit);
  EXPECT_EQ(Submit->Ecosystem, "acme");
  ASSERT_EQ(Submit->Spawns.size(), 1u);
  EXPECT_EQ(Submit->Spawns[0].On, "pool");
  EXPECT_EQ(Submit->Spawns[0].Executor.Kind, Operand::This);
  EXPECT_EQ(Submit->Spawns[0].Callable.Index, 0);
  EXPECT_EQ(Submit->Spawns[0].Arguments.Kind, Operand::Rest);
  const FunctionModel *Each = C.function("acme::each");
  ASSERT_EQ(Each->Calls.size(), 2u);
  EXPECT_EQ(Each->Calls[0].Index, 1);
  EXPECT_EQ(Each->Calls[1].Kind, Operand::Named);
  EXPECT_EQ(Each->Calls[1].Name, "fallback");

  EXPECT_EQ(C.type("acme::Task")->Role, "coroutine");
  EXPECT_EQ(C.type("acme::Pool")->SizeArgument, 0);
  EXPECT_EQ(C.fakeAsync("acme::fetch_async")->How, "it runs on acme's pool");
  EXPECT_TRUE(C.knowsName("fetch_async"));
  // What was there before is still there.
  EXPECT_TRUE(C.blocking("read"));
}

TEST(CatalogTest, AUsersFileWins) {
  Catalog Before = builtin();
  Catalog C = Before;
  cantFail(C.add("blocking: [{name: sleep, category: sleep, severity: 1}]", "threadbare.yaml"));
  EXPECT_EQ(C.blocking("sleep")->Severity, 1);
  EXPECT_TRUE(C.blocking("sleep")->Conditions.empty());
  EXPECT_EQ(Before.blocking("sleep")->Severity, 3) << "other holders of the catalog do not see it";
  cantFail(C.add("blocking: [{name: sleep, category: sleep, severity: 2}]", "more.yaml"));
  EXPECT_EQ(C.blocking("sleep")->Severity, 2);
  std::size_t Count = 0;
  for (const BlockingEntry *E : C.allBlocking())
    Count += E->Name == "sleep";
  EXPECT_EQ(Count, 1u) << "the entries that were replaced are gone";
}

TEST(CatalogTest, TheHashCoversAUsersFile) {
  Catalog C = builtin();
  EXPECT_EQ(C.hash(), builtin().hash());
  EXPECT_NE(C.hash(), with("blocking: [{name: a}]").hash());
  EXPECT_NE(with("blocking: [{name: a}]").hash(), with("blocking: [{name: b}]").hash());
  EXPECT_EQ(with("blocking: [{name: a}]").hash(), with("blocking: [{name: a}]").hash());
}

TEST(CatalogTest, AnEmptyFileIsFine) {
  EXPECT_EQ(complaint(""), "");
  EXPECT_EQ(complaint("# nothing yet\n"), "");
  EXPECT_EQ(complaint("blocking: []\n"), "");
}

TEST(CatalogTest, ComplainsOfUnknownKeys) {
  EXPECT_EQ(complaint("ecosystem: acme\n\nfunctons:\n- {name: a}\n"),
            "threadbare.yaml:3: unknown key 'functons'; did you mean 'functions'?");
  EXPECT_EQ(complaint("blocking:\n- name: a\n  severty: 2\n"),
            "threadbare.yaml:3: unknown key 'severty'; did you mean 'severity'?");
  EXPECT_EQ(complaint("functions:\n- name: a\n  spawns: [{on: pool, calable: 0, callable: 1}]\n"),
            "threadbare.yaml:3: unknown key 'calable'; did you mean 'callable'?");
  // Nothing is like it: nothing is proposed.
  EXPECT_EQ(complaint("blocking:\n- name: a\n  frobnication: 2\n"), "threadbare.yaml:3: unknown key 'frobnication'");
}

TEST(CatalogTest, ComplainsOfUnknownWords) {
  EXPECT_EQ(complaint("types:\n- {name: a, role: mutx}\n"),
            "threadbare.yaml:2: unknown role 'mutx'; did you mean 'mutex'?");
  EXPECT_EQ(complaint("blocking:\n- name: a\n  category: netwrk\n"),
            "threadbare.yaml:3: unknown category 'netwrk'; did you mean 'network'?");
  EXPECT_EQ(complaint("blocking:\n- name: a\n  conditions:\n  - {when: arg-equal, arg: 0, value: 1}\n"),
            "threadbare.yaml:4: unknown condition 'arg-equal'; did you mean 'arg-equals'?");
  EXPECT_EQ(complaint("blocking:\n- name: a\n  conditions:\n  - {when: arg-is-null, arg: 0, then: nonblock}\n"),
            "threadbare.yaml:4: unknown result of a condition 'nonblock'; did you mean 'nonblocking'?");
  EXPECT_EQ(complaint("functions:\n- name: a\n  spawns: [{on: threads, callable: 0}]\n"),
            "threadbare.yaml:3: unknown executor 'threads'; did you mean 'thread'?");
}

TEST(CatalogTest, ComplainsOfWhatIsMissingOrWrong) {
  EXPECT_EQ(complaint("blocking:\n- {category: network}\n"), "threadbare.yaml:2: missing required key 'name'");
  EXPECT_EQ(complaint("types:\n- {name: a}\n"), "threadbare.yaml:2: a type needs a role");
  EXPECT_EQ(complaint("functions:\n- name: a\n  spawns: [{callable: 0}]\n"), "threadbare.yaml:3: a spawn needs 'on'");
  EXPECT_THAT(complaint("blocking:\n- {name: a, severity: 4}\n"), HasSubstr("threadbare.yaml:2: severity is 3"));
  EXPECT_THAT(complaint("functions:\n- {name: a, joins: -1}\n"), HasSubstr("an argument's index counts from 0"));
  EXPECT_THAT(complaint("functions:\n- {name: a, joins: 'the first'}\n"), HasSubstr("expected this, result, last"));
  EXPECT_THAT(complaint("functions:\n- {name: [a, b], also: [c]}\n"), HasSubstr("does not go with a list"));
  EXPECT_THAT(complaint("functions:\n- {name: {a: b}}\n"), HasSubstr("threadbare.yaml:2: unknown key 'a'"));
  EXPECT_THAT(complaint("blocking: *x\n"), HasSubstr("aliases ('*name') are not supported"));
  EXPECT_THAT(complaint("blocking: {{{\n"), HasSubstr("threadbare.yaml:"));
  EXPECT_THAT(complaint("just text\n"), HasSubstr("threadbare.yaml:1: "));
}

TEST(CatalogTest, AFileWithAnErrorChangesNothing) {
  Catalog C = builtin();
  std::uint64_t Hash = C.hash();
  EXPECT_TRUE(errorToBool(C.add("blocking: [{name: acme_wait}, {name: b, severity: 9}]", "threadbare.yaml")));
  EXPECT_FALSE(C.blocking("acme_wait"));
  EXPECT_EQ(C.hash(), Hash);
}

TEST(CatalogTest, Constants) {
  EXPECT_EQ(resolveConstant("MSG_DONTWAIT"), 0x40);
  EXPECT_EQ(resolveConstant("O_NONBLOCK"), 04000);
  EXPECT_EQ(resolveConstant("std::future_status::ready"), 0);
  EXPECT_EQ(resolveConstant("12"), 12);
  EXPECT_EQ(resolveConstant("0x10"), 16);
  EXPECT_EQ(resolveConstant("-1"), -1);
  EXPECT_EQ(resolveConstant("true"), 1);
  EXPECT_FALSE(resolveConstant("NO_SUCH_CONSTANT"));
  EXPECT_FALSE(resolveConstant(""));
}

TEST(TableTest, KeepsEverything) {
  const char *Yaml = R"(
ecosystem: acme
namespace-aliases: {a::b: [a, b]}
replacements: {x: {any: text, asio: other}}
blocking:
- name: f
  also: [g]
  category: db
  severity: 2
  replacements: x
  conditions: [{when: arg-option, arg: options, field: tier, value: kCache, values: [u, v], call: h, then: blocking}]
functions:
- name: all
  spawns: [{on: executor, executor: 1, callable: last, arguments: rest, handle: result, many: true, detached: true,
            joins-in-destructor: true, launch-policy: true, callable-is-member: true, method: run}]
  joins: [this, 1]
  acquires: {lock: 0, shared: true, try: true, zero-is-success: true}
  releases: {lock: rest}
  switch: {to: executor, executor: 0, sticky: true}
  runs-loop: this
  calls: 3
  calls-once: true
  passes: 0
  binds: true
  executor-of: 1
  executor-is: strand
  points-into: this
  points-into-index: 0
  points-to: 2
  allocates: true
  stores: this
  stores-value: 4
  constructs: true
  publishes: this
  observes: 5
  observes-if-true: true
  thread-own-result: true
  nonblocking: result
  nonblocking-if: [{when: arg-is-null, arg: 0}]
  never-returns: true
  is-nonblocking: true
  readies: this
  ready-if: "0"
types:
- {name: t, role: guard, shared: true, size-argument: 2, joins-in-destructor: true}
fake-async:
- {name: s, kind: pool, how: so, conditions: [{when: arg-not-null, arg: 0}]}
)";
  Contents C = cantFail(readYaml(MemoryBufferRef(Yaml, "all.yaml")));
  std::string Table = writeTable(C);
  Contents Back = cantFail(readTable(Table));
  EXPECT_EQ(writeTable(Back), Table);

  ASSERT_EQ(Back.Blocking.size(), 1u);
  EXPECT_THAT(Back.Blocking[0].Names, ElementsAre("f", "g"));
  const ConditionEntry &Condition = Back.Blocking[0].Entry.Conditions.at(0);
  EXPECT_EQ(Condition.Arg.Name, "options");
  EXPECT_EQ(Condition.Field, "tier");
  EXPECT_THAT(Condition.Values, ElementsAre("u", "v"));
  const FunctionModel &F = Back.Functions.at(0).Entry;
  EXPECT_EQ(F.Spawns.at(0).Method, "run");
  EXPECT_EQ(F.Joins.at(1).Index, 1);
  EXPECT_TRUE(F.Acquires->ZeroIsSuccess);
  EXPECT_EQ(F.Releases->Lock.Kind, Operand::Rest);
  EXPECT_TRUE(F.Switch->Sticky);
  EXPECT_EQ(F.ExecutorIs, "strand");
  EXPECT_EQ(F.Nonblocking.Kind, Operand::Result);
  EXPECT_EQ(F.ReadyIf, "0");
  EXPECT_EQ(Back.Types.at(0).Entry.SizeArgument, 2);
  EXPECT_EQ(Back.FakeAsync.at(0).Entry.Kind, "pool");
  EXPECT_EQ(Back.Replacements["x"]["asio"], "other");
  EXPECT_THAT(Back.NamespaceAliases["a::b"], ElementsAre("a", "b"));
}

TEST(TableTest, RefusesADamagedTable) {
  StringRef Table = builtinTable();
  EXPECT_TRUE(errorToBool(readTable("").takeError()));
  EXPECT_TRUE(errorToBool(readTable("something else").takeError()));
  for (std::size_t Size = 0; Size < Table.size(); Size += 1009)
    EXPECT_TRUE(errorToBool(readTable(Table.take_front(Size)).takeError())) << Size;
  std::string Longer = (Table + "x").str();
  EXPECT_TRUE(errorToBool(readTable(Longer).takeError()));
}

} // namespace
