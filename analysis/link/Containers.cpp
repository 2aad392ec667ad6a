// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the elements of a container have in common. Workers that are put into a vector one after the other are told of
// the same statistics: whichever of them a thread runs, its statistics are those. What is known of each element alike
// is known of any; what is new in each round, or differs from one to the next, is not.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

bool Frame::isInCycle(std::uint32_t Number) {
  auto [It, New] = Cyclic.try_emplace(BlockOf[Number], false);
  if (New)
    It->second = threadbare::isInCycle(Unit, Record, BlockOf[Number]);
  return It->second;
}

/// Whether a place is one of several elements, none of which is told apart.
static bool isSomeElement(const TermTable &T, TermIndex At) {
  return T.mentions(At, [&](const LinkedTerm &Node) {
    return Node.Kind == TermKind::Element && (!Node.B || T.kind(Node.B) != TermKind::Constant);
  });
}

/// Remembers what is put into containers, and whether that is done more than once.
void Frame::noteElement(TermIndex To, std::uint32_t Number, bool Several) {
  if (Number == NoIndex || !isSomeElement(T, To))
    return;
  auto [It, New] = PutBy.try_emplace(T.shape(To), Number, Several);
  It->second.second |= Several || (!New && It->second.first != Number) || isInCycle(Number);
}

/// What all elements have in common, by shape; NoTerm where they differ.
void Frame::findCommon() {
  for (auto &[To, Value] : Stored)
    if (isSomeElement(T, To)) {
      auto [It, New] = Common.try_emplace(T.shape(To), Value);
      if (!New && It->second != Value)
        It->second = NoTerm;
    }
  for (std::uint32_t I = 0; I < Count && !Common.empty(); ++I)
    if (const Op &O = Unit.Ops[Record.FirstOp + I]; O.Kind == OpKind::Declare && isInCycle(I))
      NewEachRound.insert(import(O.A));
}

bool Frame::putSeveralTimes(TermIndex At) const {
  auto It = PutBy.find(T.shape(At));
  return It != PutBy.end() && It->second.second;
}

/// A place in an element, by way of what is known of every element: (*workers[i]).stats is the stats of the worker.
TermIndex Frame::inEveryElement(TermIndex At) {
  if (!At)
    return NoTerm;
  LinkedTerm Node = T.get(At);
  switch (Node.Kind) {
  case TermKind::Field:
    return T.field(inEveryElement(Node.A), Node.Id);
  case TermKind::Pointee: {
    if (T.kind(Node.A) != TermKind::Load)
      return At;
    TermIndex Pointer = inEveryElement(T.get(Node.A).A);
    TermIndex Value = putSeveralTimes(Pointer) ? Common.lookup(T.shape(Pointer)) : Stored.lookup(Pointer);
    return Value && T.kind(Value) == TermKind::Address ? T.get(Value).A : At;
  }
  default:
    return At;
  }
}

/// What an element's part holds, where that is the same in all of them.
TermIndex Frame::ofEveryElement(TermIndex At) {
  if (Common.empty() || !isSomeElement(T, At))
    return NoTerm;
  TermIndex Value = NoTerm;
  if (TermIndex There = inEveryElement(At); There != At)
    Value = Stored.lookup(There);
  else if (putSeveralTimes(At))
    Value = Common.lookup(T.shape(At));
  bool Changes = T.mentions(Value, [&](const LinkedTerm &Node) {
    switch (Node.Kind) {
    case TermKind::Element:
    case TermKind::Result:
    case TermKind::Unknown:
      return true;
    case TermKind::Load:
      return T.kind(Node.A) == TermKind::Local || T.kind(Node.A) == TermKind::Object;
    case TermKind::Local:
    case TermKind::Object:
      return NewEachRound.contains(T.make(Node));
    default:
      return false;
    }
  });
  return Changes ? NoTerm : Value;
}

} // namespace threadbare
