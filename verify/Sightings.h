// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking calls that the runtime saw below a flagged place.
#pragma once

#include "verify/Campaign.h"

namespace threadbare::verify {

struct Blocked {
  std::string Function; ///< of the C library
  double Millis = 0, Lag = 0, Processor = 0;
  std::int64_t Process = 0, Thread = 0;
  std::int64_t Begin = 0, End = 0; ///< nanoseconds of the machine's clock
  std::int64_t Voluntary = -1;     ///< context switches; -1: the kernel was not asked
  bool Ended = true;               ///< false: it had not returned when it was looked at
  std::int64_t WokenBy = 0;        ///< the way on which a coroutine woke the thread before; 0: none did
  bool InResumption = false;       ///< the flagged place, or what called it, is a coroutine that was resumed
  std::vector<Frame> Stack;

  /// It gave up the processor of its own accord.
  bool waited() const { return !Ended || Voluntary > 0; }
};

/// \p Column by debug information; 0 is any.
bool isAt(const Frame &F, const Location &At, unsigned Column);
bool leadsThrough(const std::vector<Frame> &Stack, const Location &At, unsigned Column);

/// Whether some finding speaks of a place on the stack.
bool isClaimed(const std::vector<Frame> &Stack, llvm::ArrayRef<Claim> Claims);

/// Fails if the processes that ran a claim's places told stacks, and not one frame has a line: then nobody knows where
/// something happened, and that nothing was seen at a place says nothing.
llvm::Error checkLines(const Aim &A, const Run &R, Symbolizer &Names);

/// For the evidence.
llvm::json::Array toJson(const std::vector<Frame> &Stack);

class Sightings {
public:
  /// \p Column by debug information; 0 if there is no probe to tell.
  Sightings(const Spot &S, unsigned Column, Symbolizer &Names) : At(S.At), Column(Column), Names(Names) {}

  std::vector<Blocked> in(const Run &R) const;

  /// Wherever it was.
  static std::vector<Blocked> all(const Run &R, Symbolizer &Names);

private:
  Location At;
  unsigned Column;
  Symbolizer &Names;
};

} // namespace threadbare::verify
