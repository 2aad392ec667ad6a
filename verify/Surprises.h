// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a run saw and the analysis did not: coroutines that were stopped, started threads, computed for long or kept
// locks where there is no finding.
#pragma once

#include "verify/Sightings.h"

#include <string>
#include <vector>

namespace threadbare::verify {

struct Surprise {
  Location At;          ///< the innermost place that is the user's own
  std::string What;     ///< "'acme::fetch' stopped the coroutine's thread 3 times, for up to 20.1 ms, in 'nanosleep'"
  std::string Remark;   ///< why there is nothing to teach
  std::string Function; ///< that the analysis does not know; "" if it does
  std::string List;     ///< of a threadbare.yaml: "blocking"
  std::string Lesson;   ///< an entry of that list that would have made the analysis see it

  bool isLesson() const { return !Lesson.empty(); }
};

/// In the order of their kinds and places. \p Claims are what the analysis did see.
std::vector<Surprise> surprises(const Run &R, llvm::ArrayRef<Claim> Claims, Symbolizer &Names);

/// Those of one kind.
std::vector<Surprise> surprisingThreads(const Run &R, llvm::ArrayRef<Claim> Claims, Symbolizer &Names);

/// Where the user's own code calls what the frames before it belong to.
struct CallOut {
  const Frame *Caller = nullptr; ///< the innermost of the user's own; null if there is none
  const Frame *Callee = nullptr; ///< null: the call is the C library's function itself
};
CallOut callOut(const std::vector<Frame> &Stack);

/// By the rules for names in a threadbare.yaml; "" if it has none.
std::string nameOf(const Frame *F);

} // namespace threadbare::verify
