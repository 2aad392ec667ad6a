// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/TestCode.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace threadbare::driver {

static bool isTestFolder(StringRef Name) {
  return any_of(ArrayRef<StringRef>({"test", "tests", "unittest", "unittests", "testing", "spec"}),
                [&](StringRef Known) { return Name.equals_insensitive(Known); });
}

static bool isTestFile(StringRef Name) {
  auto [Stem, Extensions] = Name.split('.'); // "queue_test.pb.cc"
  // "Test" and "Tests" begin a word; "contest" and "latest" do not end in one.
  return !Extensions.empty() && (Stem.starts_with("test_") || Stem.ends_with("_test") || Stem.ends_with("_tests") ||
                                 Stem.ends_with("Test") || Stem.ends_with("Tests"));
}

bool isTestCode(StringRef Path) {
  StringRef Folder = sys::path::parent_path(Path);
  return isTestFile(sys::path::filename(Path)) ||
         std::any_of(sys::path::begin(Folder), sys::path::end(Folder), isTestFolder);
}

} // namespace threadbare::driver
