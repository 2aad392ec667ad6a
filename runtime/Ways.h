// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ways through the program to one place, told apart by their return addresses, and how often each was taken.
#pragma once

#include "Evidence.h"

#include <atomic>

namespace threadbare::rt {

struct Way {
  std::atomic<std::uint64_t> Hash{0}; ///< 0: free
  std::atomic<std::uint64_t> Count{0};
  std::atomic<std::uint64_t> Live{0}; ///< of those counted, how many have not ended
  std::atomic<int> Meant{0};          ///< blocking there is allowed; 0: nobody has looked, 1: no, 2: yes
};

/// A table that never grows and needs no lock.
class Ways {
public:
  /// Null where the table is full.
  Way *find(const Stack &S);
  /// In a forked child, which has to say everything itself.
  void forget();

private:
  static constexpr unsigned Size = 4096;
  Way All[Size];
};

/// Whether the \p Count th of something is told: the first ones, and then ever fewer.
inline bool isTold(std::uint64_t Count, std::uint64_t First) { return Count <= First || (Count & (Count - 1)) == 0; }

} // namespace threadbare::rt
