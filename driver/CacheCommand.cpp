// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CacheCommand.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace threadbare::driver {
namespace {

std::string megabytes(std::uint64_t Bytes) { return formatv("{0:f1} MB", double(Bytes) / 1e6); }

ExitStatus fail(const Twine &Why) {
  errs() << "threadbare: error: " << Why << '\n';
  return RunFailed;
}

ExitStatus printStats(const Cache &Stored) {
  Cache::Size Size = Stored.size();
  outs() << "folder     " << Stored.directory() << '\n'
         << "units      " << Size.Units << '\n'
         << "summaries  " << Size.Summaries << '\n'
         << "size       " << megabytes(Size.Bytes) << " of at most " << megabytes(Stored.limit()) << '\n';
  return NoFindings;
}

ExitStatus clear(Cache &Stored) {
  Expected<Cache::Size> Was = Stored.clear();
  if (!Was)
    return fail(toString(Was.takeError()));
  outs() << "removed " << Was->Summaries << " summaries, " << megabytes(Was->Bytes) << '\n';
  return NoFindings;
}

} // namespace

ExitStatus runCacheCommand(StringRef What, const CacheOptions &Options) {
  Cache Stored(Options);
  if (Stored.directory().empty())
    return fail("there is no home folder for a cache; name one with --cache-dir");
  if (What == "stats")
    return printStats(Stored);
  if (What == "clear")
    return clear(Stored);
  return fail(What.empty() ? Twine("say what: threadbare cache stats, or threadbare cache clear")
                           : "unknown command 'cache " + What + "'; there are 'cache stats' and 'cache clear'");
}

} // namespace threadbare::driver
