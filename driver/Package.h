// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a worker hands back of a translation unit, in one piece of bytes.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <optional>
#include <string>

namespace threadbare::driver {

struct Package {
  std::unique_ptr<llvm::MemoryBuffer> Result; ///< a stored summary or, if Failed, the error
  std::string Readings;                       ///< stored; "" if the result must not be kept
  bool Failed = false;
  bool Shared = false; ///< the unit went on from a shared preamble
};

std::string pack(std::string Result, llvm::StringRef Readings, bool Failed, bool Shared);

/// Nothing if the bytes are no package.
std::optional<Package> unpack(std::unique_ptr<llvm::MemoryBuffer> Bytes);

} // namespace threadbare::driver
