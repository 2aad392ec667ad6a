// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From findings to verdicts: a build with probes, one inert run to see what the command exercises, and then runs that
// aim at one finding at a time.
#pragma once

#include "verify/AllowList.h"
#include "verify/ProbedBuild.h"
#include "verify/Trace.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <string>
#include <vector>

namespace threadbare::verify {

struct Settings {
  std::vector<std::string> Command;
  double Budget = 30;   ///< seconds of runs for each finding; a run that has begun is finished
  double Timeout = 120; ///< seconds for one run
  std::string Runtime;  ///< libthreadbare-rt.so
  AllowList Allow;      ///< blocking calls below these functions are no evidence
  BuildRequest Build;   ///< its Scratch is where everything temporary goes
};

/// One run of the command.
struct Run {
  Ended How;
  std::vector<llvm::json::Object> Trace;
};

/// Does what verifiers ask for.
class Runner {
public:
  Runner(const Settings &S, const ProbedBuild *Build) : S(S), Build(Build), Names(Build) {}
  virtual ~Runner() = default;

  /// Runs the command with the runtime preloaded. \p Options: "probes=count:…", without the evidence's place.
  virtual llvm::Expected<Run> run(llvm::StringRef Options);

  virtual Symbolizer &symbolizer() { return Names; }
  const Settings &settings() const { return S; }
  bool hasProbes() const { return Build; }
  /// What the last run wrote, for people.
  std::string log() const;

private:
  /// The runtime leaves out what it knows the name of; functions that were inlined are known here alone.
  void dropAllowed(std::vector<llvm::json::Object> &Trace);
  llvm::Expected<std::string> allowOption() const;

  const Settings &S;
  const ProbedBuild *Build;
  Symbolizer Names;
  unsigned Number = 0;
};

/// "3 times"
std::string counted(std::int64_t N, llvm::StringRef What);

/// A number of a line of evidence; 0 if it has none of that name.
std::int64_t number(const llvm::json::Object &O, llvm::StringRef Name);

/// How a finding's places were run without being aimed at.
struct Exercise {
  std::int64_t Runs = 0; ///< accesses, or calls
  std::int64_t Updates = 0, Lost = 0;
  std::size_t Threads = 0; ///< the most in one process
  bool HasProbes = false;  ///< there was something to probe, and it was linked
  unsigned Column = 0;     ///< of the first probe, by debug information
};

/// A claim and the numbers of its places.
struct Aim {
  const Claim &Of;
  std::vector<unsigned> Sites;
};

Exercise exercise(const Aim &A, const Run &Inert);

/// "'f' and 'g'": the functions that a test has to call.
std::string functionsOf(const Claim &C);
/// Why a place that is a call was not exercised, and what to do.
std::string didNotRun(const Claim &C, const Exercise &E);

/// What a verifier of one kind of finding does.
class Verifier {
public:
  virtual ~Verifier() = default;
  virtual bool takes(const Claim &C) const = 0;
  /// \p Inert is the run that aimed at nothing.
  virtual llvm::Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const = 0;
};

const std::vector<std::unique_ptr<Verifier>> &verifiers();
std::unique_ptr<Verifier> makeCounterVerifier();
std::unique_ptr<Verifier> makeBlockingVerifier();
std::unique_ptr<Verifier> makePoolVerifier();

struct Surprise;

/// What is told while it goes on, and at the end.
struct Listener {
  llvm::function_ref<void(llvm::StringRef)> Note;
  llvm::function_ref<void(const Claim &, const Verdict &)> Done;
  /// What the analysis did not see.
  llvm::function_ref<void(llvm::ArrayRef<Surprise>)> Surprised;
};

/// Judges every claim that something can be measured for. Fails if there is no way to run anything.
llvm::Error verify(llvm::ArrayRef<Claim> Claims, const Settings &S, const Listener &L);

/// Runs the command once, and tells of what stops coroutines. Of a build that knows its lines, if one can be made.
llvm::Expected<std::vector<Surprise>> learn(const Settings &S, const Listener &L);

} // namespace threadbare::verify
