// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Options.h"

#include <cstdlib>
#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

struct Text {
  const char *Begin, *End;
  bool is(const char *Word) const {
    return std::strlen(Word) == std::size_t(End - Begin) && !std::strncmp(Begin, Word, End - Begin);
  }
  std::uint64_t number() const { return std::strtoull(Begin, nullptr, 10); } // ends at the ':' or ',' that follows
};

/// Up to the next \p Separator or the end; moves \p At behind it.
Text next(const char *&At, const char *End, char Separator) {
  const char *Begin = At;
  while (At != End && *At != Separator)
    ++At;
  Text Result{Begin, At};
  if (At != End)
    ++At;
  return Result;
}

void complain(Text Option, const char *What = "unknown option") {
  // Not write(), which we stand in for, and which asks for the options.
  auto Say = [](const char *S, std::size_t N) { (void)!syscall(SYS_write, 2, S, N); };
  constexpr char Before[] = "threadbare: THREADBARE_OPTIONS: ", After[] = "'\n";
  Say(Before, sizeof Before - 1);
  Say(What, std::strlen(What));
  Say(" '", 2);
  Say(Option.Begin, Option.End - Option.Begin);
  Say(After, sizeof After - 1);
}

Mode modeOf(Text Value) {
  return Value.is("trap") ? Mode::Trap : Value.is("trace") ? Mode::Trace : Value.is("count") ? Mode::Count : Mode::Off;
}

void arm(Options &O, Text List) {
  for (const char *At = List.Begin; At != List.End;) {
    std::uint64_t Site = next(At, List.End, ',').number();
    if (Site < Options::MaxSites)
      O.Armed[Site] = true;
  }
}

template <std::size_t Size> void copy(char (&To)[Size], Text Value) {
  std::size_t Length = Value.End - Value.Begin;
  if (Length < Size)
    std::memcpy(To, Value.Begin, Length);
  else
    complain(Value, "too long:");
}

void set(Options &O, Text Option) {
  const char *At = Option.Begin;
  Text Name = next(At, Option.End, '=');
  Text Value{At, Option.End};
  if (Name.is("evidence"))
    copy(O.Evidence, Value);
  else if (Name.is("allow"))
    copy(O.Allow, Value);
  else if (Name.is("probes"))
    O.Probes = modeOf(Value);
  else if (Name.is("stall_us"))
    O.StallMicros = Value.number();
  else if (Name.is("traps"))
    O.Traps = Value.number();
  else if (Name.is("seed"))
    O.Seed = Value.number();
  else if (Name.is("arm"))
    arm(O, Value);
  else if (Name.is("block"))
    O.Preloaded = Value.number() != 0;
  else if (Name.is("threshold_us"))
    O.BlockMicros = Value.number();
  else if (Name.is("exact"))
    O.Exact = Value.number() != 0;
  else if (Name.is("hang_ms"))
    O.HangMillis = Value.number();
  else if (Name.is("threads"))
    O.Threads = Value.number() != 0;
  else if (Name.is("hogs"))
    O.Hogs = Value.number() != 0;
  else if (Name.is("hog_us"))
    O.HogMicros = Value.number();
  else if (Name.is("locks"))
    O.Locks = Value.number() != 0;
  else
    complain(Option);
}

struct Read : Options {
  Read() {
    const char *At = std::getenv("THREADBARE_OPTIONS");
    if (!At)
      return;
    On = true;
    for (const char *End = At + std::strlen(At); At != End;)
      set(*this, next(At, End, ':'));
  }
};

} // namespace

const Options &options() {
  static const Read Result;
  return Result;
}

} // namespace threadbare::rt
