// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/ForkServer.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace threadbare::driver {
namespace {

constexpr std::size_t MaxDescriptors = 2;

/// One datagram: an index, and a mailbox and a pipe for a piece, or a socket for a preparation.
struct Order {
  std::size_t Index = 0;
  SmallVector<int, MaxDescriptors> Descriptors;
};

bool sendOrder(int Socket, std::size_t Index, ArrayRef<int> Descriptors) {
  iovec Bytes{&Index, sizeof Index};
  alignas(cmsghdr) char Control[CMSG_SPACE(MaxDescriptors * sizeof(int))] = {};
  msghdr Message{};
  Message.msg_iov = &Bytes;
  Message.msg_iovlen = 1;
  Message.msg_control = Control;
  Message.msg_controllen = CMSG_SPACE(Descriptors.size() * sizeof(int));
  cmsghdr *Header = CMSG_FIRSTHDR(&Message);
  Header->cmsg_level = SOL_SOCKET;
  Header->cmsg_type = SCM_RIGHTS;
  Header->cmsg_len = CMSG_LEN(Descriptors.size() * sizeof(int));
  std::memcpy(CMSG_DATA(Header), Descriptors.data(), Descriptors.size() * sizeof(int));
  return ::sendmsg(Socket, &Message, MSG_NOSIGNAL) == sizeof Index;
}

std::optional<Order> receiveOrder(int Socket) {
  Order Result;
  iovec Bytes{&Result.Index, sizeof Result.Index};
  alignas(cmsghdr) char Control[CMSG_SPACE(MaxDescriptors * sizeof(int))] = {};
  msghdr Message{};
  Message.msg_iov = &Bytes;
  Message.msg_iovlen = 1;
  Message.msg_control = Control;
  Message.msg_controllen = sizeof Control;
  if (::recvmsg(Socket, &Message, MSG_CMSG_CLOEXEC) != sizeof Result.Index)
    return std::nullopt;
  cmsghdr *Header = CMSG_FIRSTHDR(&Message);
  if (!Header || Header->cmsg_type != SCM_RIGHTS)
    return std::nullopt;
  Result.Descriptors.resize((Header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  std::memcpy(Result.Descriptors.data(), CMSG_DATA(Header), Result.Descriptors.size() * sizeof(int));
  return Result;
}

/// A fork whose child is our parent's. The C library does not know of it; its fork() would do no more for a process
/// without threads than we need.
pid_t forkSibling() { return ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr); }

[[noreturn]] void serve(std::size_t Preparation, int Socket, const ServerJobs &Jobs) {
  becomeWorker(Jobs.Parent, Jobs.MaxMemory);
  // Its last words are of no interest: the pieces will be done without it, and say the same.
  if (int Nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC); Nowhere >= 0)
    ::dup2(Nowhere, STDERR_FILENO);
  char Ready = Jobs.Prepare(Preparation);
  if (::send(Socket, &Ready, 1, MSG_NOSIGNAL) != 1 || !Ready)
    ::_exit(0);
  while (std::optional<Order> Next = receiveOrder(Socket)) {
    pid_t Process = forkSibling();
    if (Process == 0) {
      ::close(Socket);
      if (Next->Descriptors.size() == 1)
        serve(Next->Index, Next->Descriptors[0], Jobs);
      becomeWorker(Jobs.Parent, Jobs.MaxMemory);
      workAndExit(Mailbox(Next->Descriptors[0]), Next->Index, Jobs.Work);
    }
    if (Process < 0)
      Process = -errno;
    for (int Descriptor : Next->Descriptors)
      ::close(Descriptor);
    ::send(Socket, &Process, sizeof Process, MSG_NOSIGNAL);
  }
  ::_exit(0);
}

Error failed(const char *What) { return createStringError(std::string(What) + ": " + std::strerror(errno)); }

} // namespace

Expected<pid_t> forkForPiece(std::size_t Piece, const Mailbox &Box, const ServerJobs &Jobs) {
  outs().flush();
  errs().flush();
  pid_t Process = ::fork();
  if (Process == 0) {
    becomeWorker(Jobs.Parent, Jobs.MaxMemory);
    workAndExit(Box, Piece, Jobs.Work);
  }
  if (Process < 0)
    return failed("no process can be started");
  return Process;
}

Expected<ForkServer> ForkServer::start(std::size_t Preparation, const ServerJobs &Jobs) {
  int Ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, Ends))
    return failed("no socket can be made");
  outs().flush();
  errs().flush();
  pid_t Process = ::fork();
  if (Process == 0) {
    ::close(Ends[0]);
    serve(Preparation, Ends[1], Jobs);
  }
  ::close(Ends[1]);
  if (Process > 0)
    return ForkServer(Process, Ends[0]);
  Error Why = failed("no process can be started");
  ::close(Ends[0]);
  return std::move(Why);
}

Expected<ForkServer> ForkServer::startNext(std::size_t Preparation) const {
  int Ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, Ends))
    return failed("no socket can be made");
  Expected<pid_t> Process = request(Preparation, Ends[1]);
  ::close(Ends[1]);
  if (Process)
    return ForkServer(*Process, Ends[0]);
  ::close(Ends[0]);
  return Process.takeError();
}

Expected<pid_t> ForkServer::startPiece(std::size_t Piece, const Mailbox &Box, int Alive) const {
  return request(Piece, {Box.descriptor(), Alive});
}

Expected<pid_t> ForkServer::request(std::size_t Index, ArrayRef<int> Descriptors) const {
  pid_t Process = 0;
  if (!sendOrder(Socket, Index, Descriptors) || ::recv(Socket, &Process, sizeof Process, 0) != sizeof Process)
    return createStringError("a process that was prepared is gone");
  if (Process < 0)
    return createStringError(std::string("no process can be started: ") + std::strerror(-Process));
  return Process;
}

bool ForkServer::isReady() const {
  char Ready = 0;
  return ::recv(Socket, &Ready, 1, MSG_DONTWAIT) == 1 && Ready;
}

ForkServer::ForkServer(ForkServer &&Other)
    : Process(std::exchange(Other.Process, 0)), Socket(std::exchange(Other.Socket, -1)) {}

ForkServer::~ForkServer() {
  if (Socket < 0)
    return;
  ::kill(Process, SIGKILL);
  while (::waitpid(Process, nullptr, 0) < 0 && errno == EINTR)
    ;
  ::close(Socket);
}

} // namespace threadbare::driver
