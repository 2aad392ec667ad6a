// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/probes/Insert.h"
#include "runtime/Probe.h"
#include "runtime/probes/Accesses.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace threadbare::probes {
namespace {

/// Runs before the constructors that a user writes, which may start threads.
constexpr int ConstructorPriority = 101;

class Inserter {
public:
  Inserter(Module &M, ArrayRef<Access> Accesses)
      : M(M), Context(M.getContext()), Accesses(Accesses), Pointer(PointerType::getUnqual(Context)),
        I32(Type::getInt32Ty(Context)), I64(Type::getInt64Ty(Context)),
        Record(StructType::get(Context, {Pointer, I32, I32, I32, I32})) {}

  void run() {
    Table = table();
    for (auto [Index, A] : enumerate(Accesses))
      probe(A, Index);
    registration();
  }

private:
  GlobalVariable *table() {
    std::vector<Constant *> Records;
    for (const Access &A : Accesses)
      Records.push_back(ConstantStruct::get(Record, {ConstantPointerNull::get(Pointer), number(A.Site), number(A.Size),
                                                     number(A.Kind), number(A.Column)}));
    ArrayType *Whole = ArrayType::get(Record, Records.size());
    return new GlobalVariable(M, Whole, /*isConstant=*/false, GlobalValue::InternalLinkage,
                              ConstantArray::get(Whole, Records), "threadbare.probes");
  }

  /// if (record.Run) record.Run(address, &record, loaded);
  void probe(const Access &A, std::size_t Index) {
    IRBuilder<> B(A.At);
    Value *Place = B.CreateConstInBoundsGEP2_64(Table->getValueType(), Table, 0, Index);
    // Volatile: written once behind the compiler's back, and never to be hoisted or merged.
    Value *Hook = B.CreateLoad(Pointer, Place, /*isVolatile=*/true);
    Value *Live = B.CreateIsNotNull(Hook);
    MDNode *Rarely = MDBuilder(Context).createBranchWeights(1, 1000);
    IRBuilder<> Then(SplitBlockAndInsertIfThen(Live, A.At, /*Unreachable=*/false, Rarely));
    Then.SetCurrentDebugLocation(A.At->getDebugLoc());
    Value *Loaded = ConstantInt::get(I64, 0);
    if (A.Loaded)
      Loaded = Then.CreateZExtOrTrunc(Then.CreateBitCast(A.Loaded, Then.getIntNTy(A.Size * 8)), I64);
    Then.CreateCall(FunctionType::get(Type::getVoidTy(Context), {Pointer, Pointer, I64}, false), Hook,
                    {A.Address, Place, Loaded});
  }

  /// static void at_start() { if (dlsym) if (auto *f = dlsym(RTLD_DEFAULT, NAME)) f(table, count); }
  void registration() {
    Type *Void = Type::getVoidTy(Context);
    auto *Start =
        Function::Create(FunctionType::get(Void, false), GlobalValue::InternalLinkage, "threadbare.register", M);
    Start->setDSOLocal(true);
    auto *Lookup = FunctionType::get(Pointer, {Pointer, Pointer}, false);
    auto *Dlsym = cast<Constant>(M.getOrInsertFunction("dlsym", Lookup).getCallee());
    if (auto *F = dyn_cast<Function>(Dlsym); F && F->isDeclaration() && F->use_empty())
      F->setLinkage(GlobalValue::ExternalWeakLinkage); // a static program has none

    auto *Entry = BasicBlock::Create(Context, "", Start), *Find = BasicBlock::Create(Context, "", Start),
         *Call = BasicBlock::Create(Context, "", Start), *Done = BasicBlock::Create(Context, "", Start);
    IRBuilder<> B(Entry);
    B.CreateCondBr(B.CreateIsNotNull(Dlsym), Find, Done);
    B.SetInsertPoint(Find);
    Value *Name = B.CreateGlobalString(rt::RegisterName, "threadbare.name");
    Value *Register = B.CreateCall(Lookup, Dlsym, {ConstantPointerNull::get(Pointer), Name});
    B.CreateCondBr(B.CreateIsNotNull(Register), Call, Done);
    B.SetInsertPoint(Call);
    B.CreateCall(FunctionType::get(Void, {Pointer, I64}, false), Register,
                 {Table, ConstantInt::get(I64, Accesses.size())});
    B.CreateBr(Done);
    B.SetInsertPoint(Done);
    B.CreateRetVoid();
    appendToGlobalCtors(M, Start, ConstructorPriority);
  }

  Constant *number(unsigned N) { return ConstantInt::get(I32, N); }

  Module &M;
  LLVMContext &Context;
  ArrayRef<Access> Accesses;
  PointerType *Pointer;
  IntegerType *I32, *I64;
  StructType *Record;
  GlobalVariable *Table = nullptr;
};

} // namespace

bool insertProbes(Module &M, const Sites &Wanted) {
  std::vector<Access> Accesses = findAccesses(M, Wanted);
  if (Accesses.empty())
    return false;
  Inserter(M, Accesses).run();
  return true;
}

} // namespace threadbare::probes
