// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a run has to say, for every form in which it is said.
#pragma once

#include "model/Finding.h"

#include <cstddef>
#include <string>
#include <vector>

namespace threadbare::report {

/// A remark is a finding in test code: told behind all others, and a finding all the same. A note is of code that is
/// right, and has a property that it does not show.
enum class Level { Error, Warning, Remark, Note };

/// From CheckInfo::Severity.
Level levelOf(const std::string &Severity);

struct Result {
  Finding What;
  Level Severity = Level::Warning;
  bool WarningAsError = false; ///< Severity is Error because the configuration says so
  bool Suppressed = false;     ///< by a comment in the source: shown to reviewers who ask for it, and to nobody else
};

/// A file that could not be analysed, or a configuration that could not be read: one line, with what to do.
struct Failure {
  std::string File; ///< absolute; "" if it concerns no file
  unsigned Line = 0;
  unsigned Column = 0;
  std::string Message;
};

/// A translation unit that could not be read.
struct LeftOut {
  std::string File; ///< absolute
  std::string Why;  ///< in two or three words
};

/// A check as SARIF's readers see it.
struct Rule {
  CheckInfo Info;
  std::string Page; ///< its documentation, Markdown
};

struct Report {
  std::vector<Result> Results; ///< sorted by place, remarks last
  std::vector<Failure> Failures;
  std::size_t UnitsRead = 0;
  std::size_t UnitsFailed = 0;
  std::vector<LeftOut> NotRead; ///< those that failed and for which there is more to say than their number
};

/// Those that are not suppressed, without notes.
std::size_t countFindings(const Report &What);
std::size_t countNotes(const Report &What);

/// Sorts by place, remarks behind the rest, and drops what is said twice: one check says one thing about one place,
/// however many translation units and template instantiations it was seen in.
void sortAndUnique(std::vector<Result> &Results);

} // namespace threadbare::report
