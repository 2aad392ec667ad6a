// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evidence leaves the process as JSON lines, each written at once: a process that is killed has said what it saw.
#pragma once

#include <cstddef>
#include <cstdint>

namespace threadbare::rt {

/// The return addresses of one thread at one time, innermost first.
struct Stack {
  static constexpr int Depth = 48;
  void *Frames[Depth];
  int Size = 0;

  /// With the runtime's own frames: how many there are is the optimiser's choice, and who reads them knows our name.
  void capture();
};

/// One JSON object on one line. What does not fit is left out, the innermost frames never.
class Line {
public:
  explicit Line(const char *Event);
  Line &add(const char *Name, std::uint64_t Value);
  Line &addSigned(const char *Name, std::int64_t Value);
  Line &add(const char *Name, const char *Value);
  /// A list of "MODULE+0xOFFSET".
  Line &add(const char *Name, const Stack &Frames);
  /// Appends it to this process's file. Leaves errno alone.
  void write();

private:
  void put(const char *Text);
  void put(char C);
  void escape(const char *Text);
  void hex(std::uint64_t Value);
  void number(std::uint64_t Value);
  void name(const char *Name);

  static constexpr std::size_t Capacity = 8000, Reserve = 1200; ///< Reserve: the longest frame and what ends a line
  char Buffer[Capacity];
  std::size_t Size = 0;
};

/// The kernel's number of the calling thread.
std::uint32_t threadId();

/// Nanoseconds of the monotonic clock.
std::uint64_t now();

} // namespace threadbare::rt
