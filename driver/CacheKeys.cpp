// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CacheKeys.h"
#include "driver/CompileCommands.h"
#include "driver/FileStates.h"

#include "clang/Basic/Version.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cstdlib>
#include <elf.h>
#include <link.h>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// The environment variables that change what Clang reads.
constexpr const char *Variables[] = {
    "CPATH",           "C_INCLUDE_PATH",       "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH", "COMPILER_PATH",
    "GCC_EXEC_PREFIX", "CCC_OVERRIDE_OPTIONS", "SOURCE_DATE_EPOCH",  "SDKROOT",           "CLANG_CONFIG_FILE_USER_DIR"};

/// The hash that the linker made of this program, from where the loader put it: to hash the file itself would take
/// longer than all that is asked of the cache. "" if there is none.
std::string buildId() {
  std::string Id;
  auto Visit = [](dl_phdr_info *Object, std::size_t, void *Found) {
    for (const ElfW(Phdr) & Segment : ArrayRef(Object->dlpi_phdr, Object->dlpi_phnum)) {
      if (Segment.p_type != PT_NOTE)
        continue;
      StringRef Notes(reinterpret_cast<const char *>(Object->dlpi_addr + Segment.p_vaddr), Segment.p_memsz);
      while (Notes.size() >= sizeof(ElfW(Nhdr))) {
        auto &Note = *reinterpret_cast<const ElfW(Nhdr) *>(Notes.data());
        std::size_t Start = sizeof Note + alignTo(Note.n_namesz, 4);
        if (Note.n_type == NT_GNU_BUILD_ID && Notes.substr(sizeof Note, Note.n_namesz) == StringRef("GNU", 4))
          *static_cast<std::string *>(Found) = Notes.substr(Start, Note.n_descsz).str();
        Notes = Notes.drop_front(std::min(Notes.size(), Start + alignTo(Note.n_descsz, 4)));
      }
    }
    return 1; // the first object is the program
  };
  ::dl_iterate_phdr(Visit, &Id);
  return Id;
}

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
  if (std::string Id = buildId(); !Id.empty())
    Common += Id;
  else if (std::optional<ContentHash> Self = hashFile("/proc/self/exe"))
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
