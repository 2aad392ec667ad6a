// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Terms.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

static std::uint32_t hashOf(const LinkedTerm &T) {
  // Multiply and rotate, as in FxHash: terms are small and made by the million.
  std::uint64_t H = 0;
  auto Mix = [&](std::uint64_t V) { H = (((H << 5) | (H >> 59)) ^ V) * 0x517cc1b727220a95ull; };
  Mix((std::uint64_t(T.Kind) << 8) | T.Flags);
  Mix((std::uint64_t(T.A) << 32) | T.B);
  Mix(T.Id);
  for (TermIndex Item : T.List)
    Mix(Item);
  return static_cast<std::uint32_t>(H >> 32);
}

static bool isSame(const LinkedTerm &L, const LinkedTerm &R) {
  return L.Hash == R.Hash && L.Kind == R.Kind && L.Flags == R.Flags && L.A == R.A && L.B == R.B && L.Id == R.Id &&
         L.List == R.List;
}

TermTable::TermTable() : Slots(1024, NoTerm) {
  Terms.emplace_back(); // NoTerm
}

/// Whether \p Holds of a term that this one is made of; asks no further once it does.
template <class Fn> static bool anyPart(const LinkedTerm &T, Fn Holds) {
  switch (T.Kind) {
  case TermKind::Element:
    if (Holds(T.B))
      return true;
    [[fallthrough]];
  case TermKind::Field:
  case TermKind::Pointee:
  case TermKind::Address:
  case TermKind::Load:
  case TermKind::Bound:
  case TermKind::Executor:
  case TermKind::Interval:
    if (Holds(T.A))
      return true;
    break;
  default:
    break;
  }
  return llvm::any_of(T.List, Holds);
}

/// Fills in what follows from the parts.
void TermTable::describe(LinkedTerm &T) const {
  unsigned Depth = 0, Has = 0;
  auto Part = [&](TermIndex P) {
    Depth = std::max<unsigned>(Depth, Terms[P].Depth);
    Has |= Terms[P].Has;
    return false;
  };
  anyPart(T, Part);
  switch (T.Kind) {
  case TermKind::Local:
  case TermKind::Object:
  case TermKind::Result:
    Has |= HasOwn;
    break;
  case TermKind::Param:
  case TermKind::This:
  case TermKind::Capture:
  case TermKind::ReturnSlot:
    Has |= HasGiven;
    break;
  default:
    break;
  }
  if (T.Kind == TermKind::Load)
    Has |= HasLoad;
  if (T.Flags & TermAny)
    Has |= HasAny;
  T.Depth = static_cast<std::uint8_t>(std::min(Depth + (T.Kind == TermKind::Pointee), 255u));
  T.Has = static_cast<std::uint8_t>(Has);
}

void TermTable::grow() {
  Slots.assign(Slots.size() * 2, NoTerm);
  for (TermIndex T = 1; T < Terms.size(); ++T) {
    std::size_t At = Terms[T].Hash & (Slots.size() - 1);
    while (Slots[At])
      At = (At + 1) & (Slots.size() - 1);
    Slots[At] = T;
  }
}

TermIndex TermTable::make(LinkedTerm T) {
  T.Hash = hashOf(T);
  std::size_t At = T.Hash & (Slots.size() - 1);
  for (; Slots[At]; At = (At + 1) & (Slots.size() - 1))
    if (isSame(Terms[Slots[At]], T))
      return Slots[At];
  auto Number = static_cast<TermIndex>(Terms.size());
  Slots[At] = Number;
  describe(T);
  Terms.push_back(std::move(T));
  if (Terms.size() * 2 > Slots.size())
    grow();
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

TermIndex TermTable::derived(llvm::ArrayRef<TermIndex> From, std::uint8_t Flags) {
  LinkedTerm T;
  T.Kind = TermKind::Derived;
  T.Flags = Flags;
  for (TermIndex Part : From) {
    if (!Part)
      continue;
    if (kind(Part) == TermKind::Derived) {
      T.List.append(get(Part).List.begin(), get(Part).List.end());
      T.Flags |= get(Part).Flags;
    } else {
      T.List.push_back(Part);
    }
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
  case TermKind::Interval:
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
  const LinkedTerm &Node = get(T); // terms stay where they are
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
    LinkedTerm Made = Node;
    if (Made.Kind == TermKind::Bound) {
      Made.A = map(Node.A, Leaf);
      if (!Made.A)
        return NoTerm;
    }
    for (TermIndex &Item : Made.List)
      Item = map(Item, Leaf);
    return make(std::move(Made));
  }
  case TermKind::Derived: {
    llvm::SmallVector<TermIndex, 4> Parts;
    for (TermIndex Item : Node.List)
      Parts.push_back(map(Item, Leaf));
    return derived(Parts, Node.Flags);
  }
  case TermKind::Executor: {
    LinkedTerm Made = Node;
    if (Made.A) {
      Made.A = map(Node.A, Leaf);
      if (!Made.A)
        return NoTerm;
    }
    for (TermIndex &Item : Made.List)
      Item = map(Item, Leaf);
    return make(std::move(Made));
  }
  case TermKind::Interval: {
    // The numbers stay what they are where nobody knows the counter.
    LinkedTerm Made = Node;
    Made.A = map(Node.A, Leaf);
    return make(std::move(Made));
  }
  default:
    return Leaf(T);
  }
}

bool TermTable::mentions(TermIndex T, llvm::function_ref<bool(const LinkedTerm &)> What) const {
  if (!T)
    return false;
  const LinkedTerm &Node = get(T);
  return What(Node) || anyPart(Node, [&](TermIndex Part) { return mentions(Part, What); });
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
  if (!has(T, HasAny))
    return T;
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
  case TermKind::Interval:
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
