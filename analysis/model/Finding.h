// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace threadbare {

/// A place with its path spelled out, for people. Lines and columns count from 1.
struct Location {
  std::string File;
  unsigned Line = 0;
  unsigned Column = 0;
  friend bool operator==(const Location &, const Location &) = default;
  friend auto operator<=>(const Location &, const Location &) = default;
};

/// One step of the path that a finding walks, or what to do instead.
struct Note {
  Location At;
  std::string Message;
  bool IsAdvice = false; ///< the last note: what to write instead
};

/// Where a run of the program can show whether a finding is so.
struct Spot {
  std::string Role; ///< "change" or "read" of a variable, "call", "hand-over", "body"
  Location At;
  std::string Function; ///< that has to be called for it; of a lambda, the named one that it is written in
};

/// What a check reports: one cause, at one place, with the path that shows it.
struct Finding {
  std::string Check;   ///< "threadbare-blocking-call-in-coroutine"
  Location At;
  std::string Message; ///< what is wrong, lower case, without a full stop
  std::vector<Note> Notes;
  std::string Function; ///< the function it stands in, as the user writes it
  /// What identifies this finding when lines move: names, not numbers. Hashed into SARIF's partialFingerprints.
  std::string Fingerprint;
  std::vector<Spot> Spots; ///< the reported one first
};

/// Metadata of a check, stated once in the check's own source file.
struct CheckInfo {
  std::string Id;       ///< without "threadbare-": "blocking-call-in-coroutine"
  std::string Summary;  ///< one line
  std::string Since;    ///< version
  std::string Severity; ///< "error", "warning" or "note": SARIF's level
  bool EnabledByDefault = true;
  std::string Verification; ///< how its findings are measured, or why they cannot be
};

} // namespace threadbare
