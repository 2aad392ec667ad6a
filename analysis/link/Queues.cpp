// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pools of the project's own. A thread that takes callables out of a container (or off a list) and calls them makes a
// task queue of that container: whatever is put there is handed to that thread. What is taken and how it is called is
// written down as the worker sees it, with a hole where the element stood; at each place that puts something there, the
// element fills the hole.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

/// The location that stands for the element of a queue.
static TermIndex hole(TermTable &T) { return T.make({TermKind::Object, 0, ~0u, 0, 0, {}}); }

/// The field or variable that a location is, or is reached through at the last.
static TermIndex keyOf(const TermTable &T, TermIndex At) {
  while (At)
    switch (T.kind(At)) {
    case TermKind::Element:
    case TermKind::Pointee:
    case TermKind::Load:
    case TermKind::Address:
      At = T.get(At).A;
      continue;
    case TermKind::Field:
    case TermKind::Global:
      return At;
    default:
      return NoTerm;
    }
  return NoTerm;
}

/// Names of fields on the way to a container, the innermost first.
static llvm::SmallVector<SymbolId, 4> pathOf(const TermTable &T, TermIndex At) {
  llvm::SmallVector<SymbolId, 4> Path;
  while ((At = keyOf(T, At))) {
    Path.push_back(T.get(At).Id);
    if (T.kind(At) == TermKind::Global)
      break;
    At = T.get(At).A;
  }
  return Path;
}

/// Puts \p Element in the place of \p Slot, and \p Value in the place of what is there. What else speaks of the function
/// that \p Index is from is dropped.
static TermIndex refill(TermTable &T, TermIndex Index, TermIndex Slot, TermIndex Element, TermIndex Value,
                        bool Here = false) {
  if (!Index)
    return NoTerm;
  if (Index == Slot)
    return Element;
  LinkedTerm Node = T.get(Index);
  auto Part = [&](TermIndex I) { return refill(T, I, Slot, Element, Value, Here); };
  switch (Node.Kind) {
  case TermKind::Field:
    return T.field(Part(Node.A), Node.Id);
  case TermKind::Element:
    return T.element(Part(Node.A), Node.B, Node.Flags);
  case TermKind::Pointee: {
    TermIndex Pointer = Part(Node.A);
    return Pointer && Pointer != Node.A ? T.pointee(Pointer) : Pointer ? Index : NoTerm;
  }
  case TermKind::Address:
    return T.address(Part(Node.A));
  case TermKind::Load:
    if (Value && Node.A == Slot)
      return Value;
    return T.load(Part(Node.A));
  case TermKind::Bound:
    Node.A = Part(Node.A);
    if (!Node.A)
      return NoTerm;
    for (TermIndex &Item : Node.List)
      Item = Part(Item);
    return T.make(std::move(Node));
  case TermKind::Global:
  case TermKind::Constant:
  case TermKind::Function:
    return Index;
  case TermKind::Object:
    return Here || Node.A == ~0u ? Index : NoTerm;
  default:
    return Here ? Index : NoTerm;
  }
}

/// How many containers one in another an element is in.
static unsigned depthOf(const TermTable &T, TermIndex Element) {
  unsigned Depth = 0;
  while (Element && (T.kind(Element) == TermKind::Element || T.kind(Element) == TermKind::Pointee ||
                     T.kind(Element) == TermKind::Load)) {
    Depth += T.kind(Element) == TermKind::Element;
    Element = T.get(Element).A;
  }
  return Depth;
}

bool Linker::isListNode(SymbolId Id) const { return SymbolFlagsOf.lookup(Id) & SymListNode; }

/// Where a queue's workers have been joined, its tasks are done.
void Frame::joinTasks(State &S) const {
  if (L.Queues.empty())
    return;
  for (std::size_t I = 0; I < Instances.size(); ++I) {
    if (S.Lives[I] != Running || !Instances[I].Spawn->Queue)
      continue;
    auto It = L.Queues.find(Instances[I].Spawn->Queue);
    if (It == L.Queues.end())
      continue;
    // Of the same pool, as far as both can be named here.
    auto Drains = [&](const SpawnEffect &Worker) {
      TermIndex On = Instances[I].Spawn->On;
      return !On || llvm::any_of(Worker.Body.Pending, [&](const PendingCall &P) {
        return T.mentions(P.Callee, [&](const LinkedTerm &Node) {
          return Node.Kind == TermKind::Element && keyOf(T, Node.A) == On;
        });
      });
    };
    for (std::size_t W = 0; W < Instances.size(); ++W)
      if (S.Lives[W] == Joined && !Instances[W].Spawn->Over && Drains(*Instances[W].Spawn) && llvm::any_of(It->second, [&](const TaskQueue &Q) {
            return llvm::is_contained(Q.Starts, leafOf(Instances[W].Spawn->Via));
          }))
        S.Lives[I] = Joined;
  }
}

/// The calls that a thread started here makes of what it was not given itself.
void Frame::noteQueues() {
  for (const Instance &I : Instances) {
    const SpawnEffect &S = *I.Spawn;
    if (S.Kind != ExecutorKind::Thread && S.Kind != ExecutorKind::Pool && S.Kind != ExecutorKind::Team)
      continue;
    if (S.Queue)
      continue; // what a task calls of tables and lists is its own business: the workers are others
    for (const PendingCall &P : S.Body.Pending) {
      // Where what is called was found.
      TermIndex Callee = P.Callee, At = NoTerm;
      SymbolId Method = 0;
      if (T.kind(Callee) == TermKind::Load) {
        At = T.get(Callee).A;
      } else if (T.kind(Callee) == TermKind::Bound && !T.get(Callee).List.empty()) {
        Method = T.get(T.get(Callee).A).Id;
        TermIndex Object = T.get(Callee).List.front();
        At = Object ? T.pointee(Object) : NoTerm;
      }
      TermIndex Slot = NoTerm, Outer = NoTerm;
      llvm::SmallVector<SymbolId, 2> Keys;
      for (TermIndex N = At; N; N = T.get(N).A) {
        TermKind K = T.kind(N);
        if (K == TermKind::Element) {
          if (TermIndex Container = keyOf(T, N)) {
            Slot = N;
            Keys.push_back(T.get(Container).Id);
          }
          break;
        }
        if (K == TermKind::Pointee) {
          TermIndex Pointer = T.get(N).A;
          TermIndex Head = Pointer && T.kind(Pointer) == TermKind::Load ? T.get(Pointer).A : NoTerm;
          bool Named = Head && (T.kind(Head) == TermKind::Field || T.kind(Head) == TermKind::Global);
          // A node that is found from a thread's own argument is that thread's business, not a list.
          TermIndex Root = T.root(N);
          bool Shared = Root && (T.kind(Root) == TermKind::Global || T.kind(Root) == TermKind::This ||
                                 T.kind(Root) == TermKind::Param || T.kind(Root) == TermKind::Local ||
                                 T.kind(Root) == TermKind::Object || T.kind(Root) == TermKind::Result);
          if (Named && Shared && Outer && T.kind(Outer) == TermKind::Field && L.isListNode(T.get(Outer).Id)) {
            Slot = N;
            Keys.push_back(T.get(Outer).Id);
            break;
          }
          if (Named && Shared && Method && N == At && L.isListNode(L.MethodClass.lookup(Method))) {
            Slot = N;
            Keys.push_back(T.get(Head).Id);
            if (TermIndex Before = T.get(Head).A;
                T.kind(Head) == TermKind::Field && T.kind(Before) == TermKind::Pointee)
              if (TermIndex First = keyOf(T, Before))
                Keys.push_back(T.get(First).Id);
            break;
          }
        } else if (K != TermKind::Field && K != TermKind::Load) {
          break;
        }
        Outer = N;
      }
      if (!Slot)
        continue;
      TaskQueue Q;
      Q.Callee = refill(T, Callee, Slot, hole(T), NoTerm);
      if (!Q.Callee)
        continue;
      for (TermIndex A : P.Args)
        Q.Args.push_back(refill(T, A, Slot, hole(T), NoTerm));
      Q.Listener = !P.Args.empty() && llvm::none_of(Q.Args, [&](TermIndex A) {
        return A && (A == hole(T) || T.root(A) == hole(T) || T.kind(A) == TermKind::Constant);
      });
      Q.Element = T.kind(Slot) == TermKind::Element;
      Q.Virtual = Method != 0;
      if (Q.Element) {
        Q.Container = keyOf(T, Slot);
        Q.Depth = depthOf(T, Slot);
      }
      Q.Handles = S.Handles;
      Q.Several = S.Many || I.Repeats;
      Q.OfMany = Q.Container && T.mentions(Q.Container, [](const LinkedTerm &Node) {
        return Node.Kind == TermKind::Element || (Node.Flags & TermThreadOwn) != 0;
      });
      Q.Starts.push_back(leafOf(S.Via));
      for (SymbolId Key : Keys)
        L.notes(F).Queues.emplace_back(Key, Q);
    }
  }
}

bool Linker::drains(TermIndex Container) const {
  auto Path = pathOf(Terms, Container);
  if (Path.empty())
    return true;
  auto It = Queues.find(Path.front());
  if (It == Queues.end())
    return true;
  return llvm::any_of(It->second, [&](const TaskQueue &Q) {
    auto Other = pathOf(Terms, Q.Container);
    std::size_t Common = std::min(Path.size(), Other.size());
    return std::equal(Path.begin(), Path.begin() + Common, Other.begin());
  });
}

/// A callable put where a thread takes callables from is handed to that thread.
bool Frame::readEnqueue(std::uint32_t Number, const Op &O, OpEffects &E) {
  if (L.Queues.empty())
    return false;
  TermIndex To = resolve(import(O.A)), Value = resolve(import(O.B));
  if (!To || !Value || (T.kind(Value) == TermKind::Constant))
    return false;
  SymbolId Queue = 0;
  auto Put = [&](const TaskQueue &Q, TermIndex Element, TermIndex Stored, bool Whole) {
    TermIndex Callee = Whole ? resolve(refill(T, Q.Callee, hole(T), Element, Stored, true)) : Value;
    if (!Callee)
      return;
    SpawnEffect S;
    S.Kind = ExecutorKind::Pool;
    S.Anonymous = true;
    S.Queue = Queue;
    S.Listener = Q.Listener;
    S.Sequential = !Q.Several;
    S.OfMany = Q.OfMany;
    S.Via = trace(Number);
    if (Q.Element) {
      // A part of an element, filled in where it stands, is put into the element's container.
      S.On = keyOf(T, Whole ? To : Element);
      if (!L.drains(S.On))
        return;
      // The workers' handles, where they belong to the object that the queue belongs to.
      TermIndex There = T.kind(Q.Container) == TermKind::Field ? T.get(Q.Container).A : NoTerm;
      TermIndex Mine = T.kind(S.On) == TermKind::Field ? T.get(S.On).A : NoTerm;
      if (!There || Mine)
        for (TermIndex H : Q.Handles)
          insertSorted(S.Handles, refill(T, H, There, Mine, NoTerm));
    } else {
      for (TermIndex H : Q.Handles)
        insertSorted(S.Handles, refill(T, H, hole(T), hole(T), NoTerm));
    }
    llvm::SmallVector<TermIndex, 4> Args;
    for (TermIndex A : Q.Args)
      Args.push_back(A ? resolve(refill(T, A, hole(T), Element, Stored, true)) : NoTerm);
    // The same thing put at the head and at the tail is put once.
    if (!Enqueued.insert({Callee, Args.empty() ? NoTerm : Args.front()}).second)
      return;
    invoke(Callee, Args, NoCircumstances, trace(Number), S.Body, nullptr, 0);
    followHandles(S);
    E.Spawns.push_back(std::move(S));
  };
  auto Each = [&](TermIndex Key, bool Element, auto Visit) {
    if (!Key || (T.kind(Key) != TermKind::Field && T.kind(Key) != TermKind::Global))
      return;
    Queue = T.get(Key).Id;
    if (auto It = L.Queues.find(Queue); It != L.Queues.end())
      for (const TaskQueue &Q : It->second)
        if (Q.Element == Element)
          Visit(Q);
  };
  auto Before = E.Spawns.size();
  if (T.kind(To) == TermKind::Element) {
    TermIndex Element = T.kind(Value) == TermKind::Load ? T.get(Value).A : To;
    Each(keyOf(T, To), true, [&](const TaskQueue &Q) {
      if (Q.Depth == depthOf(T, To))
        Put(Q, Element, Value, true);
    });
  } else {
    // A node of a list gets its function, or a list of objects gets another.
    Each(To, false, [&](const TaskQueue &Q) {
      if (Q.Virtual)
        Put(Q, T.pointee(Value), NoTerm, true);
      else if (T.kind(To) == TermKind::Field)
        Put(Q, T.get(To).A, NoTerm, false);
    });
  }
  // One part of an element that is filled in where it stands.
  for (TermIndex N = To; N && (T.kind(N) == TermKind::Field || T.kind(N) == TermKind::Element);) {
    N = T.get(N).A;
    if (N && T.kind(N) == TermKind::Element)
      Each(keyOf(T, N), true, [&](const TaskQueue &Q) {
        if (refill(T, Q.Callee, hole(T), N, NoTerm, true) == T.load(To))
          Put(Q, N, NoTerm, false);
      });
  }
  return E.Spawns.size() != Before;
}

/// Whether a callable was taken from what some thread works off.
bool Frame::isFromQueue(TermIndex Callee) const {
  if (L.Queues.empty())
    return false;
  auto Known = [&](TermIndex Key, bool Element) {
    if (!Key || (T.kind(Key) != TermKind::Field && T.kind(Key) != TermKind::Global))
      return false;
    auto It = L.Queues.find(T.get(Key).Id);
    return It != L.Queues.end() && llvm::any_of(It->second, [&](const TaskQueue &Q) { return Q.Element == Element; });
  };
  bool From = false;
  T.mentions(Callee, [&](const LinkedTerm &Node) {
    if (Node.Kind == TermKind::Element)
      From |= Known(keyOf(T, Node.A), true);
    else if (Node.Kind == TermKind::Field && T.kind(Node.A) == TermKind::Pointee)
      if (auto It = L.Queues.find(Node.Id); It != L.Queues.end())
        From |= llvm::any_of(It->second, [&](const TaskQueue &Q) { return !Q.Element; });
    return From;
  });
  return From;
}

/// A pool that is made with one thread, by what its constructor is told.
void Frame::noteSinglePools() {
  for (std::uint32_t I = 0; I < Count; ++I) {
    const Op &O = Unit.Ops[Record.FirstOp + I];
    if (O.Kind != OpKind::Call || !(O.Flags & OpConstructor) || !O.A)
      continue;
    auto One = [&](TermIndex A) {
      TermIndex V = resolve(import(A));
      return V && T.kind(V) == TermKind::Constant && T.get(V).Id == 1;
    };
    auto List = Unit.list(O.List);
    if (llvm::count_if(List, One) != 1)
      continue;
    TermIndex At = resolve(import(O.A));
    if (At && (T.kind(At) == TermKind::Field || T.kind(At) == TermKind::Global))
      L.SinglePools.insert(T.get(At).Id);
    if (!At)
      continue;
    for (Instance &Task : Instances)
      for (TermIndex N = Task.Spawn->Anonymous ? Task.Spawn->On : NoTerm; N;
           N = T.kind(N) == TermKind::Field || T.kind(N) == TermKind::Element || T.kind(N) == TermKind::Pointee ||
                       T.kind(N) == TermKind::Load
                   ? T.get(N).A
                   : NoTerm)
        Task.Spawn->Sequential |= N == At;
  }
  for (Instance &Task : Instances)
    if (Task.Spawn->Anonymous)
      for (SymbolId Id : pathOf(T, Task.Spawn->On))
        Task.Spawn->Sequential |= L.SinglePools.contains(Id);
}

static void addQueue(llvm::SmallVector<TaskQueue, 1> &Known, const TaskQueue &Q) {
  for (TaskQueue &K : Known)
    if (K.Callee == Q.Callee && K.Container == Q.Container) {
      K.Several |= Q.Several || K.Starts.front() != Q.Starts.front();
      if (!llvm::is_contained(K.Starts, Q.Starts.front()))
        K.Starts.push_back(Q.Starts.front());
      for (TermIndex H : Q.Handles)
        insertSorted(K.Handles, H);
      return;
    }
  constexpr std::size_t MostKinds = 4; // of callables in one container
  if (Known.size() < MostKinds)
    Known.push_back(Q);
}

/// What functions found out about queues changes what their users do; false if it was known.
bool Linker::learnQueues() {
  std::map<SymbolId, llvm::SmallVector<TaskQueue, 1>> Found;
  for (FunctionIndex F : Order)
    if (AllNotes[F])
      for (const auto &[Key, Q] : AllNotes[F]->Queues)
        addQueue(Found[Key], Q);
  auto SameQueue = [](const TaskQueue &A, const TaskQueue &B) {
    return A.Several == B.Several && A.Handles == B.Handles;
  };
  bool New = llvm::any_of(Found, [&](const auto &Item) {
    auto It = Queues.find(Item.first);
    return It == Queues.end() || !llvm::equal(It->second, Item.second, SameQueue);
  });
  if (New)
    Queues = std::move(Found);
  return New;
}

} // namespace threadbare
