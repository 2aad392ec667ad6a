// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

#include <map>
#include <tuple>

namespace threadbare {

/// Fills the tables of a UnitSummary. Terms are hash-consed: equal terms have equal indexes, which is how the reader
/// and the link compare them.
class UnitBuilder {
public:
  explicit UnitBuilder(UnitSummary &Unit) : Unit(Unit) {}

  StringIndex string(llvm::StringRef Text);
  Range list(llvm::ArrayRef<TermIndex> Items);
  /// Counts one occasion on which the analysis says nothing, for --stats.
  void silence(llvm::StringRef Reason);

  TermIndex term(TermKind Kind, std::uint32_t A = 0, std::uint32_t B = 0, std::uint64_t Id = 0,
                 llvm::ArrayRef<TermIndex> List = {}, std::uint8_t Flags = 0);
  const Term &get(TermIndex T) const { return Unit.Terms[T]; }

  TermIndex global(SymbolId Id, std::uint8_t Flags = 0) { return term(TermKind::Global, 0, 0, Id, {}, Flags); }
  TermIndex field(TermIndex Object, SymbolId Id) {
    return Object ? term(TermKind::Field, Object, 0, Id) : NoTerm;
  }
  TermIndex element(TermIndex Container, TermIndex Index, bool Any = false) {
    return Container ? term(TermKind::Element, Container, Index, 0, {}, Any ? TermAny : 0) : NoTerm;
  }
  /// The location that \p Pointer points to; that of an address is what the address is of.
  TermIndex pointee(TermIndex Pointer);
  TermIndex address(TermIndex Location) { return Location ? term(TermKind::Address, Location) : NoTerm; }
  TermIndex load(TermIndex Location) { return Location ? term(TermKind::Load, Location) : NoTerm; }
  TermIndex constant(std::int64_t V) { return term(TermKind::Constant, 0, 0, static_cast<std::uint64_t>(V)); }
  TermIndex derived(llvm::ArrayRef<TermIndex> From, std::uint8_t Flags = 0);

  /// The root of a location: Global, Local, Param, This, Capture, Object or, behind a pointer, that value's root.
  TermIndex root(TermIndex Location) const;

  UnitSummary &Unit;

private:
  llvm::StringMap<StringIndex> Strings;
  llvm::StringMap<std::uint32_t> Silences;
  using Key = std::tuple<std::uint8_t, std::uint8_t, std::uint32_t, std::uint32_t, std::uint64_t,
                         std::vector<TermIndex>>;
  std::map<Key, TermIndex> Terms;
};

} // namespace threadbare
