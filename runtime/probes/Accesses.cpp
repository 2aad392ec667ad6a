// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which instructions belong to a place? A finding names where an expression begins: the 's' of `stats.hits++`. Debug
// information names the operator, further right on the line. So a place's accesses are those at the first column from
// there on where a number is accessed, or changed by computing from what it was, if a change is wanted. Pointers on the
// way to it (`this`, an iterator) are no numbers, and locals that nobody else can know are nobody else's. A place that
// is a call is only counted, so any call will do. The operator of `++n` is the one that stands further left.
#include "runtime/probes/Accesses.h"
#include "runtime/Probe.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Analysis/CaptureTracking.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

#include <map>
#include <utility>

using namespace llvm;

namespace threadbare::probes {
namespace {

/// What an instruction does to memory; no address if it is none of ours.
Access describe(Instruction &I) {
  Access A;
  A.At = &I;
  Type *T = nullptr;
  if (auto *Load = dyn_cast<LoadInst>(&I)) {
    A.Address = Load->getPointerOperand();
    T = Load->getType();
  } else if (auto *Store = dyn_cast<StoreInst>(&I)) {
    A.Address = Store->getPointerOperand();
    T = Store->getValueOperand()->getType();
    A.Kind = rt::Writes;
  } else if (auto *Change = dyn_cast<AtomicRMWInst>(&I)) {
    A.Address = Change->getPointerOperand();
    T = Change->getType();
    A.Kind = rt::Writes;
  } else if (auto *Exchange = dyn_cast<AtomicCmpXchgInst>(&I)) {
    A.Address = Exchange->getPointerOperand();
    T = Exchange->getNewValOperand()->getType();
    A.Kind = rt::Writes;
  }
  if (!T || !(T->isIntegerTy() || T->isFloatingPointTy()))
    return {};
  A.Kind |= I.isAtomic() ? rt::Atomic : 0;
  A.Kind |= T->isFloatingPointTy() ? rt::Floating : 0;
  A.Size = I.getDataLayout().getTypeStoreSize(T).getFixedValue();
  return A;
}

Access describeCall(Instruction &I) {
  Access A;
  if (!isa<CallBase>(I) || isa<IntrinsicInst>(I))
    return A;
  A.At = &I;
  A.Address = ConstantPointerNull::get(PointerType::getUnqual(I.getContext()));
  A.Kind = rt::Calls;
  return A;
}

bool isPrivate(const Value *Address) {
  const auto *Local = dyn_cast<AllocaInst>(getUnderlyingObject(Address));
  if (const auto *Global = dyn_cast<GlobalVariable>(getUnderlyingObject(Address)))
    return Global->isConstant();
  return Local && !PointerMayBeCaptured(Local, /*ReturnCaptures=*/true, /*StoreCaptures=*/true);
}

/// The load whose result this store replaces, if nothing but arithmetic is between them.
LoadInst *loadBefore(StoreInst &Store) {
  for (Instruction *I = Store.getPrevNode(); I; I = I->getPrevNode()) {
    if (auto *Load = dyn_cast<LoadInst>(I); Load && Load->getPointerOperand() == Store.getPointerOperand() &&
                                            Load->getType() == Store.getValueOperand()->getType())
      return Load;
    if (I->mayWriteToMemory())
      return nullptr;
  }
  return nullptr;
}

/// Whether \p V is computed from \p From by arithmetic.
bool derives(const Value *V, const Value *From, unsigned Depth = 6) {
  if (V == From)
    return true;
  const auto *I = dyn_cast<Instruction>(V);
  if (!I || !Depth || !(isa<BinaryOperator, CastInst, UnaryOperator, SelectInst>(I)))
    return false;
  return any_of(I->operands(), [&](const Use &U) { return derives(U, From, Depth - 1); });
}

void markUpdate(Access &A) {
  auto *Store = dyn_cast<StoreInst>(A.At);
  if (!Store || Store->isAtomic() || A.Size > 8 ||
      A.Size * 8 != Store->getValueOperand()->getType()->getScalarSizeInBits())
    return;
  LoadInst *Load = loadBefore(*Store);
  if (!Load || !derives(Store->getValueOperand(), Load))
    return;
  A.Kind |= rt::Updates;
  A.Loaded = Load;
}

/// The accesses at one place's line, by column. Of the whole module: the functions of lambdas stand on the lines of
/// others.
using Columns = std::map<unsigned, std::vector<Access>>;

/// How sure it is that an access is the one that was meant; the surest are taken. A change of a counter computes from
/// what it read. Other stores come next, and last those to locals, which may be temporaries on the way.
unsigned fitness(const Access &A, Site::Role Is) {
  if (Is != Site::Role::Change)
    return 1;
  if (!(A.Kind & rt::Writes))
    return 0;
  if (A.Kind & rt::Updates || isa<AtomicRMWInst>(A.At))
    return 3;
  return isa<AllocaInst>(getUnderlyingObject(A.Address)) ? 1 : 2;
}

void choose(const Columns &Found, const Site &S, std::vector<Access> &Result) {
  auto Start = Found.lower_bound(S.Column);
  if (Start == Found.end() && S.Is == Site::Role::Call)
    Start = Found.begin();
  auto Best = Found.end();
  unsigned Fitness = 0;
  for (auto It = Start; It != Found.end(); ++It)
    for (const Access &A : It->second)
      if (unsigned Fits = fitness(A, S.Is); Fits > Fitness) {
        Fitness = Fits;
        Best = It;
      }
  constexpr unsigned Prefix = 3; // the columns of "++("
  for (auto It = Start; Fitness < 3 && It != Found.begin() && std::prev(It)->first + Prefix >= S.Column;)
    if (any_of((--It)->second, [&](const Access &A) { return fitness(A, S.Is) == 3; })) {
      Fitness = 3;
      Best = It;
    }
  if (Best == Found.end())
    return;
  const Function *Last = nullptr;
  for (Access A : Best->second) {
    // A call brings others along at its own place: destructors of its temporaries, for instance.
    if (S.Is == Site::Role::Call && std::exchange(Last, A.At->getFunction()) == A.At->getFunction())
      continue;
    // The load of `n++` is a few instructions before its store: one probe of the two does for both.
    if (Fitness == 3 && fitness(A, S.Is) < 3)
      continue;
    A.Site = S.Id;
    A.Column = Best->first;
    Result.push_back(A);
  }
}

class Search {
public:
  explicit Search(const Sites &Wanted) : Wanted(Wanted) {}

  void in(Function &F) {
    for (Instruction &I : instructions(F))
      for (const Site *S : sitesAt(I.getDebugLoc())) {
        Access A = S->Is == Site::Role::Call ? describeCall(I) : describe(I);
        if (!A.Address || isPrivate(A.Address))
          continue;
        markUpdate(A);
        Found[S][I.getDebugLoc().getCol()].push_back(A);
      }
  }

  std::vector<Access> chosen() const {
    std::vector<Access> Result;
    for (const auto &[S, Accesses] : Found)
      choose(Accesses, *S, Result);
    return Result;
  }

private:
  SmallVector<const Site *, 2> sitesAt(const DILocation *At) {
    if (!At)
      return {};
    auto [Known, New] = ByFile.try_emplace(At->getFile(), nullptr);
    if (New)
      Known->second = &Wanted.in(At->getFile()->getDirectory(), At->getFile()->getFilename());
    SmallVector<const Site *, 2> Here;
    for (const Site &S : *Known->second)
      if (S.Line == At->getLine())
        Here.push_back(&S);
    return Here;
  }

  const Sites &Wanted;
  std::map<const DIFile *, const std::vector<Site> *> ByFile;
  std::map<const Site *, Columns> Found;
};

} // namespace

std::vector<Access> findAccesses(Module &M, const Sites &Wanted) {
  Search Places(Wanted);
  for (Function &F : M)
    if (!F.isDeclaration() && !F.hasFnAttribute(Attribute::Naked))
      Places.in(F);
  return Places.chosen();
}

} // namespace threadbare::probes
