// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/probes/Insert.h"
#include "runtime/Probe.h"
#include "runtime/probes/Accesses.h"
#include "runtime/probes/Register.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace threadbare::probes {
namespace {

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
    registerAtStart(M, Table, Accesses.size(), rt::RegisterName);
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
