// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Campaign.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>
#include <set>

using namespace llvm;

namespace threadbare::verify {

std::string counted(std::int64_t N, StringRef What) { return formatv("{0} {1}{2}", N, What, N == 1 ? "" : "s").str(); }

std::int64_t number(const json::Object &O, StringRef Name) { return O.getInteger(Name).value_or(0); }

std::string functionsOf(const Claim &C) {
  std::set<std::string> Functions;
  for (const Spot &S : C.Spots)
    Functions.insert("'" + S.Function + "'");
  return join(Functions, " and ");
}

std::string didNotRun(const Claim &C, const Exercise &E) {
  return E.HasProbes ? "did not run: a test is missing that calls " + functionsOf(C)
                     : "no program that ran has a call there (" + functionsOf(C) + ")";
}

Exercise exercise(const Aim &A, const Run &Inert) {
  Exercise E;
  // The lines of a thread are cumulative: the last one counts.
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, const json::Object *> Last;
  for (const json::Object &O : Inert.Trace) {
    if (!is_contained(A.Sites, number(O, "site")))
      continue;
    if (O.getString("event") == "probe" && !E.HasProbes) {
      E.HasProbes = true;
      E.Column = number(O, "column");
    }
    if (O.getString("event") == "count")
      Last[{number(O, "pid"), number(O, "tid"), number(O, "site")}] = &O;
  }
  std::map<std::int64_t, std::set<std::int64_t>> Threads;
  for (const auto &[Key, O] : Last) {
    Threads[std::get<0>(Key)].insert(std::get<1>(Key));
    // Of a change that is not recognised as one, both halves may be probed, and are one access.
    std::int64_t Writes = number(*O, "writes");
    E.Runs += Writes ? Writes : number(*O, "reads");
    E.Updates += Writes;
    E.Lost += number(*O, "lost");
  }
  for (const auto &[Process, Seen] : Threads)
    E.Threads = std::max(E.Threads, Seen.size());
  return E;
}

} // namespace threadbare::verify
