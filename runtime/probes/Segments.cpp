// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine is split into functions: the one that its caller calls, which runs up to the first suspension, and
// NAME.resume, which first of all branches to where it was suspended. A call at each of those branches has the place
// where the segment begins for its debug location; a call before each return ends the segment, and one before each
// tail call, with which a coroutine resumes another (symmetric transfer).
#include "runtime/probes/Segments.h"
#include "runtime/Probe.h"
#include "runtime/probes/Register.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace threadbare::probes {
namespace {

bool isResume(const Function &F) {
  return !F.isDeclaration() && F.arg_size() == 1 && F.getName().contains(".resume") &&
         !F.hasFnAttribute(Attribute::Naked);
}

bool calls(const BasicBlock &B) {
  return any_of(B, [](const Instruction &I) { return isa<CallBase>(I) && !isa<IntrinsicInst>(I); });
}

/// The branch to where the coroutine was suspended; null where it can only have been suspended at one place.
Instruction *findDispatch(Function &F) {
  SmallPtrSet<BasicBlock *, 8> Seen;
  for (BasicBlock *B = &F.getEntryBlock(); B && !calls(*B) && Seen.insert(B).second;
       B = B->getTerminator()->getSuccessor(0)) {
    Instruction *End = B->getTerminator();
    if (!isa<BranchInst, SwitchInst>(End))
      return nullptr;
    if (End->getNumSuccessors() > 1)
      return End;
  }
  return nullptr;
}

DILocation *beginning(const Function &F) {
  DISubprogram *P = F.getSubprogram();
  return P ? DILocation::get(P->getContext(), P->getLine(), 0, P) : nullptr;
}

/// The first place in the function's own source from \p B on; the function's beginning if there is none.
DILocation *placeFrom(BasicBlock *B) {
  Function &F = *B->getParent();
  DISubprogram *Whole = F.getSubprogram();
  if (!Whole)
    return nullptr;
  SmallPtrSet<BasicBlock *, 8> Seen;
  for (; B && Seen.insert(B).second; B = B->getSingleSuccessor())
    for (Instruction &I : *B) {
      DILocation *At = I.getDebugLoc();
      while (At && At->getInlinedAt())
        At = At->getInlinedAt();
      if (At && At->getLine() && At->getLine() != Whole->getLine())
        return DILocation::get(At->getContext(), At->getLine(), At->getColumn(), Whole);
    }
  return beginning(F);
}

class Hooker {
public:
  explicit Hooker(Module &M)
      : M(M), Context(M.getContext()), Pointer(PointerType::getUnqual(Context)), I64(Type::getInt64Ty(Context)),
        Record(ArrayType::get(I64, sizeof(rt::Segment) / sizeof(std::uint64_t))),
        Hooks(StructType::get(Context, {Pointer, Pointer})) {}

  bool run() {
    SmallVector<Function *> Resumes;
    for (Function &F : M)
      if (isResume(F))
        Resumes.push_back(&F);
    if (Resumes.empty())
      return false;
    Table = new GlobalVariable(M, Hooks, /*isConstant=*/false, GlobalValue::InternalLinkage,
                               ConstantAggregateZero::get(Hooks), "threadbare.segments");
    for (Function *F : Resumes) {
      hookResume(*F);
      StringRef Name = F->getName();
      if (Function *Ramp = M.getFunction(Name.take_front(Name.rfind(".resume"))); Ramp && !Ramp->isDeclaration())
        hookRamp(*Ramp, *F);
    }
    registerAtStart(M, Table, 1, rt::RegisterSegmentsName);
    return true;
  }

private:
  void hookResume(Function &F) {
    Instruction *Dispatch = findDispatch(F); // before there are branches of ours
    DILocation *Start = placeFrom(&F.getEntryBlock());
    Value *S = makeSegment(F, F.getArg(0), /*IsRamp=*/false);
    Instruction *Behind = Last->getNextNode();
    hookEnds(F, S);
    if (!Dispatch)
      return begin(Behind, S, Start);
    for (unsigned I = 0; I < Dispatch->getNumSuccessors(); ++I) {
      BasicBlock *To = Dispatch->getSuccessor(I);
      if (isa<UnreachableInst>(To->getFirstNonPHIOrDbg()))
        continue;
      DILocation *Place = placeFrom(To);
      auto Options = CriticalEdgeSplittingOptions().setMergeIdenticalEdges();
      if (BasicBlock *Between = SplitCriticalEdge(Dispatch, I, Options))
        To = Between;
      if (Begun.insert(To).second)
        begin(&*To->getFirstInsertionPt(), S, Place);
    }
  }

  void hookRamp(Function &F, Function &Resume) {
    // Inlined into another function, it is no coroutine's any more.
    StoreInst *MakesFrame = nullptr;
    for (Instruction &I : instructions(F))
      if (auto *Store = dyn_cast<StoreInst>(&I); Store && refersTo(Store->getValueOperand(), &Resume))
        MakesFrame = Store;
    if (!MakesFrame)
      return;
    Value *S = makeSegment(F, ConstantPointerNull::get(Pointer), /*IsRamp=*/true);
    Instruction *Behind = Last->getNextNode();
    hookEnds(F, S);
    IRBuilder<> B(MakesFrame->getNextNode());
    B.CreateStore(MakesFrame->getPointerOperand(), field(B, S, 1));
    begin(Behind, S, beginning(F));
  }

  static bool refersTo(Value *V, Function *F) {
    if (auto *Choice = dyn_cast<SelectInst>(V))
      return Choice->getTrueValue() == F || Choice->getFalseValue() == F;
    return V == F;
  }

  /// On the stack: whoever resumes the coroutine may have done so before the segment ends, and its frame be gone.
  Value *makeSegment(Function &F, Value *Frame, bool IsRamp) {
    IRBuilder<> B(&*F.getEntryBlock().getFirstInsertionPt());
    Value *S = B.CreateAlloca(Record);
    B.CreateStore(ConstantInt::get(I64, 0), field(B, S, 0));
    B.CreateStore(Frame, field(B, S, 1));
    Last = B.CreateStore(ConstantInt::get(I64, IsRamp), field(B, S, 2));
    return S;
  }

  Value *field(IRBuilder<> &B, Value *S, unsigned N) { return B.CreateConstInBoundsGEP2_32(Record, S, 0, N); }

  /// if (hooks.Begin) hooks.Begin(&segment);
  void begin(Instruction *Before, Value *S, DILocation *At) {
    IRBuilder<> B(Before);
    // Volatile: written once behind the compiler's back.
    Value *Hook = B.CreateLoad(Pointer, B.CreateConstInBoundsGEP2_32(Hooks, Table, 0, 0), /*isVolatile=*/true);
    call(B.CreateIsNotNull(Hook), Hook, Before, S, At);
  }

  /// if (segment.Begun) hooks.End(&segment);
  void hookEnds(Function &F, Value *S) {
    SmallVector<Instruction *> Ends;
    for (BasicBlock &B : F) {
      Instruction *End = B.getTerminator();
      if (!isa<ReturnInst, ResumeInst>(End))
        continue;
      CallInst *Tail = B.getTerminatingMustTailCall();
      Ends.push_back(Tail ? Tail : End);
    }
    for (Instruction *End : Ends) {
      IRBuilder<> B(End);
      Value *Begun = B.CreateIsNotNull(B.CreateLoad(I64, field(B, S, 0), /*isVolatile=*/true));
      call(Begun, nullptr, End, S, beginning(F));
    }
  }

  void call(Value *If, Value *Hook, Instruction *Before, Value *S, DILocation *At) {
    MDNode *Rarely = MDBuilder(Context).createBranchWeights(1, 1000);
    IRBuilder<> B(SplitBlockAndInsertIfThen(If, Before, /*Unreachable=*/false, Rarely));
    B.SetCurrentDebugLocation(At);
    if (!Hook)
      Hook = B.CreateLoad(Pointer, B.CreateConstInBoundsGEP2_32(Hooks, Table, 0, 1), /*isVolatile=*/true);
    B.CreateCall(FunctionType::get(Type::getVoidTy(Context), {Pointer}, false), Hook, {S});
  }

  Module &M;
  LLVMContext &Context;
  PointerType *Pointer;
  IntegerType *I64;
  ArrayType *Record;
  StructType *Hooks;
  GlobalVariable *Table = nullptr;
  Instruction *Last = nullptr; ///< of what makes the segment
  SmallPtrSet<BasicBlock *, 16> Begun;
};

} // namespace

bool insertSegmentHooks(Module &M) { return Hooker(M).run(); }

} // namespace threadbare::probes
