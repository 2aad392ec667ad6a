// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .clang-tidy files, read by clang-tidy's own library, and --checks.
#pragma once

#include "model/SummaryFile.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace threadbare::driver {

/// What is configured for a translation unit: as in clang-tidy, the .clang-tidy file nearest to its main file decides.
class FileConfig {
public:
  virtual ~FileConfig() = default;
  virtual bool enables(llvm::StringRef Check) const = 0;
  virtual bool warningAsError(llvm::StringRef Check) const = 0;
  /// Whether findings in this header are reported. Without a HeaderFilterRegex all are.
  virtual bool reportsHeader(llvm::StringRef Path) const = 0;
  /// Whether findings in test code are remarks.
  virtual bool remarksOnTests() const = 0;
  /// The value of a CheckOption, or "".
  virtual llvm::StringRef option(llvm::StringRef Name) const = 0;
  /// What .clang-tidy said, for Config::ofSettings().
  virtual const UnitSettings &settings() const = 0;
};

/// Where .clang-tidy is looked for.
struct ConfigPlaces {
  std::string Top;  ///< not above this folder; "": up to the file system's root
  std::string File; ///< this file alone, whatever its name; "": those that are next to sources and above them
};

class Config {
public:
  /// \p Globs are those of --checks, appended to the configured ones. Fails if they name a check that does not exist.
  static llvm::Expected<Config> create(llvm::StringRef Globs, ConfigPlaces Places = {});
  Config(Config &&);
  ~Config();

  const FileConfig &of(llvm::StringRef MainFile);

  /// The configuration that was stored with a unit.
  const FileConfig &ofSettings(const UnitSettings &Settings);

  /// The files that were read so far.
  llvm::ArrayRef<std::string> files() const;

  /// Whether any check is enabled by the command line and the defaults alone.
  bool enablesAny() const;

  /// What is wrong with the .clang-tidy files that were read so far, one line each.
  llvm::ArrayRef<std::string> problems() const;

private:
  struct Impl;
  explicit Config(std::unique_ptr<Impl> Data);
  std::unique_ptr<Impl> Data;
};

/// "threadbare-blocking-call-in-coroutine"
std::string checkName(llvm::StringRef Id);

/// The known check that is most like \p Name, or "".
std::string nearestCheck(llvm::StringRef Name);

} // namespace threadbare::driver
