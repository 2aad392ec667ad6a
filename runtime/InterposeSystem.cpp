// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking calls that wait for the kernel: time, files, sockets, names, processes. What waits inside the C library
// (system, popen, fopen, getaddrinfo) is timed as a whole.
#include "Interpose.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

BLOCKS(int, nanosleep, (const timespec *T, timespec *R), (T, R))
BLOCKS(int, clock_nanosleep, (clockid_t C, int F, const timespec *T, timespec *R), (C, F, T, R))
BLOCKS(int, usleep, (useconds_t T), (T))
BLOCKS(unsigned, sleep, (unsigned T), (T))
BLOCKS(int, pause, (), ())
BLOCKS(int, sigwait, (const sigset_t *S, int *N), (S, N))
BLOCKS(int, sigwaitinfo, (const sigset_t *S, siginfo_t *I), (S, I))
BLOCKS(int, sigtimedwait, (const sigset_t *S, siginfo_t *I, const timespec *T), (S, I, T))

BLOCKS(ssize_t, read, (int F, void *B, size_t N), (F, B, N))
BLOCKS(ssize_t, pread, (int F, void *B, size_t N, off_t O), (F, B, N, O))
BLOCKS(ssize_t, pread64, (int F, void *B, size_t N, off64_t O), (F, B, N, O))
BLOCKS(ssize_t, readv, (int F, const iovec *V, int N), (F, V, N))
BLOCKS(ssize_t, write, (int F, const void *B, size_t N), (F, B, N))
BLOCKS(ssize_t, pwrite, (int F, const void *B, size_t N, off_t O), (F, B, N, O))
BLOCKS(ssize_t, pwrite64, (int F, const void *B, size_t N, off64_t O), (F, B, N, O))
BLOCKS(ssize_t, writev, (int F, const iovec *V, int N), (F, V, N))
BLOCKS(int, fsync, (int F), (F))
BLOCKS(int, fdatasync, (int F), (F))
BLOCKS(int, syncfs, (int F), (F))
BLOCKS(int, flock, (int F, int O), (F, O))
BLOCKS(int, lockf, (int F, int C, off_t N), (F, C, N))
BLOCKS(FILE *, fopen, (const char *P, const char *M), (P, M))
BLOCKS(FILE *, fopen64, (const char *P, const char *M), (P, M))
BLOCKS(size_t, fread, (void *B, size_t S, size_t N, FILE *F), (B, S, N, F))
BLOCKS(size_t, fwrite, (const void *B, size_t S, size_t N, FILE *F), (B, S, N, F))
BLOCKS(char *, fgets, (char *B, int N, FILE *F), (B, N, F))
BLOCKS(ssize_t, getline, (char **B, size_t *N, FILE *F), (B, N, F))
BLOCKS(ssize_t, __getdelim, (char **B, size_t *N, int D, FILE *F), (B, N, D, F)) // getline where it is inlined
BLOCKS(int, fgetc, (FILE * F), (F))
BLOCKS(int, getc, (FILE * F), (F))
BLOCKS(int, getchar, (), ())
BLOCKS(int, fflush, (FILE * F), (F))
BLOCKS(int, fclose, (FILE * F), (F))

BLOCKS(ssize_t, recv, (int S, void *B, size_t N, int F), (S, B, N, F))
BLOCKS(ssize_t, recvfrom, (int S, void *B, size_t N, int F, sockaddr *A, socklen_t *L), (S, B, N, F, A, L))
BLOCKS(ssize_t, recvmsg, (int S, msghdr *M, int F), (S, M, F))
BLOCKS(ssize_t, send, (int S, const void *B, size_t N, int F), (S, B, N, F))
BLOCKS(ssize_t, sendto, (int S, const void *B, size_t N, int F, const sockaddr *A, socklen_t L), (S, B, N, F, A, L))
BLOCKS(ssize_t, sendmsg, (int S, const msghdr *M, int F), (S, M, F))
BLOCKS(int, accept, (int S, sockaddr *A, socklen_t *L), (S, A, L))
BLOCKS(int, accept4, (int S, sockaddr *A, socklen_t *L, int F), (S, A, L, F))
BLOCKS(int, connect, (int S, const sockaddr *A, socklen_t L), (S, A, L))
BLOCKS(int, getaddrinfo, (const char *N, const char *S, const addrinfo *H, addrinfo **R), (N, S, H, R))
BLOCKS(int, getnameinfo, (const sockaddr *A, socklen_t L, char *H, socklen_t HL, char *S, socklen_t SL, int F),
       (A, L, H, HL, S, SL, F))
BLOCKS(hostent *, gethostbyname, (const char *N), (N))

BLOCKS(int, system, (const char *C), (C))
BLOCKS(FILE *, popen, (const char *C, const char *M), (C, M))
BLOCKS(int, pclose, (FILE * F), (F))
BLOCKS(pid_t, wait, (int *S), (S))
BLOCKS(pid_t, waitpid, (pid_t P, int *S, int O), (P, S, O))
BLOCKS(int, waitid, (idtype_t T, id_t P, siginfo_t *I, int O), (T, P, I, O))

// Where loops wait, and coroutines should not: both are seen by their stacks.
WAITS_FOR_EVENTS(poll, (pollfd * P, nfds_t N, int T), (P, N, T))
WAITS_FOR_EVENTS(ppoll, (pollfd * P, nfds_t N, const timespec *T, const sigset_t *S), (P, N, T, S))
WAITS_FOR_EVENTS(select, (int N, fd_set *R, fd_set *W, fd_set *E, timeval *T), (N, R, W, E, T))
WAITS_FOR_EVENTS(pselect, (int N, fd_set *R, fd_set *W, fd_set *E, const timespec *T, const sigset_t *S),
                 (N, R, W, E, T, S))
WAITS_FOR_EVENTS(epoll_wait, (int P, epoll_event *E, int N, int T), (P, E, N, T))
WAITS_FOR_EVENTS(epoll_pwait, (int P, epoll_event *E, int N, int T, const sigset_t *S), (P, E, N, T, S))

/// The last argument of these is there only sometimes; handing on what is in its place does no harm.
#define OPENS(Name, Parameters, Last, ...)                                                                             \
  THREADBARE_EXPORT int Name Parameters {                                                                              \
    va_list List;                                                                                                      \
    va_start(List, Last);                                                                                              \
    mode_t Mode = va_arg(List, mode_t);                                                                                \
    va_end(List);                                                                                                      \
    static auto *Real = threadbare::rt::next<int Parameters>(#Name);                                                   \
    return threadbare::rt::timed(#Name, [&] { return Real(__VA_ARGS__, Mode); });                                      \
  }
OPENS(open, (const char *P, int F, ...), F, P, F)
OPENS(open64, (const char *P, int F, ...), F, P, F)
OPENS(openat, (int D, const char *P, int F, ...), F, D, P, F)
OPENS(openat64, (int D, const char *P, int F, ...), F, D, P, F)

static int forwardFcntl(const char *Name, int (*Real)(int, int, ...), int File, int Command, void *Argument) {
  auto Call = [&] { return Real(File, Command, Argument); };
  return Command == F_SETLKW || Command == F_OFD_SETLKW ? threadbare::rt::timed(Name, Call) : Call();
}

#define CONTROLS(Name)                                                                                                 \
  THREADBARE_EXPORT int Name(int F, int C, ...) {                                                                      \
    va_list List;                                                                                                      \
    va_start(List, C);                                                                                                 \
    void *Argument = va_arg(List, void *);                                                                             \
    va_end(List);                                                                                                      \
    static auto *Real = threadbare::rt::next<int(int, int, ...)>(#Name);                                               \
    return forwardFcntl(#Name, Real, F, C, Argument);                                                                  \
  }
CONTROLS(fcntl)
CONTROLS(fcntl64)
