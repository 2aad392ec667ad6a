// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Output.h"
#include "driver/Pages.h"
#include "driver/Paths.h"
#include "driver/Units.h"

#include "checks/Check.h"
#include "report/Sarif.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace threadbare::driver {
namespace {

/// "a.cpp:3:5" -> the file and its place; "a.cpp" -> the file alone.
void takePlace(StringRef Text, report::Failure &F) {
  unsigned Numbers[2] = {0, 0};
  for (unsigned &Number : reverse(Numbers)) {
    auto [Rest, Last] = Text.rsplit(':');
    if (Last.empty() || Last.getAsInteger(10, Number))
      break;
    Text = Rest;
  }
  if (Numbers[0] == 0)
    std::swap(Numbers[0], Numbers[1]);
  F.File = Text == "threadbare" ? "" : absolutePath(Text);
  F.Line = Numbers[0];
  F.Column = Numbers[1];
}

std::vector<report::Rule> rules() {
  std::vector<report::Rule> Rules;
  for (const auto &C : allChecks())
    Rules.push_back({C->info(), page(C->info().Id).str()});
  return Rules;
}

} // namespace

Output::Output(const ReportRequest &Request)
    : Request(Request), Errors{errs().has_colors(), absolutePath(""), nullptr}, OnTerminal(errs().is_displayed()) {}

report::Failure Output::fail(StringRef Line) {
  endProgress();
  auto [Place, Message] = Line.split(": error: ");
  report::Failure F;
  takePlace(Place, F);
  F.Message = Message.str();
  report::writeFailures(errs(), F, Errors);
  return F;
}

report::Failure Output::fail(Error Failed) {
  std::string Why = toString(std::move(Failed));
  return fail(StringRef(Why).contains(": error: ") ? Why : "threadbare: error: " + Why);
}

void Output::note(StringRef Text) {
  if (!Request.Quiet)
    errs() << "threadbare: note: " << Text << '\n';
}

void Output::progress(StringRef Text) {
  if (!OnTerminal || Request.Quiet)
    return;
  // A line that wraps cannot be taken back.
  unsigned Columns = sys::Process::StandardErrColumns();
  errs() << "\r\x1b[K" << Text.take_front(Columns ? Columns - 1 : 79);
}

void Output::endProgress() {
  if (OnTerminal && !Request.Quiet)
    errs() << "\r\x1b[K";
}

bool Output::write(const report::Report &What, const SourceTree &Sources) {
  std::error_code Failed;
  raw_fd_ostream OS(Request.Output.empty() ? "-" : Request.Output, Failed);
  if (!Failed) {
    if (Request.As == Format::Sarif)
      report::writeSarif(OS, What, rules(),
                         {THREADBARE_VERSION, THREADBARE_URL, Sources.Root, Sources.NamesRoot, Sources.Files});
    else
      report::writeText(OS, What, {OS.has_colors(), Errors.WorkingDirectory, Sources.Files});
    OS.flush();
    Failed = OS.error();
    OS.clear_error();
  }
  if (Failed) {
    fail("threadbare: error: cannot write '" + Request.Output + "': " + Failed.message());
    return false;
  }
  if (!Request.Quiet)
    report::writeSummary(errs(), What, Errors);
  return true;
}

void Output::statistics(const std::map<std::string, std::uint64_t> &Silences) {
  std::vector<std::pair<std::uint64_t, StringRef>> Sorted;
  for (const auto &[Reason, Count] : Silences)
    Sorted.emplace_back(Count, Reason);
  llvm::sort(Sorted,
             [](const auto &L, const auto &R) { return L.first != R.first ? L.first > R.first : L.second < R.second; });
  errs() << "reasons for silence:\n";
  for (const auto &[Count, Reason] : Sorted)
    errs() << format("%9llu", static_cast<unsigned long long>(Count)) << "  " << Reason << '\n';
}

void Output::statistics(const std::map<std::string, std::uint64_t> &Silences, const CacheUse &Use,
                        const StepTimes &Times) {
  errs() << "cache: " << Use.Found << " of " << Use.Units << " units, " << Use.FilesHashed << " files hashed"
         << (Use.FindingsKnown ? ", findings known" : "") << '\n';
  errs() << "shared preambles: " << Use.Shared << " of " << Use.Units - Use.Found << " units that were read\n";
  errs() << formatv("time: {0:f2} s reading, {1:f2} s linking\n", Times.Reading.count(), Times.Linking.count());
  statistics(Silences);
}

} // namespace threadbare::driver
