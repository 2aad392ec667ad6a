// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions can block their thread: a breadth-first search backwards over the calls that stay on the caller's
// thread, from what the catalog knows, the worst first. Each function keeps the shortest way, and the conditions that
// only its callers can decide; a caller that knows the argument settles them.
#include "link/Linker.h"

#include "llvm/ADT/STLExtras.h"

#include <queue>

namespace threadbare {

/// Whether \p At is \p Whole or a part of it: a member, an element, what it points to.
bool Linker::isWithin(TermIndex At, TermIndex Whole) const {
  while (At) {
    if (At == Whole)
      return true;
    const LinkedTerm &Node = Terms.get(At);
    switch (Node.Kind) {
    case TermKind::Element:
      // Any element of a container stands for each of them.
      if (Terms.kind(Whole) == TermKind::Element && Terms.get(Whole).A == Node.A &&
          (!Node.B || !Terms.get(Whole).B || (Terms.get(Whole).Flags & TermAny)))
        return true;
      [[fallthrough]];
    case TermKind::Field:
    case TermKind::Pointee:
    case TermKind::Load:
      At = Node.A;
      continue;
    default:
      return false;
    }
  }
  return false;
}

Linker::Answer Linker::ask(FunctionIndex F, std::uint32_t Operation, const BlockState::Open &C) const {
  TermIndex V = C.Value;
  TermKind K = V ? Terms.kind(V) : TermKind::Unknown;
  auto Decide = [](bool Holds) { return Holds ? Answer::Holds : Answer::Fails; };
  bool Constant = K == TermKind::Constant;
  auto Number = Constant ? static_cast<std::int64_t>(Terms.get(V).Id) : 0;
  switch (C.Kind) {
  case ConditionKind::Satisfied:
    return Answer::Holds;
  case ConditionKind::Equals:
    return Constant ? Decide(Number == C.Constant) : Answer::Unknown;
  case ConditionKind::NotEquals:
    return Constant ? Decide(Number != C.Constant) : Answer::Unknown;
  case ConditionKind::HasFlag:
    return Constant ? Decide((Number & C.Constant) == C.Constant) : Answer::Unknown;
  case ConditionKind::NotPositive:
    return Constant ? Decide(Number <= 0) : Answer::Unknown;
  case ConditionKind::IsNull:
  case ConditionKind::NotNull: {
    bool Null = C.Kind == ConditionKind::IsNull;
    if (Constant)
      return Decide((Number == 0) == Null);
    if (K == TermKind::Address || K == TermKind::Function || K == TermKind::Closure)
      return Decide(!Null);
    return Answer::Unknown;
  }
  case ConditionKind::FutureReady: {
    if (!AllNotes[F])
      return Answer::Unknown;
    auto Known = AllNotes[F]->ReadyAt.find(Operation);
    if (Known == AllNotes[F]->ReadyAt.end())
      return Answer::Unknown;
    // One of several that came out of an await together is as ready as the whole.
    bool Ready = llvm::any_of(Known->second, [&](TermIndex Item) {
      return Item == V || (K == TermKind::Address && Terms.kind(Item) == TermKind::Address &&
                           isWithin(Terms.get(V).A, Terms.get(Item).A));
    });
    return Ready ? Answer::Holds : Answer::Unknown;
  }
  case ConditionKind::JoinsHere: {
    if (!AllNotes[F] || K != TermKind::Address)
      return Answer::Unknown;
    auto Known = AllNotes[F]->WaitingAt.find(Operation);
    if (Known == AllNotes[F]->WaitingAt.end())
      return Answer::Unknown;
    return llvm::any_of(Known->second, [&](TermIndex H) { return isWithin(H, Terms.get(V).A); }) ? Answer::Holds
                                                                                                 : Answer::Unknown;
  }
  case ConditionKind::FileStream: {
    if (K == TermKind::Load && Terms.kind(Terms.get(V).A) == TermKind::Param) {
      const FunctionInfo &I = Functions[F];
      auto Params = I.Unit->slice(I.Unit->Params, I.Record->Params);
      std::uint32_t Number = Terms.get(Terms.get(V).A).A;
      return Number < Params.size() && (Params[Number].Flags & ParamFileStream) ? Answer::Holds : Answer::Unknown;
    }
    TermIndex At = K == TermKind::Address ? Terms.get(V).A : NoTerm;
    if (!At)
      return Answer::Unknown;
    const LinkedTerm &Node = Terms.get(At);
    if (Node.Kind == TermKind::Local) {
      const FunctionInfo &I = Functions[F];
      auto Locals = I.Unit->slice(I.Unit->Locals, I.Record->Locals);
      return Decide(Node.A < Locals.size() && (Locals[Node.A].Flags & LocalFileStream));
    }
    if (Node.Kind == TermKind::Field || Node.Kind == TermKind::Global)
      return Decide((SymbolFlagsOf.lookup(Node.Id) & SymFileStream) != 0);
    return Answer::Unknown;
  }
  case ConditionKind::FdNonblocking:
  case ConditionKind::ObjectNonblocking: {
    const TermSet &Made = known(F).NonblockingHere;
    if (V && llvm::is_contained(Made, V))
      return Answer::Holds;
    TermIndex At = K == TermKind::Load || K == TermKind::Address ? Terms.get(V).A : V;
    // One descriptor of several that were made so together: pipe2(ends, O_NONBLOCK).
    while (At && Terms.kind(At) == TermKind::Element) {
      At = Terms.get(At).A;
      if (llvm::is_contained(Made, const_cast<TermTable &>(Terms).address(At)))
        return Answer::Holds;
    }
    if (At && (Terms.kind(At) == TermKind::Field || Terms.kind(At) == TermKind::Global) &&
        NonblockingFields.contains(Terms.get(At).Id))
      return Answer::Holds;
    return Answer::Unknown;
  }
  }
  return Answer::Unknown;
}

bool Linker::admit(FunctionIndex F, BlockState &S, bool Final) const {
  llvm::SmallVector<BlockState::Open, 1> Left;
  for (const BlockState::Open &C : S.Conditions) {
    Answer A = ask(F, S.Operation, C);
    if (A == Answer::Unknown) {
      TermIndex Root = Terms.root(C.Value);
      TermKind K = Root ? Terms.kind(Root) : TermKind::Unknown;
      bool CallerKnows = !Final && (K == TermKind::Param || K == TermKind::This || K == TermKind::Capture);
      if (CallerKnows) {
        Left.push_back(C);
        continue;
      }
      // Flags that nobody knows: nothing is claimed. A time-out or descriptor that nobody knows most likely waits.
      if (C.Kind == ConditionKind::HasFlag || C.Requires)
        return false;
      S.Assumed = true;
      continue;
    }
    if ((A == Answer::Holds) != C.Requires)
      return false;
  }
  S.Conditions = std::move(Left);
  return true;
}

/// The operation itself blocks: the catalog or an annotation says so.
std::optional<Linker::BlockState> Linker::leaf(FunctionIndex F, std::uint32_t Operation) const {
  const FunctionInfo &I = Functions[F];
  const Op &O = I.Unit->Ops[I.Record->FirstOp + Operation];
  BlockState S;
  S.Operation = Operation;
  if (O.Blocking != NoIndex && (O.Kind == OpKind::Call || O.Kind == OpKind::Join)) {
    const Blocking &B = I.Unit->Blockings[O.Blocking];
    if (B.Category == BlockingCategory::Lock || B.Severity < 2)
      return std::nullopt;
    if (O.Kind == OpKind::Join && (O.Flags & OpInDestructor)) {
      // A destructor that waits if it has something to wait for: who made the handle knows.
      TermIndex Handle = AllNotes[F] ? AllNotes[F]->DestroyedAt.lookup(Operation) : NoTerm;
      if (!Handle)
        return std::nullopt;
      S.Conditions.push_back({ConditionKind::JoinsHere, true, const_cast<Linker *>(this)->Terms.address(Handle), 0});
    }
    S.Category = B.Category;
    S.Severity = B.Severity;
    S.What = &B;
    S.Unit = I.Unit;
    llvm::SmallVector<TermIndex, 1> Resolved;
    if (AllNotes[F])
      Resolved = AllNotes[F]->ConditionValues.lookup(Operation);
    unsigned Number = 0;
    for (const Condition &C : I.Unit->slice(I.Unit->Conditions, B.Conditions)) {
      TermIndex Value =
          Resolved.empty() ? const_cast<Linker *>(this)->Terms.import(*I.Unit, C.Value) : Resolved[Number];
      S.Conditions.push_back({C.Kind, C.Requires != 0, Value, C.Constant});
      ++Number;
    }
    return S;
  }
  if (O.Kind == OpKind::Call && O.Symbol && (Annotations.lookup(O.Symbol) & FnAnnotatedBlocking)) {
    S.Severity = 3;
    return S;
  }
  return std::nullopt;
}

static bool runsAtOnce(const Function &F) { return !(F.Flags & FnCoroutine); }

/// What a callee's state means to its caller.
std::optional<Linker::BlockState> Linker::through(FunctionIndex Caller, const CallEdge &E,
                                                  std::uint32_t StateNumber) {
  const Function &Callee = *Functions[E.Callee].Record;
  if (!runsAtOnce(Callee) || (Annotations.lookup(Callee.Id) & FnAnnotatedNonblocking))
    return std::nullopt;
  // Where the catalog knows the function, its body has nothing to add.
  if (!E.Via && op({Caller, E.Operation}).Blocking != NoIndex)
    return std::nullopt;
  // What was read by mistake twice is no way.
  const BlockState &Inner = BlockStates[E.Callee][StateNumber];
  // A callable that was made here: the way that knows what it captured decides.
  if (!E.Via && Inner.Foreign)
    for (const BlockState *K = &Inner; K->Next != NoFunction; K = &BlockStates[K->Next][K->NextState])
      for (const CallEdge &Passed : Edges[Caller])
        if (Passed.Bound && Passed.Operation == E.Operation && Passed.Callee == K->Next)
          return std::nullopt;
  BlockState S = Inner;
  S.Operation = E.Operation;
  S.Via = E.Via;
  S.Next = E.Callee;
  S.NextState = StateNumber;
  S.Foreign = Inner.Foreign || E.Foreign;
  S.Length = Inner.Length + 1;
  for (const Trace *T = E.Via ? E.Via->Inner : nullptr; T; T = T->Inner)
    ++S.Length;
  if (S.Conditions.empty())
    return S;
  const Binding *With = E.Via ? E.Bound : nullptr;
  if (!E.Via && AllNotes[Caller])
    if (auto B = AllNotes[Caller]->Bindings.find(E.Operation);
        B != AllNotes[Caller]->Bindings.end() && B->second.Callee == E.Callee)
      With = &B->second;
  for (BlockState::Open &C : S.Conditions)
    C.Value = With ? bindTerm(Terms, C.Value, *With) : NoTerm;
  return S;
}

/// Operations that block by themselves, the worst first.
void Linker::findBlocking(std::vector<std::pair<FunctionIndex, BlockState>> (&Found)[2]) {
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    const FunctionInfo &I = Functions[F];
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (std::uint32_t N = B.Ops.First; N < B.Ops.First + B.Ops.Count; ++N) {
        const Op &O = I.Unit->Ops[N];
        if (O.Blocking == NoIndex && (O.Kind != OpKind::Call || Annotations.empty()))
          continue;
        if (auto S = leaf(F, N - I.Record->FirstOp); S && (S->Severity == 3 || S->Severity == 2))
          Found[3 - S->Severity].emplace_back(F, std::move(*S));
      }
  }
}

void Linker::spreadBlocking() {
  BlockStates.resize(Functions.size());
  std::vector<std::pair<FunctionIndex, BlockState>> Leaves[2];
  findBlocking(Leaves);
  Callers Calling(Edges);
  // By function, which categories block for certain, by its own calls and by those of callables that it was given.
  std::vector<std::uint8_t> Certain(Functions.size(), 0);
  auto Bit = [](BlockingCategory Category, bool Foreign) {
    return static_cast<std::uint8_t>(1u << (2 * static_cast<unsigned>(Category) + Foreign));
  };
  auto Alternatives = [&](FunctionIndex Caller, std::uint32_t Operation) {
    return llvm::count_if(Edges[Caller], [&](const CallEdge &E) { return !E.Via && E.Operation == Operation; });
  };
  auto Keep = [&](FunctionIndex F, BlockState S) -> bool {
    if (!admit(F, S, /*Final=*/false))
      return false;
    unsigned Same = 0;
    for (const BlockState &K : BlockStates[F])
      if (K.Category == S.Category && K.Foreign == S.Foreign && (!K.Assumed || S.Assumed)) {
        if (K.Conditions.empty())
          return false; // shorter or worse already
        ++Same;
      }
    if (Same >= 3)
      return false;
    if (S.Conditions.empty() && !S.Assumed)
      Certain[F] |= Bit(S.Category, S.Foreign);
    BlockStates[F].push_back(std::move(S));
    return true;
  };
  for (auto &Worst : Leaves) {
    std::queue<std::pair<FunctionIndex, std::uint32_t>> Work;
    auto Enter = [&](FunctionIndex F, BlockState S) {
      if (Keep(F, std::move(S)))
        Work.push({F, static_cast<std::uint32_t>(BlockStates[F].size() - 1)});
    };
    for (auto &[F, S] : Worst)
      Enter(F, std::move(S));
    while (!Work.empty()) {
      auto [F, Number] = Work.front();
      Work.pop();
      for (auto [Caller, Edge, Foreign] : Calling.of(F)) {
        const BlockState &Inner = BlockStates[F][Number];
        // Keep would turn it down, whatever comes of it.
        if (Certain[Caller] & Bit(Inner.Category, Inner.Foreign || Foreign))
          continue;
        const CallEdge &E = Edges[Caller][Edge];
        // A virtual call blocks if whatever may run does.
        if (!E.Via && (op({Caller, E.Operation}).Flags & OpVirtual) && Alternatives(Caller, E.Operation) > 1) {
          BlockingCategory Category = Inner.Category;
          bool All = llvm::all_of(Edges[Caller], [&](const CallEdge &K) {
            return K.Via || K.Operation != E.Operation ||
                   llvm::any_of(BlockStates[K.Callee], [&](const BlockState &S) { return S.Category == Category; });
          });
          if (!All)
            continue;
        }
        if (auto S = through(Caller, E, Number))
          Enter(Caller, std::move(*S));
      }
    }
  }
}

std::vector<Linker::BlockState> Linker::statesAt(FunctionIndex F, std::uint32_t Operation, BlockingCategory Category) {
  std::vector<BlockState> Found;
  if (auto S = leaf(F, Operation); S && S->Category == Category && admit(F, *S, true))
    Found.push_back(std::move(*S));
  std::vector<BlockState> Deeper;
  unsigned Ways = 0, Blocked = 0;
  for (const CallEdge &E : Edges[F]) {
    if (E.Operation != Operation)
      continue;
    Ways += !E.Via;
    bool Any = false;
    for (std::uint32_t K = 0; K < BlockStates[E.Callee].size(); ++K) {
      if (BlockStates[E.Callee][K].Category != Category)
        continue;
      auto S = through(F, E, K);
      if (!S || !admit(F, *S, true))
        continue;
      Any = true;
      Deeper.push_back(std::move(*S));
    }
    Blocked += Any && !E.Via;
  }
  if (Ways > 1 && Blocked < Ways)
    llvm::erase_if(Deeper, [](const BlockState &S) { return !S.Via; });
  llvm::append_range(Found, Deeper);
  llvm::stable_sort(Found, [](const BlockState &A, const BlockState &B) {
    // The worst first, then what is certain, then the shortest way.
    return std::make_tuple(-int(A.Severity), A.Assumed, A.Length) <
           std::make_tuple(-int(B.Severity), B.Assumed, B.Length);
  });
  return Found;
}

BlockingPath Linker::path(FunctionIndex F, const BlockState &First) const {
  BlockingPath P;
  const BlockState *S = &First;
  for (unsigned Depth = 0; S && Depth < 200; ++Depth) {
    P.Steps.push_back({F, S->Operation});
    for (const Trace *T = S->Via ? S->Via->Inner : nullptr; T; T = T->Inner)
      P.Steps.push_back(T->Step);
    P.What = S->What;
    P.Unit = S->Unit;
    if (S->Next == NoFunction)
      break;
    F = S->Next;
    S = &BlockStates[S->Next][S->NextState];
  }
  return P;
}

} // namespace threadbare
