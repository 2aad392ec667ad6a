// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Stems.h"
#include "driver/Opening.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <tuple>

using namespace llvm;

namespace threadbare::driver {
namespace {

struct Source {
  std::size_t Unit;
  std::vector<std::string> Opening;
};

/// Equal for units whose shared beginnings mean the same. "" if nothing can be shared.
std::string keyOf(const StemUnit &U) {
  std::optional<std::size_t> File = U.Unit->fileArgument();
  if (!File)
    return "";
  std::string Key = U.Unit->Directory + '\0' + sys::path::parent_path(U.Unit->File).str() + '\0' +
                    sys::path::extension(U.Unit->File).str() + '\0' +
                    std::to_string(reinterpret_cast<std::uintptr_t>(U.Kind));
  for (auto [I, Argument] : enumerate(U.Unit->Arguments))
    Key += '\0' + (I == *File ? sys::path::parent_path(Argument) : StringRef(Argument)).str();
  return Key;
}

std::vector<std::string> openingOfFile(const std::string &Path) {
  std::vector<std::string> Lines;
  if (auto Text = MemoryBuffer::getFile(Path))
    for (const OpeningDirective &D : openingOf((*Text)->getBuffer()))
      Lines.push_back(D.Text.str());
  return Lines;
}

/// The command itself names headers.
bool includesByCommand(const CompileUnit &Unit) {
  return any_of(Unit.Arguments, [](StringRef A) { return A.starts_with("-include") || A.starts_with("--include"); });
}

class StemFinder {
public:
  explicit StemFinder(ArrayRef<StemUnit> Units) : Units(Units) { Found.Of.resize(Units.size()); }

  Stems run() {
    StringMap<std::vector<Source>> Alike;
    std::vector<std::vector<Source> *> InOrder;
    for (auto [I, U] : enumerate(Units)) {
      std::string Key = U.Unit ? keyOf(U) : "";
      if (Key.empty())
        continue;
      auto [Entry, New] = Alike.try_emplace(Key);
      if (New)
        InOrder.push_back(&Entry->second);
      Entry->second.push_back({I, {}});
    }
    for (std::vector<Source> *Group : InOrder) {
      if (Group->size() < 2)
        continue;
      for (Source &S : *Group)
        S.Opening = openingOfFile(Units[S.Unit].Unit->File);
      llvm::sort(*Group, [](const Source &A, const Source &B) {
        return std::tie(A.Opening, A.Unit) < std::tie(B.Opening, B.Unit);
      });
      grow(*Group, 0, std::nullopt);
    }
    return std::move(Found);
  }

private:
  /// \p Group is sorted and agrees in the first \p Depth directives, which are those of \p Parent.
  void grow(ArrayRef<Source> Group, std::size_t Depth, std::optional<std::size_t> Parent) {
    for (const Source &S : Group)
      Found.Of[S.Unit] = Parent;
    if (Group.size() < 2)
      return;
    // What the first and the last agree in, all in between do.
    const std::vector<std::string> &First = Group.front().Opening, &Last = Group.back().Opening;
    std::size_t Common = std::mismatch(First.begin(), First.end(), Last.begin(), Last.end()).first - First.begin();
    if (Common > Depth || (!Parent && includesByCommand(*Units[Group.front().Unit].Unit))) {
      addStem(Group.front(), Common, Parent);
      Parent = Found.All.size() - 1;
      for (const Source &S : Group)
        Found.Of[S.Unit] = Parent;
    }
    while (!Group.empty()) {
      auto Same =
          Group.take_while([&](const Source &S) { return directive(S, Common) == directive(Group.front(), Common); });
      if (Same.front().Opening.size() > Common)
        grow(Same, Common, Parent);
      Group = Group.drop_front(Same.size());
    }
  }

  static StringRef directive(const Source &S, std::size_t I) {
    return I < S.Opening.size() ? StringRef(S.Opening[I]) : "";
  }

  void addStem(const Source &Like, std::size_t Directives, std::optional<std::size_t> Parent) {
    Stem New;
    New.Parent = Parent;
    New.Like = Like.Unit;
    for (const std::string &D : ArrayRef(Like.Opening).take_front(Directives))
      New.Text += D + '\n';
    Found.All.push_back(std::move(New));
  }

  ArrayRef<StemUnit> Units;
  Stems Found;
};

} // namespace

Stems findStems(ArrayRef<StemUnit> Units) { return StemFinder(Units).run(); }

} // namespace threadbare::driver
