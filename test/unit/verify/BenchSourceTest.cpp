// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchSource.h"
#include "Fakes.h"
#include "verify/BenchCompiler.h"
#include "verify/LinkInputs.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include "gmock/gmock.h"

using namespace llvm;
using namespace threadbare;
using namespace threadbare::verify;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace {

/// A counter that is changed in functions of these names, at these lines of a file with this text.
class BenchSource : public testing::Test {
protected:
  BenchSource() { EXPECT_FALSE(sys::fs::createTemporaryFile("bench", "cpp", Path)); }
  ~BenchSource() override { sys::fs::remove(Path); }

  void fill(StringRef Text) {
    std::error_code E;
    raw_fd_ostream(Path, E) << Text;
  }
  Benched described(std::vector<std::pair<std::string, unsigned>> Functions) {
    Of.Check = "threadbare-unsynchronized-shared-counter";
    Of.Message = "'Session::reads_' is changed by several threads at once: updates get lost";
    for (auto &[Name, Line] : Functions)
      Of.Spots.push_back({"change", {Path.str().str(), Line, 3}, Name});
    Expected<Benched> B = describeForBench(Of, 4);
    EXPECT_TRUE(bool(B)) << toString(B.takeError());
    return std::move(*B);
  }

  SmallString<128> Path;
  Claim Of;
};

TEST_F(BenchSource, CallsByQualifiedName) {
  Benched B = described({{"count", 1}, {"app::Session::read", 2}});
  ASSERT_THAT(B.Calls, SizeIs(2));
  EXPECT_EQ(B.call(0), "::count()");
  EXPECT_EQ(B.call(1), "::app::Session::read()");
  B.Calls[1].OfObject = true;
  EXPECT_EQ(B.call(1), "threadbare_bench::object<::app::Session>().read()");
}

TEST_F(BenchSource, ArgumentsStandAboveTheirFunction) {
  fill("// threadbare: call with (3, \"x\")\n"
       "[[gnu::noinline]]\n"
       "void add(int times, std::string text) {\n"
       "  if (times)\n"
       "    bytes += times;\n"
       "}\n"
       "void other() { bytes++; }\n");
  EXPECT_EQ(described({{"add", 5}}).call(0), "::add(3, \"x\")");
  Of.Spots.clear();
  EXPECT_EQ(described({{"other", 7}}).call(0), "::other()");
}

TEST_F(BenchSource, ArgumentsOfAnotherAreNotTaken) {
  fill("struct S {\n"
       "  // threadbare: call with (2)\n"
       "  void read(int n) { count += n; }\n"
       "  void fail() { count++; }\n"
       "};\n");
  Benched B = described({{"S::read", 3}, {"S::fail", 4}});
  EXPECT_EQ(B.call(0), "::S::read(2)");
  EXPECT_EQ(B.call(1), "::S::fail()");
}

TEST_F(BenchSource, WhatHasNoNameCannotBeCalled) {
  for (const char *Name : {"lambda", "main", ""}) {
    Of.Spots = {{"change", {"/src/a.cpp", 1, 1}, Name}};
    Expected<Benched> B = describeForBench(Of, 0);
    EXPECT_FALSE(bool(B)) << Name;
    consumeError(B.takeError());
  }
}

TEST_F(BenchSource, BodyOfAWrapperIsNotCalled) {
  Of.Check = "threadbare-async-over-thread-pool";
  Of.Spots = {{"hand-over", {"/src/a.cpp", 1, 1}, "fetch"}, {"body", {"/src/a.cpp", 2, 1}, "work"}};
  Expected<Benched> B = describeForBench(Of, 0);
  ASSERT_TRUE(bool(B)) << toString(B.takeError());
  EXPECT_THAT(B->Calls, SizeIs(1));
  EXPECT_EQ(B->call(0), "::fetch()");
  EXPECT_THAT(benchSource("/src/a.cpp", *B), HasSubstr("atOnce([] { return ::fetch(); }, 24)"));
}

TEST_F(BenchSource, VariableMayBeBesideTheFunctionOrAMember) {
  Benched B = described({{"app::Session::read", 1}});
  EXPECT_THAT(namesOfVariable(B), ElementsAre("Session::reads_", "::app::Session::Session::reads_"));
  B.Calls[0].OfObject = true;
  EXPECT_THAT(namesOfVariable(B), ElementsAre("Session::reads_", "::app::Session::Session::reads_",
                                              "threadbare_bench::object<::app::Session>().reads_"));
}

TEST_F(BenchSource, BothThreadsRaceAndTheVariableIsRead) {
  Benched B = described({{"count", 1}, {"read", 2}});
  B.Variable = "hits";
  std::string Text = benchSource("/src/a.cpp", B);
  EXPECT_THAT(Text, HasSubstr("#define main threadbare_users_main\n#include \"/src/a.cpp\"\n#undef main"));
  EXPECT_THAT(Text, HasSubstr("race([] { (void)(::count()); }, [] { (void)(::read()); });"));
  EXPECT_THAT(Text, HasSubstr("static void plain_4(benchmark::State &state)"));
  EXPECT_THAT(Text, HasSubstr("lost_percent"));
  EXPECT_THAT(Text, HasSubstr("decltype(hits)"));
  EXPECT_THAT(Text, HasSubstr("\"atomic_again_4\""));
}

TEST_F(BenchSource, UnknownVariableIsNotRead) {
  std::string Text = benchSource("/src/a.cpp", described({{"count", 1}}));
  EXPECT_THAT(Text, Not(HasSubstr("lost_percent")));
  EXPECT_THAT(Text, HasSubstr("using threadbare_counted_4 = long;"));
}

TEST_F(BenchSource, ThreadsWithoutLimitNeedManyCalls) {
  Benched B = described({{"serve", 1}});
  Of.Check = "threadbare-unbounded-threads";
  EXPECT_THAT(benchSource("/src/a.cpp", B), HasSubstr("onLoop([] { return ::serve(); }, 200)"));
  Of.Check = "threadbare-blocking-call-in-coroutine";
  EXPECT_THAT(benchSource("/src/a.cpp", B), HasSubstr("onLoop([] { return ::serve(); }, 3)"));
}

TEST_F(BenchSource, CIsCalledFromC) {
  Benched B = described({{"count", 1}});
  B.InC = true;
  B.Variable = "hits";
  std::string Text = benchSource("/src/a.c", B), InC = benchSourceInC("/src/a.c", B);
  EXPECT_THAT(Text, Not(HasSubstr("#include \"/src/a.c\"")));
  EXPECT_THAT(Text, HasSubstr("extern \"C\" {\nvoid threadbare_call_4_0();\ndouble threadbare_value_4();\n}"));
  EXPECT_THAT(InC, HasSubstr("#include \"/src/a.c\""));
  EXPECT_THAT(InC, HasSubstr("void threadbare_call_4_0(void) { (void)(count()); }"));
  EXPECT_THAT(InC, HasSubstr("double threadbare_value_4(void) { return (double)(hits); }"));
}

TEST(BenchFlags, WhatSaysHowTheFileIsUnderstood) {
  Unit U{"/src/a.cpp",
         "/build",
         {"ccache", "/usr/bin/clang++-19", "-I", "inc", "-DX=1", "-Wall", "-O2", "-MD", "-MF", "a.d", "-o", "a.o", "-c",
          "/src/a.cpp"}};
  EXPECT_THAT(languageFlags(U), ElementsAre("-I", "inc", "-DX=1", "-O2"));
}

TEST(BenchFlags, WordsThatBelongTogether) {
  Unit U{"/src/a.cpp",
         "/build",
         {"clang++", "-MJ", "a.json", "--sysroot", "/sdk", "-Xclang", "-include-pch", "-Xclang", "x.pch", "-Xclang",
          "-include", "-Xclang", "x.hxx", "-c", "/src/a.cpp"}};
  EXPECT_THAT(languageFlags(U), ElementsAre("--sysroot", "/sdk", "-Xclang", "-include", "-Xclang", "x.hxx"));
}

TEST(BenchFlags, OfGccAreMadeClangs) {
  Unit U{"/src/a.cpp", "/build", {"/usr/bin/g++", "-std=c++20", "-fcoroutines", "-Wlogical-op", "-c", "/src/a.cpp"}};
  EXPECT_THAT(languageFlags(U), ElementsAre("-std=c++20", "-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1"));
}

TEST(LinkInputs, OfALinkersCommand) {
  EXPECT_THAT(
      inputsOf(": && /usr/bin/clang++-19 -O2 -Wl,-rpath,/x a.o sub/b.o -o planted libinner.a -lm /lib/libz.so.1 && :",
               "/build", "/build/a.o"),
      ElementsAre("-Wl,-rpath,/x", "/build/sub/b.o", "/build/libinner.a", "-lm", "/lib/libz.so.1"));
}

TEST(LinkInputs, ArchiverLinksNothing) {
  EXPECT_THAT(inputsOf(": && ar qc libx.a a.o b.o && ranlib libx.a && :", "/build", "/build/a.o"), IsEmpty());
}

} // namespace
