// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The constants that conditions name, as Linux on x86-64 and the libraries define them. They are a table, because a
// macro's name is no longer there when an argument has been folded to a number, and its header is often not included.
#include "catalog/Catalog.h"

#include "llvm/ADT/StringRef.h"

#include <algorithm>

using namespace llvm;

namespace threadbare::catalog {

namespace {

struct Constant {
  StringLiteral Name;
  std::int64_t Value;
};

// clang-format off
// Sorted by name, in ASCII order: see resolveConstant.
constexpr Constant Constants[] = {
    {"AI_ADDRCONFIG", 32}, {"AI_NUMERICHOST", 4}, {"AI_NUMERICSERV", 1024}, {"AI_PASSIVE", 1}, {"AT_FDCWD", -100},
    {"BIO_SOCK_NONBLOCK", 8}, {"CLOCK_MONOTONIC", 1}, {"CLOCK_REALTIME", 0}, {"CUDA_SUCCESS", 0},
    {"DISPATCH_TIME_NOW", 0}, {"EFD_CLOEXEC", 524288}, {"EFD_NONBLOCK", 2048}, {"EFD_SEMAPHORE", 1},
    {"EVLOOP_NONBLOCK", 2}, {"EVLOOP_ONCE", 1}, {"FALSE", 0}, {"FIONBIO", 21537}, {"F_DUPFD", 0}, {"F_GETFL", 3},
    {"F_GETLK", 5}, {"F_LOCK", 1}, {"F_OFD_GETLK", 36}, {"F_OFD_SETLK", 37}, {"F_OFD_SETLKW", 38}, {"F_SETFL", 4},
    {"F_SETLK", 6}, {"F_SETLKW", 7}, {"F_TEST", 3}, {"F_TLOCK", 2}, {"F_ULOCK", 0}, {"GAI_NOWAIT", 1},
    {"GAI_WAIT", 0}, {"GRND_NONBLOCK", 1}, {"GRND_RANDOM", 2}, {"INFINITE", 4294967295}, {"IN_CLOEXEC", 524288},
    {"IN_NONBLOCK", 2048}, {"IPC_CREAT", 512}, {"IPC_NOWAIT", 2048}, {"LIO_NOWAIT", 1}, {"LIO_WAIT", 0},
    {"LOCKFILE_FAIL_IMMEDIATELY", 1}, {"LOCK_EX", 2}, {"LOCK_NB", 4}, {"LOCK_SH", 1}, {"LOCK_UN", 8},
    {"MAP_ANON", 32}, {"MAP_ANONYMOUS", 32}, {"MAP_NONBLOCK", 65536}, {"MAP_POPULATE", 32768}, {"MAP_PRIVATE", 2},
    {"MAP_SHARED", 1}, {"MDB_RDONLY", 131072}, {"MEMCACHED_BEHAVIOR_NO_BLOCK", 0}, {"MSG_DONTWAIT", 64},
    {"MSG_ERRQUEUE", 8192}, {"MSG_NOSIGNAL", 16384}, {"MSG_OOB", 1}, {"MSG_PEEK", 2}, {"MSG_TRUNC", 32},
    {"MSG_WAITALL", 256}, {"MSG_WAITFORONE", 65536}, {"MS_ASYNC", 1}, {"MS_SYNC", 4}, {"NI_NUMERICHOST", 1},
    {"NI_NUMERICSERV", 2}, {"NULL", 0}, {"O_APPEND", 1024}, {"O_CLOEXEC", 524288}, {"O_CREAT", 64},
    {"O_DIRECTORY", 65536}, {"O_DSYNC", 4096}, {"O_NDELAY", 2048}, {"O_NONBLOCK", 2048}, {"O_PATH", 2097152},
    {"O_RDONLY", 0}, {"O_RDWR", 2}, {"O_SYNC", 1052672}, {"O_TMPFILE", 4259840}, {"O_TRUNC", 512}, {"O_WRONLY", 1},
    {"PTHREAD_CREATE_DETACHED", 1}, {"QDBus::Block", 1}, {"QDBus::NoBlock", 0}, {"Qt::AutoConnection", 0},
    {"Qt::BlockingQueuedConnection", 3}, {"Qt::DirectConnection", 1}, {"Qt::QueuedConnection", 2},
    {"RD_KAFKA_MSG_F_BLOCK", 4}, {"RWF_HIPRI", 1}, {"RWF_NOWAIT", 8}, {"RdKafka::Producer::RK_MSG_BLOCK", 4},
    {"SFD_CLOEXEC", 524288}, {"SFD_NONBLOCK", 2048}, {"SOCK_CLOEXEC", 524288}, {"SOCK_DGRAM", 2},
    {"SOCK_NONBLOCK", 2048}, {"SOCK_STREAM", 1}, {"SPLICE_F_MORE", 4}, {"SPLICE_F_MOVE", 1}, {"SPLICE_F_NONBLOCK", 2},
    {"SQL_ASYNC_ENABLE_ON", 1}, {"SQL_ATTR_ASYNC_ENABLE", 4}, {"SSL_MODE_AUTO_RETRY", 4}, {"STDERR_FILENO", 2},
    {"STDIN_FILENO", 0}, {"STDOUT_FILENO", 1}, {"TCSADRAIN", 1}, {"TCSAFLUSH", 2}, {"TCSANOW", 0},
    {"TFD_CLOEXEC", 524288}, {"TFD_NONBLOCK", 2048}, {"TIMER_ABSTIME", 1}, {"TRUE", 1}, {"UV_RUN_DEFAULT", 0},
    {"UV_RUN_NOWAIT", 2}, {"UV_RUN_ONCE", 1}, {"WCONTINUED", 8}, {"WEXITED", 4}, {"WNOHANG", 1},
    {"WNOWAIT", 16777216}, {"WUNTRACED", 2}, {"ZMQ_DONTWAIT", 1}, {"ZMQ_NOBLOCK", 1}, {"ZMQ_RCVTIMEO", 27},
    {"ZMQ_SNDTIMEO", 28}, {"boost::future_status::deferred", 2}, {"boost::future_status::ready", 0},
    {"boost::future_status::timeout", 1}, {"concurrencpp::result_status::exception", 2},
    {"concurrencpp::result_status::idle", 0}, {"concurrencpp::result_status::value", 1}, {"cudaErrorNotReady", 600},
    {"cudaMemcpyDefault", 4}, {"cudaMemcpyDeviceToDevice", 3}, {"cudaMemcpyDeviceToHost", 2},
    {"cudaMemcpyHostToDevice", 1}, {"cudaMemcpyHostToHost", 0}, {"cudaSuccess", 0}, {"false", 0},
    {"memory_order_acq_rel", 4}, {"memory_order_acquire", 2}, {"memory_order_consume", 1},
    {"memory_order_relaxed", 0}, {"memory_order_release", 3}, {"memory_order_seq_cst", 5}, {"nullptr", 0},
    {"rocksdb::kBlockCacheTier", 1}, {"rocksdb::kReadAllTier", 0}, {"std::cv_status::no_timeout", 0},
    {"std::cv_status::timeout", 1}, {"std::future_status::deferred", 2}, {"std::future_status::ready", 0},
    {"std::future_status::timeout", 1}, {"std::launch::async", 1}, {"std::launch::deferred", 2},
    {"std::memory_order::acq_rel", 4}, {"std::memory_order::acquire", 2}, {"std::memory_order::relaxed", 0},
    {"std::memory_order::release", 3}, {"std::memory_order::seq_cst", 5}, {"std::memory_order_acq_rel", 4},
    {"std::memory_order_acquire", 2}, {"std::memory_order_relaxed", 0}, {"std::memory_order_release", 3},
    {"std::memory_order_seq_cst", 5}, {"thrd_busy", 1}, {"thrd_success", 0}, {"thrd_timedout", 4}, {"true", 1},
};
// clang-format on

} // namespace

std::optional<std::int64_t> resolveConstant(StringRef Name) {
  static_assert(std::ranges::is_sorted(Constants, {}, [](const Constant &C) { return std::string_view(C.Name); }));
  if (std::int64_t Value; !Name.getAsInteger(0, Value))
    return Value;
  const Constant *Found = std::ranges::lower_bound(Constants, std::string_view(Name), {},
                                                   [](const Constant &C) { return std::string_view(C.Name); });
  if (Found == std::end(Constants) || Found->Name != Name)
    return std::nullopt;
  return Found->Value;
}

} // namespace threadbare::catalog
