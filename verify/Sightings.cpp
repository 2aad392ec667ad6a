// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Sightings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <set>

using namespace llvm;

namespace threadbare::verify {

bool isAt(const Frame &F, const Location &At, unsigned Column) {
  return F.At.Line == At.Line && (!Column || F.At.Column == Column) && isSameFile(F.At.File, At.File);
}

bool leadsThrough(const std::vector<Frame> &Stack, const Location &At, unsigned Column) {
  return any_of(Stack, [&](const Frame &F) { return isAt(F, At, Column); });
}

bool isClaimed(const std::vector<Frame> &Stack, ArrayRef<Claim> Claims) {
  return any_of(Claims, [&](const Claim &C) {
    return any_of(C.Spots, [&](const Spot &S) { return leadsThrough(Stack, S.At, 0); });
  });
}

Error checkLines(const Aim &A, const Run &R, Symbolizer &Names) {
  std::set<std::int64_t> Processes;
  for (const json::Object &O : R.Trace)
    if (O.getString("event") == "count" && is_contained(A.Sites, number(O, "site")))
      Processes.insert(number(O, "pid"));
  bool HasStacks = false;
  for (const json::Object &O : R.Trace) {
    if (!Processes.count(number(O, "pid")))
      continue;
    std::vector<Frame> Stack = Names.frames(O.getArray("stack"));
    // Not those of the system's libraries, which may have come with theirs.
    if (any_of(Stack, [](const Frame &F) {
          return F.At.Line && sys::path::is_absolute(F.At.File) && !StringRef(F.At.File).starts_with("/usr/");
        }))
      return Error::success();
    HasStacks |= !Stack.empty();
  }
  if (!HasStacks)
    return Error::success();
  return createStringError("the program has no debug information, so where something happened is not known; was it "
                           "stripped?");
}

json::Array toJson(const std::vector<Frame> &Stack) {
  json::Array Frames;
  for (const std::string &Line : print(Stack))
    Frames.push_back(json::fixUTF8(Line));
  return Frames;
}

static Blocked read(const json::Object &O, Symbolizer &Names) {
  Blocked B;
  B.Stack = Names.frames(O.getArray("stack"));
  B.InResumption = any_of(B.Stack, isResumption);
  B.Function = O.getString("function").value_or("");
  B.Millis = number(O, "ns") / 1e6;
  B.Lag = std::max(B.Millis, number(O, "lag") / 1e6);
  B.Processor = number(O, "processor") / 1e6;
  B.Process = number(O, "pid");
  B.Thread = number(O, "tid");
  B.End = number(O, "at");
  B.Begin = B.End - number(O, "ns");
  B.WokenBy = number(O, "woken_by");
  B.Voluntary = O.getInteger("voluntary").value_or(-1);
  B.Ended = O.getString("event") != "hang";
  return B;
}

std::vector<Blocked> Sightings::all(const Run &R, Symbolizer &Names) {
  std::vector<Blocked> Found;
  for (const json::Object &O : R.Trace)
    if (O.getString("event") == "block" || O.getString("event") == "hang")
      Found.push_back(read(O, Names));
  return Found;
}

std::vector<Blocked> Sightings::in(const Run &R) const {
  std::vector<Blocked> Found;
  for (Blocked &B : all(R, Names)) {
    auto Place = find_if(B.Stack, [&](const Frame &F) { return isAt(F, At, Column); });
    if (Place == B.Stack.end())
      continue;
    B.InResumption = std::any_of(Place, B.Stack.end(), isResumption);
    Found.push_back(std::move(B));
  }
  return Found;
}

} // namespace threadbare::verify
