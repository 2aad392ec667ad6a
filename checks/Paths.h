// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How checks tell a path: one note for each step, in order, and what to do instead as the last.
#pragma once

#include "checks/Check.h"
#include "link/Program.h"

namespace threadbare {

/// What a call does to its thread, as a clause: "waits for the disk", "puts the thread to sleep".
std::string effectOf(const BlockingPath &P);

/// The name of what an operation calls, as the user writes it.
std::string calleeOf(const Program &P, const std::vector<PathStep> &Steps, std::size_t At);

/// "'load' calls 'read_all'" for each step from \p First on; the last says what blocks and how.
void addSteps(const Program &P, const BlockingPath &Path, std::size_t First, Finding &F);

/// "instead: ..." at \p At, for the library that \p Function belongs to; nothing where none is known.
void addAdvice(const Program &P, const BlockingPath &Path, FunctionIndex Function, Location At, Finding &F);

/// The names along a path: what identifies it when lines move.
std::string fingerprint(const Program &P, FunctionIndex In, const std::vector<PathStep> &Steps);

/// The function that has to be called for \p F to run: of a lambda, the named one that it is written in.
std::string calledFor(const Program &P, FunctionIndex F);

/// Reports every call of the category in coroutines that run on a loop. \p Message makes the main message from the name
/// of what is called.
void reportBlockedLoops(const Program &P, const CheckInfo &Info, BlockingCategory Category,
                        llvm::function_ref<std::string(llvm::StringRef Callee)> Message, const FindingSink &Report);

} // namespace threadbare
