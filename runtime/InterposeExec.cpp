// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program that is started with an LD_PRELOAD of its own would leave us behind. So a list without us gets us in front.
// Who throws the whole environment away means it, and that is told.
#include "Evidence.h"
#include "Interpose.h"
#include "Options.h"

#include <alloca.h>
#include <cstdlib>
#include <cstring>
#include <spawn.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

constexpr char Preload[] = "LD_PRELOAD=", Settings[] = "THREADBARE_OPTIONS=";
const char *Ours = nullptr; ///< as the loader was told; null: we were not preloaded

struct Start {
  Start() {
    Dl_info Info;
    const char *Given = std::getenv("LD_PRELOAD");
    if (options().On && Given && dladdr(&Ours, &Info) && std::strstr(Given, Info.dli_fname))
      Ours = Info.dli_fname;
  }
} Started;

bool begins(const char *Text, const char *With) { return !std::strncmp(Text, With, std::strlen(With)); }

/// What has to change in an environment.
struct Change {
  std::size_t Size = 0;   ///< variables
  std::size_t Index = 0;  ///< of LD_PRELOAD
  std::size_t Length = 0; ///< of its new text, with the zero at its end; 0: nothing has to change
  bool Leaves = false;    ///< we are not to come along
};

Change examine(char *const *Environment) {
  Change C;
  bool IsOurs = false;
  const char *Theirs = nullptr;
  if (!Ours)
    return C;
  for (; Environment && Environment[C.Size]; ++C.Size) {
    if (begins(Environment[C.Size], Settings))
      IsOurs = true;
    if (begins(Environment[C.Size], Preload)) {
      C.Index = C.Size;
      Theirs = Environment[C.Size];
    }
  }
  C.Leaves = !IsOurs || !Theirs;
  if (IsOurs && Theirs && !std::strstr(Theirs, Ours) && C.Size < 10'000)
    C.Length = std::strlen(Theirs) + 1 + std::strlen(Ours) + 1;
  return C;
}

/// \p Room is for all variables and a null, \p Text for the changed one.
char *const *change(const Change &C, char *const *From, char **Room, char *Text) {
  std::memcpy(Room, From, (C.Size + 1) * sizeof *Room);
  std::strcpy(Text, Preload);
  std::strcat(Text, Ours);
  std::strcat(Text, ":");
  std::strcat(Text, From[C.Index] + sizeof Preload - 1);
  Room[C.Index] = Text;
  return Room;
}

/// Between fork and exec there is only the stack.
template <class Call> auto with(const char *Program, char *const *Environment, Call Run) {
  Change C = examine(Environment);
  if (C.Leaves)
    Line("left").add("program", Program).write();
  if (!C.Length)
    return Run(Environment);
  auto *Room = static_cast<char **>(alloca((C.Size + 1) * sizeof(char *)));
  auto *Text = static_cast<char *>(alloca(C.Length));
  return Run(change(C, Environment, Room, Text));
}

} // namespace
} // namespace threadbare::rt

#define EXECUTES(Name, Real, Parameters, Arguments, Environment)                                                       \
  THREADBARE_EXPORT int Name Parameters {                                                                              \
    static auto *Next = threadbare::rt::next<decltype(Real)>(#Real);                                                   \
    return threadbare::rt::with(P, Environment, [&](char *const *E) { return Next Arguments; });                       \
  }

EXECUTES(execve, execve, (const char *P, char *const A[], char *const V[]), (P, A, E), V)
EXECUTES(execv, execve, (const char *P, char *const A[]), (P, A, E), environ)
EXECUTES(execvpe, execvpe, (const char *P, char *const A[], char *const V[]), (P, A, E), V)
EXECUTES(execvp, execvpe, (const char *P, char *const A[]), (P, A, E), environ)
EXECUTES(posix_spawn, posix_spawn,
         (pid_t * I, const char *P, const posix_spawn_file_actions_t *F, const posix_spawnattr_t *S, char *const A[],
          char *const V[]),
         (I, P, F, S, A, E), V)
EXECUTES(posix_spawnp, posix_spawnp,
         (pid_t * I, const char *P, const posix_spawn_file_actions_t *F, const posix_spawnattr_t *S, char *const A[],
          char *const V[]),
         (I, P, F, S, A, E), V)
