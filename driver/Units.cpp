// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Units.h"
#include "driver/Durations.h"
#include "driver/FileLog.h"
#include "driver/Output.h"
#include "driver/Progress.h"
#include "driver/Slice.h"

#include "catalog/Catalog.h"
#include "model/SummaryStore.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"

#include <cstdint>
#include <cstring>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// What stands behind the summary in what a worker hands back.
struct Trailer {
  support::ulittle64_t ReadingsSize; ///< 0 if the summary must not be kept
  support::ulittle64_t Shared;       ///< whether the unit went on from a shared preamble
};

/// A stored summary, its readings, and the trailer.
std::string pack(std::string Summary, StringRef Readings, bool Shared) {
  Trailer End{support::ulittle64_t(Readings.size()), support::ulittle64_t(Shared)};
  Summary += Readings;
  Summary.append(reinterpret_cast<const char *>(&End), sizeof End);
  return Summary;
}

struct Package {
  std::unique_ptr<MemoryBuffer> Summary;
  std::string Readings;
  bool Shared;
};

std::optional<Package> unpack(std::unique_ptr<MemoryBuffer> Bytes) {
  StringRef All = Bytes->getBuffer();
  Trailer End;
  if (All.size() < sizeof End)
    return std::nullopt;
  std::memcpy(&End, All.end() - sizeof End, sizeof End);
  All = All.drop_back(sizeof End);
  if (End.ReadingsSize > All.size())
    return std::nullopt;
  std::string Readings = All.take_back(End.ReadingsSize).str();
  std::size_t SummarySize = All.size() - End.ReadingsSize;
  return Package{std::make_unique<Slice>(std::move(Bytes), 0, SummarySize), std::move(Readings), End.Shared != 0};
}

} // namespace

std::vector<UnitOutcome> Units::read(ArrayRef<UnitRequest> Asked) {
  Requests = Asked;
  Outcomes.clear();
  Outcomes.resize(Requests.size());
  findStored();
  readRest();
  return std::move(Outcomes);
}

void Units::findStored() {
  UnitKeys KeyOf;
  for (auto [Request, Outcome] : zip_equal(Requests, Outcomes)) {
    Keys.push_back(KeyOf.of(*Request.Unit, Request.Catalog->hash(), Options.Roots));
    if (std::optional<Cache::Hit> Hit = Stored.find(Keys.back())) {
      Outcome.Unit = std::move(Hit->Unit);
      Outcome.Stored = std::move(Hit->Stored);
      ++Use.Found;
    }
  }
  Use.Units = Requests.size();
  Use.FilesHashed = Stored.filesHashed();
}

void Units::readRest() {
  std::vector<std::size_t> Missing;
  for (auto [I, Outcome] : enumerate(Outcomes))
    if (!Outcome.Unit)
      Missing.push_back(I);
  if (Missing.empty())
    return;
  Durations Times(Stored, Name);
  std::vector<std::optional<std::chrono::milliseconds>> Expected;
  for (const UnitRequest &Request : Requests)
    Expected.push_back(Times.of(Request.Unit->File));
  Progress State(std::move(Expected), Missing, Requests.size(), Limits.Jobs);

  auto Tell = [&](const WorkProgress &P) {
    std::vector<std::string> Current;
    for (std::size_t Piece : P.Running)
      Current.push_back(sys::path::filename(Requests[Piece].Unit->File).str());
    Out.progress(State.line(Current));
  };
  auto Finished = [&](std::size_t Piece, WorkResult Result) {
    State.finished(Piece, Result.Took);
    if (Result.Ending == WorkResult::Done)
      Times.set(Requests[Piece].Unit->File, Result.Took);
    take(Piece, std::move(Result));
  };
  Common = SharePreambles ? findStems(stemUnits(Missing)) : Stems();
  SharedWork Shared;
  for (const Stem &S : Common.All)
    Shared.After.push_back(S.Parent);
  Shared.Of = Common.Of;
  auto Prepare = [&](std::size_t Index) { return readCommon(Common.All[Index]); };
  Shared.Prepare = Prepare;
  runInWorkers(State.order(), Limits, [&](std::size_t Piece) { return readInWorker(Piece); }, Finished, Tell, Shared);
  Out.endProgress();
  Times.store();
  Stored.prune();
}

/// The missing ones of the requests; the others share nothing.
std::vector<StemUnit> Units::stemUnits(ArrayRef<std::size_t> Missing) const {
  std::vector<StemUnit> Result(Requests.size());
  for (std::size_t I : Missing)
    Result[I] = {Requests[I].Unit, Requests[I].Catalog};
  return Result;
}

ReadOptions Units::loggedOptions() {
  ReadOptions Here = Options;
  if (Stored.isUsed())
    Here.Files = Log = makeIntrusiveRefCnt<FileLog>(vfs::getRealFileSystem());
  return Here;
}

/// In a process from which those are forked that read the units.
bool Units::readCommon(const Stem &S) {
  const UnitRequest &Request = Requests[S.Like];
  if (!Preamble)
    Preamble = std::make_unique<SharedParse>(*Request.Catalog, loggedOptions());
  StringRef New = StringRef(S.Text).drop_front(PreambleText.size());
  PreambleText = S.Text;
  return Preamble->begin(*Request.Unit, New);
}

Expected<std::string> Units::readInWorker(std::size_t Piece) {
  const UnitRequest &Request = Requests[Piece];
  Expected<UnitSummary> Unit = Preamble ? Preamble->finish(*Request.Unit, PreambleText)
                                        : readUnit(*Request.Unit, *Request.Catalog, loggedOptions());
  if (!Unit)
    return Unit.takeError();
  if (Log && Preamble)
    for (const std::string &Path : Preamble->ownLookUps())
      Log->forget(Path);
  std::optional<Reading> Inputs = Log ? Log->finish(Request.Unit->Directory) : std::nullopt;
  return pack(storeSummary(*Unit), Inputs ? storeReadings(*Inputs) : "", Preamble && Preamble->wasShared());
}

void Units::take(std::size_t Piece, WorkResult Result) {
  if (Result.Ending != WorkResult::Done)
    return explain(Piece, Result);
  UnitOutcome &Outcome = Outcomes[Piece];
  auto Garbled = [&](const Twine &Why) { explain(Piece, {WorkResult::Crashed, nullptr, Why.str(), {}}); };
  std::optional<Package> Parts = unpack(std::move(Result.Bytes));
  if (!Parts)
    return Garbled("its result is truncated");
  Expected<UnitSummary> Unit = loadSummary(Parts->Summary->getMemBufferRef());
  if (!Unit)
    return Garbled(toString(Unit.takeError()));
  if (Expected<std::vector<Reading>> Inputs = loadReadings(Parts->Readings); !Inputs)
    consumeError(Inputs.takeError());
  else if (!Inputs->empty())
    Stored.store(Keys[Piece], std::move(Inputs->front()), Parts->Summary->getBuffer());
  Use.Shared += Parts->Shared;
  Outcome.Unit = std::move(*Unit);
  Outcome.Stored = std::move(Parts->Summary);
}

void Units::explain(std::size_t Piece, const WorkResult &Result) {
  const std::string &File = Requests[Piece].Unit->File;
  UnitOutcome &Outcome = Outcomes[Piece];
  switch (Result.Ending) {
  case WorkResult::Done:
  case WorkResult::Failed:
    Outcome.Error = Result.Why;
    Outcome.LeftOut = "cannot be read";
    break;
  case WorkResult::Crashed:
    Outcome.Error = File + ": error: reading this file crashed (" + Result.Why + "); it was left out, please report it";
    Outcome.LeftOut = "crashed";
    break;
  case WorkResult::TookTooLong:
    Outcome.Error = File + ": error: reading this file took longer than " + std::to_string(Limits.Timeout.count()) +
                    " s; it was left out, --timeout gives it more time";
    Outcome.LeftOut = "took too long";
    break;
  case WorkResult::NeededTooMuch:
    Outcome.Error = File + ": error: reading this file needed more than " +
                    std::to_string((Limits.MaxMemory ? Limits.MaxMemory : physicalMemory()) >> 20) +
                    " MiB of memory; it was left out, --max-memory gives it more";
    Outcome.LeftOut = "needed too much memory";
    break;
  }
}

} // namespace threadbare::driver
