// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the runtime wrote in one run of the command, and the names of its stack frames.
#pragma once

#include "verify/ProbedBuild.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm::symbolize {
class LLVMSymbolizer;
}

namespace threadbare::verify {

/// All lines of all processes of a run, in the order of their processes' files. Lines that a process could not finish
/// are left out.
std::vector<llvm::json::Object> readTrace(llvm::StringRef Folder);

/// One function on a stack, inlined ones included.
struct Frame {
  std::string Function; ///< "" if unknown
  std::string Symbol;   ///< the linker's name of the function that it is part of
  Location At;          ///< no line if unknown
  std::string Module;
};

/// Whether it is the user's own code, of which there is the source: a library that came without has none.
bool isOwn(const Frame &F);

/// A coroutine's part between two suspensions, as Clang and as GCC name it.
bool isResumption(const Frame &F);

/// "void acme::Box<int>::get<long>(char const*) const" -> "acme::Box::get", as threadbare.yaml names functions.
std::string qualifiedName(llvm::StringRef Demangled);

/// By what the file system says, since debug information spells paths its own way.
bool isSameFile(llvm::StringRef A, llvm::StringRef B);

class Symbolizer {
public:
  explicit Symbolizer(const ProbedBuild *Build);
  virtual ~Symbolizer();

  /// Innermost first; from the runtime's "MODULE+0xOFFSET"s.
  virtual std::vector<Frame> frames(const llvm::json::Array *Stack);

private:
  std::vector<Frame> framesAt(llvm::StringRef Address);

  const ProbedBuild *Build;
  llvm::StringMap<std::vector<Frame>> Known; ///< a run tells of few addresses, many times
  std::unique_ptr<llvm::symbolize::LLVMSymbolizer> Names;
};

/// "#0 bump() counter.cpp:3:8", in the manner of the sanitizers.
std::vector<std::string> print(const std::vector<Frame> &Frames);

/// The same for a terminal: frames of the system's libraries in one line, and no line that is too long to read.
std::vector<std::string> printShort(const std::vector<Frame> &Frames);

} // namespace threadbare::verify
