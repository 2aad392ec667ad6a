// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Durations.h"
#include "driver/Cache.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace threadbare::driver {

Durations::Durations(Cache &Stored, std::string GivenName) : Stored(Stored), Name("durations of " + GivenName) {
  Expected<json::Value> Value = json::parse(Stored.note(Name));
  if (!Value) {
    consumeError(Value.takeError());
    return;
  }
  if (const json::Object *Times = Value->getAsObject())
    for (const auto &[File, Time] : *Times)
      if (std::optional<std::int64_t> Milliseconds = Time.getAsInteger(); Milliseconds && *Milliseconds > 0)
        Known[StringRef(File)] = *Milliseconds;
}

std::optional<std::chrono::milliseconds> Durations::of(StringRef File) const {
  auto Time = Known.find(File);
  return Time == Known.end() ? std::nullopt : std::optional(std::chrono::milliseconds(Time->second));
}

void Durations::store() {
  json::Object Times;
  for (const auto &[File, Time] : Known)
    Times[json::fixUTF8(File)] = Time;
  std::string Text;
  raw_string_ostream(Text) << json::Value(std::move(Times));
  Stored.storeNote(Name, Text);
}

} // namespace threadbare::driver
