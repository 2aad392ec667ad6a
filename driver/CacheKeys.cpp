// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CacheKeys.h"
#include "driver/CompileCommands.h"
#include "driver/FileStates.h"

#include "clang/Basic/Version.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <cstdlib>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// The environment variables that change what Clang reads.
constexpr const char *Variables[] = {
    "CPATH",           "C_INCLUDE_PATH",       "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH", "COMPILER_PATH",
    "GCC_EXEC_PREFIX", "CCC_OVERRIDE_OPTIONS", "SOURCE_DATE_EPOCH",  "SDKROOT",           "CLANG_CONFIG_FILE_USER_DIR"};

} // namespace

std::string hex(const ContentHash &Hash) {
  return utohexstr(Hash.High, /*LowerCase=*/true, 16) + utohexstr(Hash.Low, /*LowerCase=*/true, 16);
}

void appendToKey(std::string &To, StringRef Text) {
  To += std::to_string(Text.size()) + ':';
  To += Text;
}

std::string defaultCacheDirectory() {
  SmallString<128> Directory;
  if (!sys::path::cache_directory(Directory)) // XDG_CACHE_HOME, or .cache in the home folder
    return "";
  sys::path::append(Directory, "threadbare");
  return Directory.str().str();
}

Expected<std::uint64_t> parseCacheSize(StringRef Text) {
  StringRef Digits = Text;
  std::uint64_t Unit = 1;
  if (!Digits.empty())
    switch (toLower(Digits.back())) {
    case 'g':
      Unit *= 1000;
      [[fallthrough]];
    case 'm':
      Unit *= 1000;
      [[fallthrough]];
    case 'k':
      Unit *= 1000;
      Digits = Digits.drop_back();
      break;
    }
  std::uint64_t Number;
  if (Digits.getAsInteger(10, Number) || !Number || Number > UINT64_MAX / Unit)
    return createStringError("--cache-size: '" + Text + "' is no size; write for example 500M or 2G");
  return Number * Unit;
}

UnitKeys::UnitKeys() {
  // The program itself, not its version: while it is worked on, that stays the same.
  if (std::optional<ContentHash> Self = hashFile("/proc/self/exe"))
    Common += hex(*Self);
  appendToKey(Common, clang::getClangFullVersion());
  for (const char *Name : Variables) {
    const char *Value = std::getenv(Name);
    appendToKey(Common, Value ? Value : "");
    Common += Value ? '+' : '-';
  }
}

ContentHash UnitKeys::of(const CompileUnit &Unit, std::uint64_t CatalogHash, ArrayRef<std::string> Options) const {
  std::string Text = Common;
  appendToKey(Text, Unit.File);
  appendToKey(Text, Unit.Directory);
  appendToKey(Text, std::to_string(CatalogHash));
  appendToKey(Text, std::to_string(Unit.Arguments.size()));
  for (const std::string &Argument : Unit.Arguments)
    appendToKey(Text, Argument);
  for (const std::string &Option : Options)
    appendToKey(Text, Option);
  return hashContent(Text);
}

} // namespace threadbare::driver
