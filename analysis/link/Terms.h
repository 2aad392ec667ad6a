// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the room: terms of the whole program, hash-consed, so that equal places are equal numbers.
#pragma once

#include "model/Summary.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <deque>
#include <vector>

namespace threadbare {

/// A term with its list spelled out; A, B and the list are indexes into the same table. Terms that speak of a
/// function's parameters, locals and so on mean those of whichever function is being looked at.
struct LinkedTerm {
  TermKind Kind = TermKind::Unknown;
  std::uint8_t Flags = 0;
  std::uint32_t A = 0;
  std::uint32_t B = 0;
  std::uint64_t Id = 0;
  llvm::SmallVector<TermIndex, 2> List;
  // The table's to fill in, and no part of the term's identity:
  std::uint8_t Depth = 0; ///< pointers followed
  std::uint8_t Has = 0;   ///< TermContents
  std::uint32_t Hash = 0;
};

/// What occurs in a term, itself included.
enum TermContents : std::uint8_t {
  HasOwn = 1,   ///< a function's local, object or result
  HasGiven = 2, ///< a function's parameter, capture, `this` or place to return to
  HasAny = 4,   ///< every element in turn
  HasLoad = 8,  ///< the value at some location
};

class TermTable {
public:
  TermTable();
  TermIndex make(LinkedTerm T);
  const LinkedTerm &get(TermIndex T) const { return Terms[T]; }
  TermKind kind(TermIndex T) const { return Terms[T].Kind; }
  bool has(TermIndex T, unsigned Contents) const { return (Terms[T].Has & Contents) != 0; }
  /// How many pointers have to be followed to come to it.
  unsigned depth(TermIndex T) const { return Terms[T].Depth; }

  TermIndex field(TermIndex Object, SymbolId Id);
  TermIndex element(TermIndex Container, TermIndex Index, std::uint8_t Flags);
  TermIndex pointee(TermIndex Pointer);
  TermIndex address(TermIndex Location);
  TermIndex load(TermIndex Location);
  TermIndex derived(llvm::ArrayRef<TermIndex> From, std::uint8_t Flags = 0);

  /// The unit's term in this table.
  TermIndex import(const UnitSummary &Unit, TermIndex T);

  /// Rebuilds \p T with \p Leaf applied to terms that have no parts; NoTerm where a part is unknown and the whole with it.
  TermIndex map(TermIndex T, llvm::function_ref<TermIndex(TermIndex)> Leaf);

  /// Whether a term of this kind occurs in \p T.
  bool mentions(TermIndex T, llvm::function_ref<bool(const LinkedTerm &)> What) const;
  /// The innermost root of a location or value: through fields, elements, pointers.
  TermIndex root(TermIndex T) const;
  /// The same location with every index of an element forgotten: what may be the same object.
  TermIndex shape(TermIndex T);
  /// The same term, with "every element in turn" become "some element": a caller sees the loop as a whole.
  TermIndex withoutAny(TermIndex T);

private:
  void describe(LinkedTerm &T) const;
  void grow();
  std::deque<LinkedTerm> Terms;
  std::vector<TermIndex> Slots; ///< an open hash table, linear probing; NoTerm: free
  llvm::DenseMap<const UnitSummary *, std::vector<TermIndex>> Imported;
  llvm::DenseMap<TermIndex, TermIndex> Shapes, Plain;
};

} // namespace threadbare
