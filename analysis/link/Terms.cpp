// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Terms.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"

namespace threadbare {

std::size_t TermTable::Hash::operator()(const LinkedTerm *T) const {
  return llvm::hash_combine(T->Kind, T->Flags, T->A, T->B, T->Id,
                            llvm::hash_combine_range(T->List.begin(), T->List.end()));
}

bool TermTable::Equal::operator()(const LinkedTerm *L, const LinkedTerm *R) const {
  return L->Kind == R->Kind && L->Flags == R->Flags && L->A == R->A && L->B == R->B && L->Id == R->Id &&
         L->List == R->List;
}

TermTable::TermTable() {
  Terms.emplace_back(); // NoTerm
  Index.emplace(&Terms.back(), NoTerm);
}

std::uint8_t TermTable::depthOf(const LinkedTerm &T) const {
  unsigned Depth = 0;
  switch (T.Kind) {
  case TermKind::Element:
    Depth = Terms[T.B].Depth;
    [[fallthrough]];
  case TermKind::Field:
  case TermKind::Pointee:
  case TermKind::Address:
  case TermKind::Load:
  case TermKind::Bound:
  case TermKind::Executor:
    Depth = std::max<unsigned>(Depth, Terms[T.A].Depth + (T.Kind == TermKind::Pointee));
    break;
  default:
    break;
  }
  for (TermIndex Item : T.List)
    Depth = std::max<unsigned>(Depth, Terms[Item].Depth);
  return static_cast<std::uint8_t>(std::min(Depth, 255u));
}

TermIndex TermTable::make(LinkedTerm T) {
  if (auto It = Index.find(&T); It != Index.end())
    return It->second;
  auto Number = static_cast<TermIndex>(Terms.size());
  T.Depth = depthOf(T);
  Terms.push_back(std::move(T));
  Index.emplace(&Terms.back(), Number);
  return Number;
}

TermIndex TermTable::field(TermIndex Object, SymbolId Id) {
  return Object ? make({TermKind::Field, 0, Object, 0, Id, {}}) : NoTerm;
}

TermIndex TermTable::element(TermIndex Container, TermIndex Index, std::uint8_t Flags) {
  return Container ? make({TermKind::Element, Flags, Container, Index, 0, {}}) : NoTerm;
}

TermIndex TermTable::pointee(TermIndex Pointer) {
  if (!Pointer)
    return NoTerm;
  switch (kind(Pointer)) {
  case TermKind::Address:
    return get(Pointer).A;
  case TermKind::Load:
  case TermKind::Result:
    return make({TermKind::Pointee, 0, Pointer, 0, 0, {}});
  default:
    return NoTerm;
  }
}

TermIndex TermTable::address(TermIndex Location) {
  if (!Location)
    return NoTerm;
  // &*p is p.
  if (kind(Location) == TermKind::Pointee)
    return get(Location).A;
  return make({TermKind::Address, 0, Location, 0, 0, {}});
}

TermIndex TermTable::load(TermIndex Location) {
  return Location ? make({TermKind::Load, 0, Location, 0, 0, {}}) : NoTerm;
}

TermIndex TermTable::derived(llvm::ArrayRef<TermIndex> From) {
  LinkedTerm T;
  T.Kind = TermKind::Derived;
  for (TermIndex Part : From) {
    if (!Part)
      continue;
    if (kind(Part) == TermKind::Derived)
      T.List.append(get(Part).List.begin(), get(Part).List.end());
    else
      T.List.push_back(Part);
  }
  llvm::sort(T.List);
  T.List.erase(std::unique(T.List.begin(), T.List.end()), T.List.end());
  return T.List.empty() ? NoTerm : make(std::move(T));
}

TermIndex TermTable::import(const UnitSummary &Unit, TermIndex T) {
  std::vector<TermIndex> &Known = Imported[&Unit];
  if (Known.empty())
    Known.assign(Unit.Terms.size(), ~0u);
  if (Known[T] != ~0u)
    return Known[T];
  // The parts of a term have smaller indexes than the term: every term is built after them.
  const Term &From = Unit.Terms[T];
  LinkedTerm To;
  To.Kind = From.Kind;
  To.Flags = From.Flags;
  To.A = From.A;
  To.B = From.B;
  To.Id = From.Id;
  switch (From.Kind) {
  case TermKind::Field:
  case TermKind::Pointee:
  case TermKind::Address:
  case TermKind::Load:
  case TermKind::Bound:
  case TermKind::Executor:
    To.A = import(Unit, From.A);
    break;
  case TermKind::Element:
    To.A = import(Unit, From.A);
    To.B = import(Unit, From.B);
    break;
  default:
    break;
  }
  for (TermIndex Item : Unit.list(From.List))
    To.List.push_back(import(Unit, Item));
  TermIndex Number = T == NoTerm ? NoTerm : make(std::move(To));
  return Imported[&Unit][T] = Number;
}

TermIndex TermTable::map(TermIndex T, llvm::function_ref<TermIndex(TermIndex)> Leaf) {
  if (!T)
    return NoTerm;
  LinkedTerm Node = get(T);
  switch (Node.Kind) {
  case TermKind::Field:
    return field(map(Node.A, Leaf), Node.Id);
  case TermKind::Element:
    return element(map(Node.A, Leaf), map(Node.B, Leaf), Node.Flags);
  case TermKind::Pointee:
    return pointee(map(Node.A, Leaf));
  case TermKind::Address:
    return address(map(Node.A, Leaf));
  case TermKind::Load:
    // What a parameter holds is its argument; the caller's Leaf knows.
    if (TermIndex Known = Leaf(T); Known != T)
      return Known;
    return load(map(Node.A, Leaf));
  case TermKind::Closure:
  case TermKind::Bound: {
    if (Node.Kind == TermKind::Bound) {
      Node.A = map(Node.A, Leaf);
      if (!Node.A)
        return NoTerm;
    }
    for (TermIndex &Item : Node.List)
      Item = map(Item, Leaf);
    return make(std::move(Node));
  }
  case TermKind::Derived: {
    llvm::SmallVector<TermIndex, 4> Parts;
    for (TermIndex Item : Node.List)
      Parts.push_back(map(Item, Leaf));
    return derived(Parts);
  }
  case TermKind::Executor:
    if (Node.A) {
      Node.A = map(Node.A, Leaf);
      if (!Node.A)
        return NoTerm;
    }
    for (TermIndex &Item : Node.List)
      Item = map(Item, Leaf);
    return make(std::move(Node));
  default:
    return Leaf(T);
  }
}

bool TermTable::mentions(TermIndex T, llvm::function_ref<bool(const LinkedTerm &)> What) const {
  if (!T)
    return false;
  const LinkedTerm &Node = get(T);
  if (What(Node))
    return true;
  switch (Node.Kind) {
  case TermKind::Element:
    if (mentions(Node.B, What))
      return true;
    [[fallthrough]];
  case TermKind::Field:
  case TermKind::Pointee:
  case TermKind::Address:
  case TermKind::Load:
  case TermKind::Bound:
  case TermKind::Executor:
    if (mentions(Node.A, What))
      return true;
    break;
  default:
    break;
  }
  return llvm::any_of(Node.List, [&](TermIndex Item) { return mentions(Item, What); });
}

TermIndex TermTable::root(TermIndex T) const {
  while (T) {
    switch (kind(T)) {
    case TermKind::Field:
    case TermKind::Element:
    case TermKind::Pointee:
    case TermKind::Address:
    case TermKind::Load:
      T = get(T).A;
      continue;
    default:
      return T;
    }
  }
  return NoTerm;
}

TermIndex TermTable::shape(TermIndex T) {
  if (!T)
    return NoTerm;
  if (auto It = Shapes.find(T); It != Shapes.end())
    return It->second;
  LinkedTerm Node = get(T);
  TermIndex Out = T;
  switch (Node.Kind) {
  case TermKind::Element:
    Out = element(shape(Node.A), NoTerm, 0);
    break;
  case TermKind::Field:
    Out = field(shape(Node.A), Node.Id);
    break;
  case TermKind::Pointee:
    Out = pointee(shape(Node.A));
    break;
  case TermKind::Load:
    Out = load(shape(Node.A));
    break;
  default:
    break;
  }
  return Shapes[T] = Out;
}

TermIndex TermTable::withoutAny(TermIndex T) {
  if (!T)
    return NoTerm;
  if (auto It = Plain.find(T); It != Plain.end())
    return It->second;
  LinkedTerm Node = get(T);
  switch (Node.Kind) {
  case TermKind::Element:
    Node.B = withoutAny(Node.B);
    Node.Flags &= ~TermAny;
    [[fallthrough]];
  case TermKind::Field:
  case TermKind::Pointee:
  case TermKind::Address:
  case TermKind::Load:
  case TermKind::Bound:
  case TermKind::Executor:
    Node.A = withoutAny(Node.A);
    break;
  default:
    break;
  }
  for (TermIndex &Item : Node.List)
    Item = withoutAny(Item);
  return Plain[T] = make(std::move(Node));
}

} // namespace threadbare
