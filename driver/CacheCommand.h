// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Cache.h"
#include "driver/CheckCommand.h"

#include "llvm/ADT/StringRef.h"

namespace threadbare::driver {

/// `threadbare cache stats` and `threadbare cache clear`; \p What is the second word.
ExitStatus runCacheCommand(llvm::StringRef What, const CacheOptions &Options);

} // namespace threadbare::driver
