// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Probed modules announce themselves when they are loaded; which hook a probe gets is decided then.
#include "Evidence.h"
#include "Hooks.h"
#include "Options.h"

using namespace threadbare::rt;

static Hook hookFor(const Probe &P) {
  bool Armed = P.Site < Options::MaxSites && options().Armed[P.Site];
  switch (options().Probes) {
  case Mode::Count:
    return countHook;
  case Mode::Trace:
    return Armed && P.Kind & Calls ? traceHook : nullptr;
  case Mode::Trap:
    return Armed && !(P.Kind & Calls) ? trapHook : nullptr;
  case Mode::Off:
    break;
  }
  return nullptr;
}

extern "C" __attribute__((visibility("default"))) void threadbare_register_probes_v1(Probe *First,
                                                                                     std::uint64_t Count) {
  if (!options().On)
    return;
  static bool Said[Options::MaxSites];
  for (std::uint64_t I = 0; I < Count; ++I) {
    Probe &P = First[I];
    P.Run = hookFor(P);
    if (P.Site < Options::MaxSites && !Said[P.Site]) {
      Said[P.Site] = true;
      Line("probe").add("site", P.Site).add("column", P.Column).write();
    }
  }
}
