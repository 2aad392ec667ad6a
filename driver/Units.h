// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Cache.h"
#include "driver/CompileCommands.h"
#include "driver/FileLog.h"
#include "driver/Frontend.h"
#include "driver/SharedParse.h"
#include "driver/Stems.h"
#include "driver/Workers.h"

#include "model/Summary.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

class Output;

struct UnitRequest {
  const CompileUnit *Unit;
  const catalog::Catalog *Catalog;
};

struct UnitOutcome {
  std::optional<UnitSummary> Unit;
  std::unique_ptr<llvm::MemoryBuffer> Stored; ///< what the unit was loaded from
  std::string Error;                          ///< a line for the user, if there is no unit
  std::string LeftOut;                        ///< the same in two or three words: "crashed"
};

struct CacheUse {
  std::size_t Found = 0;
  std::size_t Units = 0;
  unsigned FilesHashed = 0;
  std::size_t Shared = 0; ///< units that went on from a shared preamble
  bool FindingsKnown = false; ///< from an earlier run over the same units
};

/// Summaries of translation units, from the cache where nothing has changed, from worker processes otherwise.
class Units {
public:
  /// \p Name is what durations are remembered by: the path of the database.
  Units(Output &Out, Cache &Stored, const WorkerLimits &Limits, ReadOptions Options, std::string Name)
      : Out(Out), Stored(Stored), Limits(Limits), Options(std::move(Options)), Name(std::move(Name)) {}

  /// Whether units that begin alike are parsed together as far as they do. They say the same either way.
  void sharePreambles(bool Share) { SharePreambles = Share; }

  /// The outcomes are in the order of the requests.
  std::vector<UnitOutcome> read(llvm::ArrayRef<UnitRequest> Requests);

  const CacheUse &use() const { return Use; }

private:
  void findStored();
  void readRest();
  std::vector<StemUnit> stemUnits(llvm::ArrayRef<std::size_t> Missing) const;
  ReadOptions loggedOptions();
  bool readCommon(const Stem &S);
  llvm::Expected<std::string> readInWorker(std::size_t Piece);
  void take(std::size_t Piece, WorkResult Result);
  void explain(std::size_t Piece, const WorkResult &Result);
  static void fail(UnitOutcome &Outcome, std::string Why);

  Output &Out;
  Cache &Stored;
  WorkerLimits Limits;
  ReadOptions Options;
  std::string Name;
  CacheUse Use;
  llvm::ArrayRef<UnitRequest> Requests;
  std::vector<ContentHash> Keys;
  std::vector<UnitOutcome> Outcomes;
  bool SharePreambles = true;
  Stems Common;

  // In the processes that read units.
  llvm::IntrusiveRefCntPtr<FileLog> Log;
  std::unique_ptr<SharedParse> Preamble;
  std::string PreambleText; ///< what Preamble has read
};

} // namespace threadbare::driver
