// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/FileLog.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <fcntl.h>
#include <set>
#include <string>
#include <sys/stat.h>

using namespace llvm;
using namespace threadbare;
using namespace threadbare::driver;

namespace {

class FileLogTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(sys::fs::createUniqueDirectory("file-log", Folder)); }
  void TearDown() override { sys::fs::remove_directories(Folder); }

  std::string write(StringRef Name, StringRef Text) {
    std::string Path = (Folder + "/" + Name).str();
    std::error_code Failed;
    raw_fd_ostream(Path, Failed) << Text;
    EXPECT_FALSE(Failed);
    return Path;
  }

  void read(const Twine &Path) {
    auto File = Log->openFileForRead(Path);
    ASSERT_TRUE(bool(File));
    ASSERT_TRUE(bool((*File)->getBuffer("a file")));
  }

  std::set<std::string> paths(const Reading &R, const std::vector<PathIndex> &Paths) {
    std::set<std::string> Result;
    std::string Path;
    for (PathIndex P : Paths)
      Result.insert(R.path(P, Path).str());
    return Result;
  }

  SmallString<128> Folder;
  IntrusiveRefCntPtr<FileLog> Log = makeIntrusiveRefCnt<FileLog>(vfs::getRealFileSystem());
};

TEST_F(FileLogTest, RemembersWhatWasReadAndWhatWasLookedFor) {
  std::string A = write("a.h", "int a;"), B = write("b.h", "int b;");
  read(A);
  EXPECT_TRUE(Log->exists(B));
  EXPECT_FALSE(Log->exists(Folder + "/none.h"));
  EXPECT_FALSE(bool(Log->openFileForRead("relative.h")));
  std::optional<Reading> R = Log->finish(Folder);
  ASSERT_TRUE(R);
  ASSERT_EQ(R->Files.size(), 1u);
  std::string Path;
  EXPECT_EQ(R->path(R->Files[0].Path, Path), A);
  EXPECT_EQ(R->Files[0].Content, hashContent("int a;"));
  EXPECT_EQ(R->Files[0].Stamp, FileStamp()) << "a file that was written just now is not to be trusted";
  EXPECT_EQ(paths(*R, R->Present), std::set<std::string>{B});
  EXPECT_EQ(paths(*R, R->Absent), (std::set<std::string>{(Folder + "/none.h").str(), (Folder + "/relative.h").str()}));
}

TEST_F(FileLogTest, AFileThatChangesMakesItWorthless) {
  std::string A = write("a.h", "int a;");
  read(A);
  write("a.h", "int bb;");
  EXPECT_FALSE(Log->finish(Folder));
}

TEST_F(FileLogTest, AChangeThatKeepsSizeAndTimeIsNotTrusted) {
  std::string A = write("a.h", "int a;");
  struct stat Before;
  ASSERT_FALSE(::stat(A.c_str(), &Before));
  read(A);
  write("a.h", "int b;");
  timespec Times[] = {Before.st_atim, Before.st_mtim};
  ASSERT_FALSE(::utimensat(AT_FDCWD, A.c_str(), Times, 0));
  std::optional<Reading> R = Log->finish(Folder);
  ASSERT_TRUE(R);
  EXPECT_EQ(R->Files[0].Content, hashContent("int a;")) << "what was read";
  EXPECT_EQ(R->Files[0].Stamp, FileStamp());
}

TEST_F(FileLogTest, AFileThatGoesOrComesMakesItWorthless) {
  std::string A = write("a.h", "int a;");
  read(A);
  sys::fs::remove(A);
  EXPECT_FALSE(Log->finish(Folder));

  Log = makeIntrusiveRefCnt<FileLog>(vfs::getRealFileSystem());
  EXPECT_FALSE(Log->exists(A));
  write("a.h", "int a;");
  EXPECT_TRUE(Log->exists(A));
  EXPECT_FALSE(Log->finish(Folder));
}

TEST_F(FileLogTest, APipeCannotBeReadTwice) {
  std::string Pipe = (Folder + "/pipe.h").str();
  ASSERT_FALSE(::mkfifo(Pipe.c_str(), 0600));
  int Writer = ::open(Pipe.c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_GE(Writer, 0);
  auto File = Log->openFileForRead(Pipe);
  ASSERT_TRUE(bool(File));
  ::close(Writer);
  EXPECT_TRUE(bool((*File)->getBuffer("a pipe")));
  EXPECT_FALSE(Log->finish(Folder));
}

TEST_F(FileLogTest, TheContentOfAFolderIsItsNames) {
  write("a.h", "");
  std::error_code Failed;
  Log->dir_begin(Folder, Failed);
  std::optional<Reading> Before = Log->finish("/");
  write("b.h", "");
  std::optional<ContentHash> Now = hashFile(Folder.str().str());
  ASSERT_TRUE(Before && Now);
  ASSERT_EQ(Before->Files.size(), 1u);
  EXPECT_NE(Before->Files[0].Content, *Now);
}

TEST(FileStates, OldStampsAreTrusted) {
  constexpr std::int64_t Second = 1'000'000'000;
  FileStamp Stamp{1, 100 * Second, 100 * Second};
  EXPECT_EQ(trusted(Stamp, 103 * Second), Stamp);
  EXPECT_EQ(trusted(Stamp, 101 * Second), FileStamp());
  EXPECT_EQ(trusted({1, 100 * Second, 102 * Second}, 103 * Second), FileStamp());
}

} // namespace
