// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Allowed.h"
#include "Names.h"
#include "Options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

constexpr unsigned Most = 1024;
const char *Patterns[Most];
unsigned Count = 0;

/// The file in memory of our own, with a zero behind it. By the kernel's calls: nobody is to time these.
char *contents(const char *Path) {
  int File = static_cast<int>(syscall(SYS_openat, AT_FDCWD, Path, O_RDONLY | O_CLOEXEC));
  struct stat Status;
  if (File < 0)
    return nullptr;
  char *Text = nullptr;
  if (fstat(File, &Status) == 0) {
    void *Pages = mmap(nullptr, Status.st_size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (Pages != MAP_FAILED && syscall(SYS_read, File, Pages, Status.st_size) >= 0)
      Text = static_cast<char *>(Pages);
  }
  int Saved = errno;
  syscall(SYS_close, File);
  errno = Saved;
  return Text;
}

void addLine(char *Line) {
  if (char *Comment = std::strchr(Line, '#'))
    *Comment = 0;
  while (*Line == ' ' || *Line == '\t')
    ++Line;
  char *End = Line + std::strlen(Line);
  while (End != Line && (End[-1] == ' ' || End[-1] == '\t' || End[-1] == '\r'))
    *--End = 0;
  if (*Line && Count < Most)
    Patterns[Count++] = Line;
}

struct Read {
  Read() {
    const char *Path = options().Allow;
    if (!*Path)
      return;
    char *Text = contents(Path);
    if (!Text) {
      char Line[sizeof(Options::Allow) + 128];
      int Size = std::snprintf(Line, sizeof Line, "threadbare: THREADBARE_OPTIONS: allow=%s: cannot be read: %s\n",
                               Path, std::strerror(errno));
      (void)!syscall(SYS_write, 2, Line, Size);
      return;
    }
    for (char *End; *Text; Text = End) {
      End = Text + std::strcspn(Text, "\n");
      if (*End)
        *End++ = 0;
      addLine(Text);
    }
  }
} Done;

bool matches(const char *Name) {
  for (unsigned I = 0; I < Count; ++I)
    if (fnmatch(Patterns[I], Name, 0) == 0)
      return true;
  return false;
}

/// "acme::Log::write(char const*) const" -> "acme::Log::write"
void cutParameters(char *Name) {
  constexpr char Anonymous[] = "(anonymous namespace)";
  for (char *At = Name; *At; ++At) {
    if (*At != '(')
      continue;
    if (!std::strncmp(At, Anonymous, sizeof Anonymous - 1))
      At += sizeof Anonymous - 2;
    else if (At - Name >= 8 && !std::strncmp(At - 8, "operator", 8))
      ++At;
    else {
      *At = 0;
      return;
    }
  }
}

/// By its linker's name, and as it is written, with and without its parameters.
bool isAllowedName(const char *Name) {
  if (matches(Name))
    return true;
  using Demangle = char *(const char *, char *, std::size_t *, int *);
  // The program's own, if it is C++: we link no C++ library.
  static auto *Plain = reinterpret_cast<Demangle *>(dlsym(RTLD_DEFAULT, "__cxa_demangle"));
  int Status = 0;
  char *Written = Plain ? Plain(Name, nullptr, nullptr, &Status) : nullptr;
  if (!Written)
    return false;
  bool Allowed = matches(Written);
  cutParameters(Written);
  Allowed |= matches(Written);
  std::free(Written);
  return Allowed;
}

} // namespace

bool isAllowed(const Stack &S) {
  if (!Count)
    return false;
  for (int I = 0; I < S.Size; ++I)
    if (const char *Name = functionAt(static_cast<const char *>(S.Frames[I]) - 1); Name && isAllowedName(Name))
      return true;
  return false;
}

} // namespace threadbare::rt
