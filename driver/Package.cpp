// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Package.h"
#include "driver/Slice.h"

#include "llvm/Support/Endian.h"

#include <cstring>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// Stands at the end: the result is aligned as a summary has to be.
struct Trailer {
  support::ulittle64_t ReadingsSize;
  support::ulittle64_t Failed;
  support::ulittle64_t Shared;
};

} // namespace

std::string pack(std::string Result, StringRef Readings, bool Failed, bool Shared) {
  Trailer End{support::ulittle64_t(Readings.size()), support::ulittle64_t(Failed), support::ulittle64_t(Shared)};
  Result += Readings;
  Result.append(reinterpret_cast<const char *>(&End), sizeof End);
  return Result;
}

std::optional<Package> unpack(std::unique_ptr<MemoryBuffer> Bytes) {
  StringRef All = Bytes->getBuffer();
  Trailer End;
  if (All.size() < sizeof End)
    return std::nullopt;
  std::memcpy(&End, All.end() - sizeof End, sizeof End);
  All = All.drop_back(sizeof End);
  if (End.ReadingsSize > All.size())
    return std::nullopt;
  std::string Readings = All.take_back(End.ReadingsSize).str();
  std::size_t Size = All.size() - End.ReadingsSize;
  return Package{std::make_unique<Slice>(std::move(Bytes), 0, Size), std::move(Readings), End.Failed != 0,
                 End.Shared != 0};
}

} // namespace threadbare::driver
