// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Ways.h"

namespace threadbare::rt {

static std::uint64_t hash(const Stack &S) {
  std::uint64_t H = 0xcbf29ce484222325; // FNV-1a over the return addresses
  for (int I = 0; I < S.Size; ++I)
    H = (H ^ reinterpret_cast<std::uintptr_t>(S.Frames[I])) * 0x100000001b3;
  return H | 1;
}

Way *Ways::find(const Stack &S) {
  std::uint64_t Hash = hash(S);
  for (unsigned Probe = 0; Probe < 16; ++Probe) {
    Way &W = All[(Hash + Probe) % Size];
    std::uint64_t Free = 0;
    if (W.Hash.load(std::memory_order_relaxed) == Hash || W.Hash.compare_exchange_strong(Free, Hash) || Free == Hash)
      return &W;
  }
  return nullptr;
}

void Ways::forget() {
  for (Way &W : All) {
    W.Hash = 0;
    W.Count = 0;
    W.Live = 0;
  }
}

} // namespace threadbare::rt
