// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Paths.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace threadbare::driver {

std::string absolutePath(const Twine &Path, StringRef Directory) {
  SmallString<256> Result;
  Path.toVector(Result);
  if (Directory.empty())
    sys::fs::make_absolute(Result);
  else
    sys::fs::make_absolute(Directory, Result);
  sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  // "build/" and "build" are one folder.
  while (Result.size() > 1 && sys::path::is_separator(Result.back()))
    Result.pop_back();
  return Result.str().str();
}

std::string realPath(StringRef Path) {
  SmallString<256> Result;
  if (sys::fs::real_path(Path, Result))
    return Path.str();
  return Result.str().str();
}

bool isBelow(StringRef Path, StringRef Directory) {
  if (!Path.consume_front(Directory))
    return false;
  return Path.empty() || Directory.ends_with("/") || sys::path::is_separator(Path.front());
}

} // namespace threadbare::driver
