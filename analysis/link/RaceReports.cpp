// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of the accesses that can meet is to blame, and what is said of it.
#include "link/Frame.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"

namespace threadbare {

std::string Frame::describe(TermIndex At) const {
  while (At) {
    const LinkedTerm &Node = T.get(At);
    switch (Node.Kind) {
    case TermKind::Field:
    case TermKind::Global:
      if (auto It = L.SymbolNames.find(Node.Id); It != L.SymbolNames.end())
        return It->second;
      return "";
    case TermKind::Local:
      if (Node.A < Record.Locals.Count)
        return Unit.string(Unit.Locals[Record.Locals.First + Node.A].Name).str();
      return "";
    case TermKind::Element:
    case TermKind::Pointee:
    case TermKind::Load:
      At = Node.A;
      continue;
    default:
      return "";
    }
  }
  return "";
}

RaceSide Frame::side(const AccessEffect &A, const Instance *I) const {
  RaceSide S;
  for (const Trace *Part : {A.To, A.Via})
    for (; Part; Part = Part->Inner)
      S.Path.push_back(Part->Step);
  S.In = A.Where.In;
  S.Operation = A.Where.Operation;
  if (I) {
    if (I->Spawn->Via)
      S.Start = leafOf(I->Spawn->Via);
  }
  for (const Held &H : L.Under[A.Under].Locks)
    S.Holds.push_back(describe(H.Lock) + (H.Mode == LockMode::Shared ? " (shared)" : ""));
  llvm::sort(S.Holds);
  S.Holds.erase(std::unique(S.Holds.begin(), S.Holds.end()), S.Holds.end());
  return S;
}

void Frame::reportRaces() {
  if (Candidates.empty())
    return;
  auto Protected = [&](const AccessEffect &A) {
    return llvm::any_of(L.Under[A.Under].Locks, [&](const Held &H) {
      return A.Kind == AccessKind::Read || H.Mode == LockMode::Exclusive;
    });
  };
  llvm::MapVector<TermIndex, std::vector<const Candidate *>> Groups;
  for (const Candidate &C : Candidates)
    Groups[T.shape(C.A->At)].push_back(&C);
  llvm::DenseSet<std::pair<FunctionIndex, std::uint32_t>> Reported;
  for (auto &[Shape, Group] : Groups) {
    bool Counted = false, BareAdd = false, BareWrite = false;
    for (const Candidate *C : Group)
      for (const AccessEffect *A : {C->A, C->B}) {
        Counted |= A->Kind == AccessKind::Add;
        BareAdd |= A->Kind == AccessKind::Add && !Protected(*A);
        BareWrite |= A->Kind != AccessKind::Read && !Protected(*A);
      }
    if (!Counted)
      continue;
    auto Report = [&](const AccessEffect &A, const Instance *From, const AccessEffect &B, const Instance *To,
                      bool SameCode) {
      Race R;
      R.Reported = side(A, From);
      R.Other = side(B, To);
      R.Variable = describe(A.At);
      if (R.Variable.empty()) {
        const Op &O = L.op({R.Reported.In, R.Reported.Operation});
        R.Variable = L.Functions[R.Reported.In].Unit->string(O.Name).str();
      }
      R.ReportedIsRead = A.Kind == AccessKind::Read;
      R.SelfParallel = SameCode && &A == &B;
      if (Reported.insert({R.Reported.In, R.Reported.Operation}).second)
        L.notes(F).Races.push_back(std::move(R));
    };
    for (const Candidate *C : Group) {
      bool SafeA = Protected(*C->A), SafeB = Protected(*C->B);
      auto Writes = [](const AccessEffect &A) { return A.Kind != AccessKind::Read; };
      auto Blamed = [&](const AccessEffect &A, bool Safe, const AccessEffect &Other, bool OtherSafe) {
        if (A.Kind == AccessKind::Read)
          return !Safe && Writes(Other) && OtherSafe && !BareWrite;
        if (Safe && !(OtherSafe && Writes(Other)) && !(OtherSafe && !Writes(Other)))
          return false;
        return A.Kind == AccessKind::Add || !BareAdd;
      };
      if (Blamed(*C->A, SafeA, *C->B, SafeB))
        Report(*C->A, C->From, *C->B, C->To, C->SameCode);
      if (C->A != C->B && Blamed(*C->B, SafeB, *C->A, SafeA))
        Report(*C->B, C->To, *C->A, C->From, C->SameCode);
    }
  }
}

} // namespace threadbare
