// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Text.h"
#include "report/Sources.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Unicode.h"

using namespace llvm;

namespace threadbare::report {
namespace {

/// As many files as are named in the summary; the rest are counted.
constexpr std::size_t MostNamed = 10;

StringRef relativeTo(StringRef Directory, StringRef Path) {
  StringRef Rest = Path;
  if (!Directory.empty() && Rest.consume_front(Directory) && Rest.consume_front("/"))
    return Rest;
  return Path;
}

class Writer {
public:
  Writer(raw_ostream &OS, const TextOptions &Options) : OS(OS), Options(Options), Cache(Options.Sources) {}

  void result(const Result &R) {
    static constexpr StringLiteral Names[] = {"error", "warning", "remark", "remark"}; // notes follow findings
    static constexpr raw_ostream::Colors Colors[] = {raw_ostream::RED, raw_ostream::MAGENTA, raw_ostream::BLUE,
                                                     raw_ostream::CYAN};
    std::size_t Level = std::size_t(R.Severity);
    line(R.What.At, Names[Level], Colors[Level],
         R.What.Message + " [" + R.What.Check + (R.WarningAsError ? ",-warnings-as-errors]" : "]"), true);
    snippet(R.What.At);
    for (const Note &N : R.What.Notes) {
      line(N.At, "note", raw_ostream::CYAN, N.Message, false);
      // What to do instead is said of the place that was shown first.
      if (!N.IsAdvice)
        snippet(N.At);
    }
  }

  void failure(const Failure &F) {
    line({F.File.empty() ? "threadbare" : F.File, F.Line, F.Column}, "error", raw_ostream::RED, F.Message, true);
  }

private:
  void line(const Location &At, StringRef Level, raw_ostream::Colors Color, const Twine &Message, bool Bold) {
    set(raw_ostream::SAVEDCOLOR, true);
    OS << relative(At.File);
    if (At.Line)
      OS << ':' << At.Line;
    if (At.Line && At.Column)
      OS << ':' << At.Column;
    OS << ": ";
    set(Color, true);
    OS << Level << ": ";
    reset();
    if (Bold)
      set(raw_ostream::SAVEDCOLOR, true);
    OS << Message;
    if (Bold)
      reset();
    OS << '\n';
  }

  void snippet(const Location &At) {
    StringRef Line = Cache.line(At.File, At.Line);
    if (Line.trim().empty() || !At.Column || At.Column > Line.size() + 1)
      return;
    OS << formatv("{0,5} | {1}\n", At.Line, expandTabs(Line));
    std::string Before = expandTabs(Line.take_front(At.Column - 1));
    int Width = sys::unicode::columnWidthUTF8(Before);
    OS << "      | ";
    OS.indent(Width < 0 ? Before.size() : Width);
    set(raw_ostream::GREEN, true);
    OS << "^\n";
    reset();
  }

  static std::string expandTabs(StringRef Line) {
    std::string Result;
    for (char C : Line)
      if (C == '\t')
        Result.append(8 - Result.size() % 8, ' ');
      else
        Result += C;
    return Result;
  }

  StringRef relative(StringRef Path) const { return relativeTo(Options.WorkingDirectory, Path); }

  void set(raw_ostream::Colors Color, bool Bold) {
    if (Options.Color)
      OS.changeColor(Color, Bold);
  }
  void reset() {
    if (Options.Color)
      OS.resetColor();
  }

  raw_ostream &OS;
  const TextOptions &Options;
  Sources Cache;
};

std::string count(std::size_t Number, StringRef What) {
  return (Twine(Number) + " " + What + (Number == 1 ? "" : "s")).str();
}

} // namespace

void writeText(raw_ostream &OS, const Report &What, const TextOptions &Options) {
  Writer Lines(OS, Options);
  for (const Result &R : What.Results)
    if (!R.Suppressed)
      Lines.result(R);
}

void writeFailures(raw_ostream &OS, ArrayRef<Failure> Failures, const TextOptions &Options) {
  Writer Lines(OS, Options);
  for (const Failure &F : Failures)
    Lines.failure(F);
}

void writeSummary(raw_ostream &OS, const Report &What, const TextOptions &Options) {
  StringSet<> Files;
  for (const Result &R : What.Results)
    if (!R.Suppressed)
      Files.insert(R.What.At.File);
  OS << count(countFindings(What), "finding");
  if (std::size_t Notes = countNotes(What))
    OS << " and " << count(Notes, "remark");
  if (!Files.empty())
    OS << " in " << count(Files.size(), "file");
  OS << " (" << count(What.UnitsRead, "unit") << " read";
  if (What.UnitsFailed)
    OS << ", " << What.UnitsFailed << " failed";
  OS << ")\n";
  if (What.NotRead.empty())
    return;
  OS << "left out: ";
  ListSeparator Separator;
  for (const LeftOut &File : ArrayRef(What.NotRead).take_front(MostNamed))
    OS << Separator << relativeTo(Options.WorkingDirectory, File.File) << " (" << File.Why << ')';
  if (What.NotRead.size() > MostNamed)
    OS << " and " << What.NotRead.size() - MostNamed << " more";
  OS << '\n';
}

} // namespace threadbare::report
