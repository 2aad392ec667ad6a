// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Excerpts.h"
#include "driver/Paths.h"

#include "model/Places.h"
#include "model/Roots.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <set>

using namespace llvm;

namespace threadbare::driver {
namespace {

constexpr StringLiteral Directive = "NOLINT";

/// The name of what is behind \p Path, if both are below \p Root and differ. What is elsewhere is the business of the
/// machine that we happen to run on: sandboxes are made of links that lead out of them.
std::string nameBehind(StringRef Path, StringRef Root, StringRef RealRoot) {
  std::string Real = nameBelowRoots(realPath(Path), {RealRoot.str()});
  return StringRef(Real).starts_with("./") && Real != nameBelowRoots(Path, {Root.str()}) ? Real : "";
}

void addLine(Excerpt &E, std::uint32_t Number, StringRef Line) {
  E.Numbers.push_back(Number);
  E.Lines += Line;
  E.Lines += '\n';
}

} // namespace

std::vector<Excerpt> takeExcerpts(const UnitSummary &Unit, StringRef Root) {
  // By name, so that the order is the same in every run.
  std::map<StringRef, std::set<std::uint32_t>> Quoted;
  forEachPlace(Unit, [&](const Place &P) {
    if (P.isValid())
      Quoted[Unit.string(P.File)];
  });
  // Findings stand at operations and functions.
  for (const Op &O : Unit.Ops)
    if (O.At.isValid())
      Quoted[Unit.string(O.At.File)].insert(O.At.Line);
  for (const Function &F : Unit.Functions)
    if (F.At.isValid())
      Quoted[Unit.string(F.At.File)].insert(F.At.Line);

  std::string RealRoot = realPath(Root);
  std::vector<Excerpt> Excerpts;
  for (const auto &[Name, Lines] : Quoted) {
    std::string Path = pathFromRoot(Name, Root);
    ErrorOr<std::unique_ptr<MemoryBuffer>> Text = MemoryBuffer::getFile(Path);
    if (!Text)
      continue;
    Excerpt E{Name.str(), nameBehind(Path, Root, RealRoot), {}, ""};
    std::uint32_t Number = 0;
    for (StringRef Line : split((*Text)->getBuffer(), '\n'))
      if (Lines.count(++Number) || Line.contains(Directive))
        addLine(E, Number, Line);
    if (!E.Numbers.empty() || !E.Behind.empty())
      Excerpts.push_back(std::move(E));
  }
  return Excerpts;
}

void QuotedFiles::add(ArrayRef<Excerpt> Given, StringRef Root) {
  for (const Excerpt &E : Given) {
    auto File = Wanted.find(pathFromRoot(E.File, Root));
    if (File == Wanted.end())
      continue;
    if (!E.Behind.empty())
      Links.try_emplace(File->first, pathFromRoot(E.Behind, Root));
    StringRef Rest = E.Lines;
    for (std::uint32_t Number : E.Numbers) {
      auto [Line, After] = Rest.split('\n');
      Rest = After;
      if (!Line.contains(Directive) && !File->second.count(Number))
        continue;
      // Units that were read at different times may differ: one of them is as good as the other, but always the same.
      std::string &Known = File->second[Number];
      Known = Known.empty() ? Line.str() : std::min(Known, Line.str());
    }
  }
}

void QuotedFiles::write(vfs::InMemoryFileSystem &Files) const {
  for (const auto &[File, Lines] : Wanted) {
    std::string Text;
    std::uint32_t At = 1;
    for (const auto &[Number, Line] : Lines) {
      for (; At < Number; ++At)
        Text += '\n';
      Text += Line;
    }
    Files.addFile(File, /*ModificationTime=*/0, MemoryBuffer::getMemBufferCopy(Text + "\n", File));
  }
}

std::string QuotedFiles::behind(StringRef File) const {
  auto Link = Links.find(File);
  return Link == Links.end() ? File.str() : Link->second;
}

} // namespace threadbare::driver
