// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Frontend.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>

namespace threadbare::driver {

/// The beginning of a parse that several translation units have in common. It is made once, in a process that is then
/// forked for each of the units, where finish() goes on with what the unit does not share.
class SharedParse {
public:
  SharedParse(const catalog::Catalog &Catalog, const ReadOptions &Options);
  ~SharedParse();

  /// Reads the directives \p Text as if they stood at the top of \p Like, whose command and folder all units share. May
  /// be called again, with the directives that follow. False if they do not parse: nothing is shared then.
  bool begin(const CompileUnit &Like, llvm::StringRef Text);

  /// Reads the rest of \p Unit, and its summary is the one that readUnit() makes. To be called once for a process,
  /// which ends afterwards. \p Opening is all that was read, and what the unit must still begin with.
  llvm::Expected<UnitSummary> finish(const CompileUnit &Unit, llvm::StringRef Opening);
  /// Files that were looked up though none of the units asks for them.
  llvm::ArrayRef<std::string> ownLookUps() const;

  /// Whether finish() did go on, and did not have to read the unit from its first line after all.
  bool wasShared() const { return Shared; }

private:
  struct State;
  std::unique_ptr<State> S;
  bool Shared = false;
};

} // namespace threadbare::driver
