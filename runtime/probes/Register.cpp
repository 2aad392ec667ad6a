// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/probes/Register.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace threadbare::probes {

/// Runs before the constructors that a user writes, which may start threads.
constexpr int ConstructorPriority = 101;

/// static void at_start() { if (dlsym) if (auto *f = dlsym(RTLD_DEFAULT, NAME)) f(table, count); }
void registerAtStart(Module &M, GlobalVariable *Table, std::uint64_t Count, StringRef Wanted) {
  LLVMContext &Context = M.getContext();
  Type *Void = Type::getVoidTy(Context), *I64 = Type::getInt64Ty(Context);
  PointerType *Pointer = PointerType::getUnqual(Context);
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
  Value *Name = B.CreateGlobalString(Wanted, "threadbare.name");
  Value *Register = B.CreateCall(Lookup, Dlsym, {ConstantPointerNull::get(Pointer), Name});
  B.CreateCondBr(B.CreateIsNotNull(Register), Call, Done);
  B.SetInsertPoint(Call);
  B.CreateCall(FunctionType::get(Void, {Pointer, I64}, false), Register, {Table, ConstantInt::get(I64, Count)});
  B.CreateBr(Done);
  B.SetInsertPoint(Done);
  B.CreateRetVoid();
  appendToGlobalCtors(M, Start, ConstructorPriority);
}

} // namespace threadbare::probes
