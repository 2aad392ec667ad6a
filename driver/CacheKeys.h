// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the cache is, and what its files are known by.
#pragma once

#include "model/Inputs.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace threadbare::driver {

struct CompileUnit;

struct CacheOptions {
  bool Use = true;
  std::string Directory;   ///< "": defaultCacheDirectory()
  std::uint64_t Limit = 0; ///< bytes; 0: DefaultCacheLimit, looked after now and then
};

inline constexpr std::uint64_t DefaultCacheLimit = 5'000'000'000;

/// $XDG_CACHE_HOME/threadbare, ~/.cache/threadbare, or "" where there is no home.
std::string defaultCacheDirectory();

/// Bytes, from "500M" or "2G" (powers of 1000, as LLVM writes them, or plain bytes).
llvm::Expected<std::uint64_t> parseCacheSize(llvm::StringRef Text);

/// What a summary depends on besides files: this program, its Clang, and the environment that Clang looks at.
class UnitKeys {
public:
  UnitKeys();
  /// What is the same for all units.
  llvm::StringRef common() const { return Common; }
  /// \p CatalogHash is Catalog::hash(), \p Options whatever else decides how a unit is read.
  ContentHash of(const CompileUnit &Unit, std::uint64_t CatalogHash, llvm::ArrayRef<std::string> Options) const;

private:
  std::string Common;
};

/// 32 hexadecimal digits.
std::string hex(const ContentHash &Hash);

/// Appends \p Text so that no two lists of texts look the same.
void appendToKey(std::string &To, llvm::StringRef Text);

} // namespace threadbare::driver
