// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Surprises.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {
namespace {

/// The user has its source; a library that came without has not.
bool isOwn(const Frame &F) {
  StringRef File = F.At.File;
  return F.At.Line && !File.starts_with("/usr/") && sys::fs::exists(File);
}

/// "void acme::Box<int>::get<long>(char const*) const" -> "acme::Box::get", as threadbare.yaml names functions.
std::string qualifiedName(StringRef Demangled) {
  std::string Name;
  unsigned Depth = 0; // of template arguments
  for (std::size_t I = 0; I < Demangled.size(); ++I) {
    char C = Demangled[I];
    bool IsOperator = StringRef(Name).ends_with("operator");
    if (C == '<' && !IsOperator)
      ++Depth;
    else if (C == '>' && Depth)
      --Depth;
    else if (Depth)
      continue;
    else if (C == '(' && Demangled.substr(I).starts_with("(anonymous namespace)"))
      I += StringRef("(anonymous namespace)").size() + 1; // and the "::"
    else if (C == '(' || C == '[')
      break;
    else if (C == ' ' && !IsOperator)
      Name.clear(); // that was the type it returns
    else
      Name += C;
  }
  return Name;
}

StringRef categoryOf(StringRef Waits) {
  return StringSwitch<StringRef>(Waits)
      .Cases("nanosleep", "clock_nanosleep", "usleep", "sleep", "sleep")
      .Cases("recv", "recvfrom", "recvmsg", "send", "sendto", "sendmsg", "connect", "network")
      .Cases("accept", "accept4", "poll", "ppoll", "select", "epoll_wait", "network")
      .Cases("getaddrinfo", "getnameinfo", "gethostbyname", "dns")
      .Cases("system", "popen", "pclose", "wait", "waitpid", "waitid", "process")
      .Cases("fsync", "fdatasync", "fopen", "fopen64", "open", "open64", "openat", "openat64", "file-io")
      .Cases("read", "pread", "pread64", "write", "pwrite", "pwrite64", "fread", "fwrite", "file-io")
      .Default("blocking");
}

bool isClaimed(const Blocked &B, ArrayRef<Claim> Claims) {
  return any_of(Claims, [&](const Claim &C) {
    return any_of(C.Spots, [&](const Spot &S) {
      return any_of(B.Stack,
                    [&](const Frame &F) { return F.At.Line == S.At.Line && isSameFile(F.At.File, S.At.File); });
    });
  });
}

std::optional<Surprise> explain(const Blocked &B) {
  auto Own = find_if(B.Stack, isOwn);
  if (Own == B.Stack.end())
    return std::nullopt;
  Surprise S;
  S.At = Own->At;
  S.Caller = qualifiedName(Own->Function);
  S.Waits = B.Function;
  S.Callee = Own == B.Stack.begin() ? B.Function : qualifiedName(std::prev(Own)->Function);
  S.IsKnown = S.Callee.empty() || S.Callee == B.Function || StringRef(S.Callee).starts_with("std::") ||
              StringRef(S.Callee).starts_with("__gthread");
  return S;
}

} // namespace

std::vector<Surprise> surprises(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names) {
  std::map<std::pair<Location, std::string>, Surprise> Found;
  for (const Blocked &B : Sightings::all(R, Names)) {
    if (!B.InResumption || !B.waited() || isClaimed(B, Claims))
      continue;
    std::optional<Surprise> New = explain(B);
    if (!New)
      continue;
    Surprise &S = Found.try_emplace({New->At, New->Callee}, *New).first->second;
    ++S.Times;
    S.LongestMillis = std::max(S.LongestMillis, B.Millis);
  }
  std::vector<Surprise> Result;
  for (auto &[Place, S] : Found)
    Result.push_back(std::move(S));
  return Result;
}

std::string lesson(const Surprise &S) {
  return formatv("# seen to wait up to {0:f1} ms in '{1}', called by '{2}'\n- name: {3}\n  category: {4}\n",
                 S.LongestMillis, S.Waits, S.Caller, S.Callee, categoryOf(S.Waits))
      .str();
}

} // namespace threadbare::verify
