// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Units.h"
#include "driver/Durations.h"
#include "driver/FileLog.h"
#include "driver/Output.h"
#include "driver/Package.h"
#include "driver/Progress.h"

#include "catalog/Catalog.h"
#include "model/SummaryStore.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace threadbare::driver {
namespace {

/// Whether the main file was read: before that, nothing says when an error is no longer one.
bool readsMainFile(const Reading &R, StringRef File) {
  return any_of(R.Files, [&](const InputFile &F) { return R.Strings[F.Path.Name] == sys::path::filename(File); });
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
      if (!Outcome.Unit)
        fail(Outcome, std::move(Hit->Failure));
      ++Use.Found;
    }
  }
  Use.Units = Requests.size();
  Use.FilesHashed = Stored.filesHashed();
}

void Units::readRest() {
  std::vector<std::size_t> Missing;
  for (auto [I, Outcome] : enumerate(Outcomes))
    if (!Outcome.Unit && Outcome.Error.empty())
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
  if (Log && Preamble)
    for (const std::string &Path : Preamble->ownLookUps())
      Log->forget(Path);
  std::optional<Reading> Inputs = Log ? Log->finish(Request.Unit->Directory) : std::nullopt;
  std::string Readings = Inputs ? storeReadings(*Inputs) : "";
  if (Unit)
    return pack(storeSummary(*Unit), Readings, /*Failed=*/false, Preamble && Preamble->wasShared());
  if (!Inputs || !readsMainFile(*Inputs, Request.Unit->File))
    return Unit.takeError();
  return pack(toString(Unit.takeError()), Readings, /*Failed=*/true, /*Shared=*/false);
}

void Units::take(std::size_t Piece, WorkResult Result) {
  if (Result.Ending != WorkResult::Done)
    return explain(Piece, Result);
  UnitOutcome &Outcome = Outcomes[Piece];
  auto Garbled = [&](const Twine &Why) { explain(Piece, {WorkResult::Crashed, nullptr, Why.str(), {}}); };
  std::optional<Package> Parts = unpack(std::move(Result.Bytes));
  if (!Parts)
    return Garbled("its result is truncated");
  std::vector<Reading> Inputs;
  if (Expected<std::vector<Reading>> Loaded = loadReadings(Parts->Readings))
    Inputs = std::move(*Loaded);
  else
    consumeError(Loaded.takeError());
  StringRef Bytes = Parts->Result->getBuffer();
  if (Parts->Failed) {
    if (!Inputs.empty())
      Stored.storeFailure(Keys[Piece], std::move(Inputs.front()), Bytes);
    return fail(Outcome, Bytes.str());
  }
  Expected<UnitSummary> Unit = loadSummary(Parts->Result->getMemBufferRef());
  if (!Unit)
    return Garbled(toString(Unit.takeError()));
  if (!Inputs.empty())
    Stored.store(Keys[Piece], std::move(Inputs.front()), Bytes);
  Use.Shared += Parts->Shared;
  Outcome.Unit = std::move(*Unit);
  Outcome.Stored = std::move(Parts->Result);
}

/// Of a file that cannot be parsed.
void Units::fail(UnitOutcome &Outcome, std::string Why) {
  Outcome.Error = std::move(Why);
  Outcome.LeftOut = "cannot be read";
}

void Units::explain(std::size_t Piece, const WorkResult &Result) {
  UnitOutcome &Outcome = Outcomes[Piece];
  Outcome.Error = describe(Result, Requests[Piece].Unit->File, Limits);
  switch (Result.Ending) {
  case WorkResult::Done:
  case WorkResult::Failed:
    Outcome.LeftOut = "cannot be read";
    break;
  case WorkResult::Crashed:
    Outcome.LeftOut = "crashed";
    break;
  case WorkResult::TookTooLong:
    Outcome.LeftOut = "took too long";
    break;
  case WorkResult::NeededTooMuch:
    Outcome.LeftOut = "needed too much memory";
    break;
  }
}

} // namespace threadbare::driver
