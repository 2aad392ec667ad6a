// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where coroutines run, and which asynchronous functions are threads underneath.
#include "link/Linker.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

static bool isAwaitSuspend(const FunctionInfo &I, const Op &O) {
  return O.Kind == OpKind::Call && I.Unit->string(O.Name).ends_with("await_suspend");
}

/// Where control is at each operation of a coroutine that starts at home: a switch moves it, for as long as the
/// ecosystem says.
std::vector<Linker::Where> Linker::whereEach(FunctionIndex F) {
  const FunctionInfo &I = Functions[F];
  auto Blocks = I.Unit->slice(I.Unit->Blocks, I.Record->Blocks);
  std::uint32_t Count = 0;
  for (const Block &B : Blocks)
    Count = std::max(Count, B.Ops.First - I.Record->FirstOp + B.Ops.Count);
  std::vector<Where> At(Count, Where::Unset);
  if (Blocks.empty())
    return At;
  struct Now {
    Where W = Where::Unset;
    bool Sticky = false; ///< until the next asynchronous await
    bool Handed = false; ///< await_suspend gave the coroutine to another thread
  };
  Where Start = Home[F] == Where::Unset ? Where::Loop : Home[F];
  std::vector<Now> In(Blocks.size());
  In[0].W = Start;
  std::vector<std::uint32_t> Work{0};
  unsigned Budget = 32 * static_cast<unsigned>(Blocks.size()) + 256;
  while (!Work.empty() && Budget--) {
    std::uint32_t N = Work.back();
    Work.pop_back();
    Now S = In[N];
    for (std::uint32_t K = 0; K < Blocks[N].Ops.Count; ++K) {
      const Op &O = I.Unit->Ops[Blocks[N].Ops.First + K];
      At[Blocks[N].Ops.First - I.Record->FirstOp + K] = S.W;
      if (isAwaitSuspend(I, O)) {
        // An awaiter of the project's own: does it hand the coroutine to a thread?
        FunctionIndex Callee = resolve(*I.Unit, O.Symbol);
        if (Callee != NoFunction)
          S.Handed = llvm::any_of(known(Callee).Spawns, [](const SpawnEffect &E) {
            return E.Kind == ExecutorKind::Thread || E.Kind == ExecutorKind::Pool;
          });
      }
      if (O.Kind != OpKind::Await)
        continue;
      switch (static_cast<SwitchKind>(O.Sub)) {
      case SwitchKind::ToPool:
        S.W = Where::Pool;
        S.Sticky = O.Flags & OpSticky;
        break;
      case SwitchKind::ToLoop:
        S.W = Where::Loop;
        S.Sticky = false;
        break;
      case SwitchKind::Unknown:
        S.W = Where::Unknown;
        S.Sticky = O.Flags & OpSticky;
        break;
      case SwitchKind::None:
        if (S.Handed)
          S.W = Where::Pool;
        else if (S.Sticky)
          S.W = Start;
        S.Sticky = false;
        break;
      }
      S.Handed = false;
    }
    for (std::uint32_t Next : I.Unit->list(Blocks[N].Successors)) {
      Now &Into = In[Next];
      Now Old = Into;
      if (Into.W == Where::Unset)
        Into = S;
      else if (Into.W != S.W)
        Into.W = Where::Unknown;
      Into.Sticky |= S.Sticky;
      if (Into.W != Old.W || Into.Sticky != Old.Sticky)
        Work.push_back(Next);
    }
  }
  return At;
}

void Linker::findContexts() {
  Home.assign(Functions.size(), Where::Unset);
  // The executor of each call may be another one.
  for (FunctionIndex F = 0; F < Functions.size(); ++F)
    if (Functions[F].Record->Flags & FnExecutorGiven)
      Home[F] = Where::Unknown;
  llvm::DenseMap<FunctionIndex, std::vector<const StartOf *>> ByCoroutine;
  for (const auto &N : AllNotes)
    if (N)
      for (const StartOf &S : N->Starts)
        ByCoroutine[S.Coroutine].push_back(&S);
  // A coroutine runs on a loop unless every place that starts it is a pool. Starts that inherit depend on others:
  // go on until nothing changes; a cycle of coroutines that only start each other is on a loop.
  for (unsigned Round = 0; Round < 16; ++Round) {
    bool Changed = false;
    for (auto &[F, List] : ByCoroutine) {
      if (Functions[F].Record->Flags & FnExecutorGiven)
        continue;
      Where W = Where::Unset;
      for (const StartOf *S : List) {
        Where Here = Where::Loop;
        if (S->Inherits) {
          const Function &By = *Functions[S->By].Record;
          if (By.Flags & FnCoroutine) {
            std::vector<Where> At = whereEach(S->By);
            Here = S->Operation < At.size() ? At[S->Operation] : Where::Loop;
          }
        } else if (S->On == ExecutorKind::Pool || S->On == ExecutorKind::Thread || S->On == ExecutorKind::Team) {
          Here = Where::Pool;
        } else if (S->ByHand) {
          Here = Where::Unknown;
        }
        W = std::max(W, Here);
      }
      if (!closed(F))
        W = Where::Loop;
      if (Home[F] != W) {
        Home[F] = W;
        Changed = true;
      }
    }
    if (!Changed)
      break;
  }
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    const FunctionInfo &I = Functions[F];
    if (!(I.Record->Flags & FnCoroutine) || (I.Record->Flags & FnGenerator) ||
        (Annotations.lookup(I.Record->Id) & FnAnnotatedNonblocking))
      continue;
    std::vector<Where> At;
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (std::uint32_t N = 0; N < B.Ops.Count; ++N) {
        std::uint32_t Operation = B.Ops.First - I.Record->FirstOp + N;
        for (BlockingCategory Category : {BlockingCategory::Blocking, BlockingCategory::SyncWait}) {
          auto States = statesAt(F, Operation, Category);
          if (States.empty())
            continue;
          if (At.empty())
            At = whereEach(F);
          if (At[Operation] == Where::Loop)
            BlockedLoops[Category == BlockingCategory::SyncWait].push_back({F, path(F, States.front())});
          else if (At[Operation] == Where::Unknown)
            ++Silences["a blocking call in a coroutine whose executor is not known"];
        }
      }
  }
}

/// Whether a coroutine is but another name for work that runs elsewhere: it awaits that work (\p Operation, or what
/// follows its own switches) and nothing else. One that hands work over and goes on, or that waits for other things
/// too, is a caller of the pool, as it should be. \p HandOvers: operations that give something to a thread.
static bool onlyAwaits(const FunctionInfo &I, std::optional<std::uint32_t> Operation,
                       const llvm::DenseSet<std::uint32_t> &HandOvers) {
  auto Own = I.Unit->slice(I.Unit->Blocks, I.Record->Blocks);
  const Op *Ops = I.Unit->Ops.data() + I.Record->FirstOp;
  if (Operation && !(Ops[*Operation].Flags & OpAwaited) && !isAwaitSuspend(I, Ops[*Operation]))
    return false;
  unsigned Awaits = 0, ToPools = 0, Hops = 0;
  for (std::uint32_t Number : HandOvers) {
    ToPools += (Ops[Number].Flags & OpAwaited) != 0;
    Hops += isAwaitSuspend(I, Ops[Number]);
  }
  for (const Block &B : Own)
    for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops))
      Awaits += suspends(*I.Unit, O) && static_cast<SwitchKind>(O.Sub) == SwitchKind::None;
  // Awaiters of the project's own: what goes to a pool by one comes back by another.
  return Awaits <= ToPools + (Hops ? Hops + !Operation : 0);
}

/// The call whose result an operation returns: as it is, or what came of awaiting it.
static std::optional<std::uint32_t> returnedCall(const UnitSummary &Unit, const Op &O) {
  if (O.Kind != OpKind::Return || !O.B || Unit.Terms[O.B].Kind != TermKind::Result)
    return std::nullopt;
  return Unit.Terms[O.B].A;
}

/// Those that only await a coroutine with a hidden thread and return what comes of it, or return the coroutine itself,
/// have the same thread behind them. (Whoever returns another's future is seen where the work is handed over.)
void Linker::findWrappers() {
  llvm::DenseMap<FunctionIndex, std::size_t> Known;
  for (std::size_t N = 0; N < Hidden.size(); ++N)
    Known[Hidden[N].Function] = N;
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    const FunctionInfo &I = Functions[F];
    const Function &R = *I.Record;
    if (!(R.Flags & FnReturnsAsync) || (R.Flags & (FnGenerator | FnMain)) || Known.contains(F) ||
        (Annotations.lookup(R.Id) & FnAnnotatedOffloads))
      continue;
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, R.Blocks))
      for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops)) {
        auto Call = returnedCall(*I.Unit, O);
        if (!Call || (op({F, *Call}).Flags & OpVirtual))
          continue;
        auto Wrapped = Known.find(CalledAt[I.Number][R.FirstOp + *Call]);
        if (Wrapped == Known.end())
          continue;
        bool Wraps = R.Flags & FnCoroutine ? onlyAwaits(I, *Call, {*Call})
                                           : (Functions[Wrapped->first].Record->Flags & FnCoroutine) != 0;
        if (!Wraps || (!Hidden.empty() && Hidden.back().Function == F))
          continue;
        HiddenThread T = Hidden[Wrapped->second];
        T.Function = F;
        T.HandOver.insert(T.HandOver.begin(), {F, *Call});
        T.Wraps = Wrapped->first;
        Hidden.push_back(std::move(T));
      }
  }
}

void Linker::findHiddenThreads() {
  llvm::DenseSet<FunctionIndex> Found;
  auto Blocks = [&](FunctionIndex F) -> std::optional<BlockingPath> {
    const FunctionInfo &I = Functions[F];
    if (I.Record->Flags & FnCoroutine) {
      // A coroutine that was started there: whatever it calls, it calls there.
      for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
        for (std::uint32_t N = 0; N < B.Ops.Count; ++N)
          for (const BlockState &S :
               statesAt(F, B.Ops.First - I.Record->FirstOp + N, BlockingCategory::Blocking))
            if (!S.Foreign)
              return path(F, S);
      return std::nullopt;
    }
    for (const BlockState &S : BlockStates[F])
      if (S.Category == BlockingCategory::Blocking && !S.Foreign) {
        BlockState Copy = S;
        if (admit(F, Copy, true))
          return path(F, Copy);
      }
    return std::nullopt;
  };
  // Direct hand-overs first: what wraps one is judged by it.
  std::vector<HandOver> HandOvers;
  for (FunctionIndex F : Order)
    if (AllNotes[F])
      llvm::append_range(HandOvers, AllNotes[F]->HandOvers);
  llvm::stable_sort(HandOvers, [](const HandOver &A, const HandOver &B) {
    auto Length = [](const Trace *T) {
      unsigned N = 0;
      for (; T; T = T->Inner)
        ++N;
      return N;
    };
    return Length(A.Via) < Length(B.Via);
  });
  llvm::DenseMap<FunctionIndex, llvm::DenseSet<std::uint32_t>> ToThreads;
  for (const HandOver &H : HandOvers)
    if (H.Kind == ExecutorKind::Thread || H.Kind == ExecutorKind::Pool)
      ToThreads[H.In].insert(H.Operation);
  for (const HandOver &H : HandOvers) {
    const Function &F = *Functions[H.In].Record;
    if (H.Kind != ExecutorKind::Thread && H.Kind != ExecutorKind::Pool)
      continue;
    if ((F.Flags & FnCoroutine) && !onlyAwaits(Functions[H.In], H.Operation, ToThreads[H.In]))
      continue;
    bool Async = (F.Flags & FnReturnsAsync) || H.CallsParameter;
    if (!Async || (F.Flags & (FnMain | FnConstructor | FnDestructor)) || Found.contains(H.In))
      continue;
    for (const Effects::Target &K : H.Targets) {
      bool Own = K.Binder == H.In;
      if (!Own && !H.ReturnsCallee && !H.CallsParameter && !H.FulfilsResult)
        continue;
      auto P = Blocks(K.Function);
      if (!P)
        continue;
      HiddenThread T;
      T.Function = H.In;
      for (const Trace *Via = H.Via; Via; Via = Via->Inner)
        T.HandOver.push_back(Via->Step);
      T.On = H.Kind;
      T.Body = K.Function;
      T.Blocks = std::move(*P);
      if (!Own)
        for (const CallEdge &E : Edges[H.In])
          if (!E.Via && E.Operation == H.Operation && Found.contains(E.Callee))
            T.Wraps = E.Callee;
      Found.insert(H.In);
      Hidden.push_back(std::move(T));
      break;
    }
  }
  // Coroutines that go to a pool themselves and block there.
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    const FunctionInfo &I = Functions[F];
    if (!(I.Record->Flags & FnCoroutine) || (I.Record->Flags & FnGenerator) || Found.contains(F) ||
        Home[F] == Where::Pool)
      continue;
    bool Switches = false;
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops))
        Switches |= (O.Kind == OpKind::Await && static_cast<SwitchKind>(O.Sub) == SwitchKind::ToPool) ||
                    isAwaitSuspend(I, O);
    if (!Switches || !onlyAwaits(I, std::nullopt, ToThreads[F]))
      continue;
    std::vector<Where> At = whereEach(F);
    for (std::uint32_t N = 0; N < At.size() && !Found.contains(F); ++N) {
      if (At[N] != Where::Pool)
        continue;
      for (const BlockState &S : statesAt(F, N, BlockingCategory::Blocking)) {
        if (S.Foreign)
          continue;
        HiddenThread T;
        T.Function = F;
        T.On = ExecutorKind::Pool;
        for (std::uint32_t K = N; K-- > 0;)
          if (op({F, K}).Kind == OpKind::Await && At[K] != Where::Pool) {
            T.HandOver.push_back({F, K});
            break;
          }
        T.Blocks = path(F, S);
        Found.insert(F);
        Hidden.push_back(std::move(T));
        break;
      }
    }
  }
  // A lambda of its own, or a function object, that a function calls to start its operation is a part of it.
  auto IsPart = [&](const HiddenThread &T) {
    const FunctionInfo &I = Functions[T.Function];
    bool Lambda = I.Record->Flags & FnLambda, Object = I.Unit->string(I.Record->Name).ends_with("::operator()");
    return (Lambda || Object) && llvm::any_of(Hidden, [&](const HiddenThread &Whole) {
             return Whole.Wraps == T.Function && (Object || Functions[Whole.Function].Record->Id == I.Record->Parent);
           });
  };
  llvm::DenseSet<FunctionIndex> Parts;
  for (const HiddenThread &T : Hidden)
    if (IsPart(T))
      Parts.insert(T.Function);
  llvm::erase_if(Hidden, [&](const HiddenThread &T) { return Parts.contains(T.Function); });
}

} // namespace threadbare
