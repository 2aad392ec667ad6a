// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/UnitBuilder.h"

namespace threadbare {

StringIndex UnitBuilder::string(llvm::StringRef Text) {
  if (Text.empty())
    return 0;
  auto [It, New] = Strings.try_emplace(Text, Unit.Strings.size());
  if (New)
    Unit.Strings.push_back(Text.str());
  return It->second;
}

Range UnitBuilder::list(llvm::ArrayRef<TermIndex> Items) {
  if (Items.empty())
    return {};
  Range R{static_cast<std::uint32_t>(Unit.Lists.size()), static_cast<std::uint32_t>(Items.size())};
  Unit.Lists.insert(Unit.Lists.end(), Items.begin(), Items.end());
  return R;
}

void UnitBuilder::silence(llvm::StringRef Reason) {
  auto [It, New] = Silences.try_emplace(Reason, Unit.Silences.size());
  if (New)
    Unit.Silences.push_back({string(Reason), 0});
  ++Unit.Silences[It->second].Count;
}

TermIndex UnitBuilder::term(TermKind Kind, std::uint32_t A, std::uint32_t B, std::uint64_t Id,
                            llvm::ArrayRef<TermIndex> List, std::uint8_t Flags) {
  Key K{static_cast<std::uint8_t>(Kind), Flags, A, B, Id, List.vec()};
  auto [It, New] = Terms.try_emplace(std::move(K), Unit.Terms.size());
  if (New) {
    Term T;
    T.Kind = Kind;
    T.Flags = Flags;
    T.A = A;
    T.B = B;
    T.Id = Id;
    T.List = list(List);
    Unit.Terms.push_back(T);
  }
  return It->second;
}

TermIndex UnitBuilder::pointee(TermIndex Pointer) {
  if (!Pointer)
    return NoTerm;
  const Term &T = get(Pointer);
  if (T.Kind == TermKind::Address)
    return T.A;
  if (T.Kind == TermKind::Constant || T.Kind == TermKind::Closure || T.Kind == TermKind::Bound)
    return NoTerm;
  return term(TermKind::Pointee, Pointer);
}

TermIndex UnitBuilder::derived(llvm::ArrayRef<TermIndex> From, std::uint8_t Flags) {
  std::vector<TermIndex> Known;
  for (TermIndex T : From) {
    if (!T || get(T).Kind == TermKind::Constant)
      continue;
    if (get(T).Kind == TermKind::Derived) {
      auto Inner = Unit.list(get(T).List);
      Known.insert(Known.end(), Inner.begin(), Inner.end());
      Flags |= get(T).Flags;
    } else {
      Known.push_back(T);
    }
  }
  llvm::sort(Known);
  Known.erase(std::unique(Known.begin(), Known.end()), Known.end());
  if (Known.empty() || Known.size() > 8)
    return NoTerm;
  return term(TermKind::Derived, 0, 0, 0, Known, Flags);
}

TermIndex UnitBuilder::root(TermIndex Location) const {
  while (Location) {
    const Term &T = get(Location);
    switch (T.Kind) {
    case TermKind::Field:
    case TermKind::Element:
    case TermKind::Pointee:
    case TermKind::Load:
    case TermKind::Address:
      Location = T.A;
      continue;
    default:
      return Location;
    }
  }
  return NoTerm;
}

} // namespace threadbare
