// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checks/Paths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace threadbare {

std::string effectOf(const BlockingPath &P) {
  if (!P.What)
    return "is declared to block";
  return llvm::StringSwitch<std::string>(P.Unit->string(P.What->Kind))
      .Case("sleep", "puts the thread to sleep")
      .Case("file-io", "waits for the disk")
      .Case("network", "waits for the network")
      .Case("http", "waits for a server's answer")
      .Case("dns", "waits for a name server")
      .Case("db", "waits for the database")
      .Case("ipc", "waits for another process or thread")
      .Case("process", "waits for another process")
      .Case("stdin", "waits for input")
      .Case("gpu", "waits for the device")
      .Case("gui", "waits for the user")
      .Case("sync-wait", "waits until something else is done")
      .Default("waits");
}

std::string calleeOf(const Program &P, const std::vector<PathStep> &Steps, std::size_t At) {
  const Op &O = P.operation(Steps[At]);
  std::string Written = P.unit(Steps[At].In).string(O.Name).str();
  // A callable of the function's own has no name but that of what it turned out to be.
  if (Written.empty() && At + 1 < Steps.size())
    return P.name(Steps[At + 1].In);
  return Written.empty() ? "a callable" : Written;
}

/// A library's function that was used as a value makes one call, that of itself, and is no place of the user's.
static bool endsInLibrary(const Program &P, const BlockingPath &Path) {
  constexpr std::uint32_t Designated = FnSystemHeader | FnImplicit;
  return Path.Steps.size() > 1 && (P.function(Path.Steps.back().In).Flags & Designated) == Designated;
}

void addSteps(const Program &P, const BlockingPath &Path, std::size_t First, Finding &F) {
  const bool InLibrary = endsInLibrary(P, Path);
  const std::size_t Count = Path.Steps.size() - InLibrary;
  for (std::size_t I = First; I < Count; ++I) {
    std::string Text = "'" + P.name(Path.Steps[I].In) + "' calls '" + calleeOf(P, Path.Steps, I) + "'";
    if (I + 1 == Path.Steps.size())
      Text += ", which " + effectOf(Path);
    F.Notes.push_back({P.location(Path.Steps[I]), std::move(Text), false});
  }
  if (InLibrary) {
    std::string Value = calleeOf(P, Path.Steps, Count - 1), Callee = P.name(Path.Steps.back().In);
    F.Notes.push_back(
        {P.location(Path.Steps[Count - 1]),
         "'" + Callee + "'" + (Value == Callee ? " " : " is what '" + Value + "' calls: it ") + effectOf(Path), false});
  }
}

void addAdvice(const Program &P, const BlockingPath &Path, FunctionIndex Function, Location At, Finding &F) {
  llvm::StringRef Set = Path.What ? Path.Unit->string(Path.What->Replacements) : "pool";
  std::string Text = P.replacement(Set, P.unit(Function).string(P.function(Function).Ecosystem));
  if (Text.empty())
    Text = P.replacement("pool", P.unit(Function).string(P.function(Function).Ecosystem));
  if (!Text.empty())
    F.Notes.push_back({std::move(At), "instead: " + Text, true});
}

std::string fingerprint(const Program &P, FunctionIndex In, const std::vector<PathStep> &Steps) {
  std::string Text = P.name(In);
  for (std::size_t I = 0; I < Steps.size(); ++I)
    Text += "/" + calleeOf(P, Steps, I);
  return Text;
}

std::string calledFor(const Program &P, FunctionIndex F) {
  const UnitSummary &Unit = P.unit(F);
  const Function *Found = &P.function(F);
  // A lambda in a lambda in a function; a parent that is not here has no name to give.
  for (std::size_t Depth = 0; Found->Parent && Depth < 16; ++Depth) {
    auto Parent = llvm::find_if(Unit.Functions, [&](const Function &Each) { return Each.Id == Found->Parent; });
    if (Parent == Unit.Functions.end())
      break;
    Found = &*Parent;
  }
  return Unit.string(Found->Name).str();
}

void reportBlockedLoops(const Program &P, const CheckInfo &Info, BlockingCategory Category,
                        llvm::function_ref<std::string(llvm::StringRef)> Message, const FindingSink &Report) {
  P.forEachBlockedLoop(Category, [&](FunctionIndex Coroutine, const BlockingPath &Path) {
    Finding F;
    F.Check = "threadbare-" + Info.Id;
    F.At = P.location(Path.Steps.front());
    F.Message = Message(calleeOf(P, Path.Steps, 0));
    F.Function = P.name(Coroutine);
    F.Fingerprint = fingerprint(P, Coroutine, Path.Steps);
    F.Spots = {{"call", F.At, calledFor(P, Coroutine)}};
    if (Path.Steps.size() == 1)
      F.Notes.push_back({F.At, "'" + calleeOf(P, Path.Steps, 0) + "' " + effectOf(Path), false});
    addSteps(P, Path, 1, F);
    addAdvice(P, Path, Coroutine, F.At, F);
    Report(std::move(F));
  });
}

} // namespace threadbare
