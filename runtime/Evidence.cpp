// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Evidence.h"
#include "Options.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

thread_local std::uint32_t Tid = 0;
void *ProgramBase = nullptr;
char ProgramPath[1024] = {};

/// The loader knows the program by what it was called with, which is no path to find it by.
void nameProgram() {
  Dl_info Info;
  ssize_t Length = readlink("/proc/self/exe", ProgramPath, sizeof ProgramPath - 1);
  if (Length > 0 && dladdr(reinterpret_cast<void *>(getauxval(AT_ENTRY)), &Info))
    ProgramBase = Info.dli_fbase;
}

/// The first unwinding loads libgcc_s, which allocates and locks: better now than in a hook. A forked child's only
/// thread has another number.
struct Prepare {
  Prepare() {
    if (!options().On)
      return;
    void *Frame[1];
    backtrace(Frame, 1);
    nameProgram();
    pthread_atfork(nullptr, nullptr, [] { Tid = 0; });
    Line("start").add("program", ProgramPath).write();
  }
} Prepared;

} // namespace

std::uint32_t threadId() {
  if (!Tid)
    Tid = static_cast<std::uint32_t>(syscall(SYS_gettid));
  return Tid;
}

std::uint64_t now() {
  timespec T;
  clock_gettime(CLOCK_MONOTONIC, &T);
  return std::uint64_t(T.tv_sec) * 1'000'000'000 + T.tv_nsec;
}

void Stack::capture() { Size = backtrace(Frames, Depth); }

Line::Line(const char *Event) {
  put("{\"event\":\"");
  put(Event);
  put("\",\"pid\":");
  number(getpid());
}

Line &Line::add(const char *Name, std::uint64_t Value) {
  name(Name);
  number(Value);
  return *this;
}

Line &Line::addSigned(const char *Name, std::int64_t Value) {
  name(Name);
  if (Value < 0)
    put('-');
  number(Value < 0 ? 0 - std::uint64_t(Value) : std::uint64_t(Value));
  return *this;
}

Line &Line::add(const char *Name, const char *Value) {
  name(Name);
  put('"');
  escape(Value);
  put('"');
  return *this;
}

Line &Line::add(const char *Name, const Stack &S) {
  name(Name);
  put('[');
  for (int I = 0; I < S.Size && Size + Reserve < Capacity; ++I) {
    Dl_info Info;
    // A return address is behind its call; the byte before it is in the call's own line.
    char *Call = static_cast<char *>(S.Frames[I]) - 1;
    if (I)
      put(',');
    bool Known = dladdr(Call, &Info) && Info.dli_fname;
    put('"');
    escape(!Known ? "?" : Info.dli_fbase == ProgramBase ? ProgramPath : Info.dli_fname);
    put("+0x");
    hex(Known ? Call - static_cast<char *>(Info.dli_fbase) : reinterpret_cast<std::uintptr_t>(Call));
    put('"');
  }
  put(']');
  return *this;
}

void Line::write() {
  int Saved = errno;
  put("}\n");
  // Opened for each line: a daemon closes descriptors that it did not open, and then opens its own under their numbers.
  int Out = 2;
  if (const char *Folder = options().Evidence; *Folder) {
    char Path[sizeof(Options::Evidence) + 32];
    std::snprintf(Path, sizeof Path, "%s/%d.jsonl", Folder, int(getpid()));
    Out = static_cast<int>(syscall(SYS_openat, AT_FDCWD, Path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  }
  if (Out >= 0)
    (void)!syscall(SYS_write, Out, Buffer, Size);
  if (Out > 2)
    syscall(SYS_close, Out);
  errno = Saved;
}

void Line::put(char C) {
  if (Size < Capacity)
    Buffer[Size++] = C;
}

void Line::put(const char *Text) {
  while (*Text)
    put(*Text++);
}

void Line::escape(const char *Text) {
  for (; *Text; ++Text) {
    if (*Text == '"' || *Text == '\\')
      put('\\');
    put(static_cast<unsigned char>(*Text) < 0x20 ? '?' : *Text);
  }
}

void Line::number(std::uint64_t Value) {
  char Digits[20];
  int N = 0;
  do
    Digits[N++] = static_cast<char>('0' + Value % 10);
  while (Value /= 10);
  while (N)
    put(Digits[--N]);
}

void Line::hex(std::uint64_t Value) {
  char Digits[16];
  int N = 0;
  do
    Digits[N++] = "0123456789abcdef"[Value & 15];
  while (Value >>= 4);
  while (N)
    put(Digits[--N]);
}

void Line::name(const char *Name) {
  put(",\"");
  put(Name);
  put("\":");
}

} // namespace threadbare::rt
