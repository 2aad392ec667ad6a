// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass: `clang++-19 -g1 -fpass-plugin=threadbare-probes.so`, with THREADBARE_SITES naming a file of places. It runs
// at the start of the pipeline, before anything is optimised, so it finds the same accesses at every -O, in coroutines
// that are not split yet, and before link-time optimisation. Hooks around what runs of a coroutine between two
// suspensions go in at its end.
#include "runtime/probes/Insert.h"
#include "runtime/probes/Segments.h"
#include "runtime/probes/Sites.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"

#include <cstdlib>

using namespace llvm;
using namespace threadbare::probes;

namespace {

struct ProbePass : PassInfoMixin<ProbePass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    const char *Path = std::getenv("THREADBARE_SITES");
    if (!Path)
      return PreservedAnalyses::all();
    Expected<Sites> Wanted = Sites::load(Path);
    if (!Wanted) {
      M.getContext().emitError("threadbare-probes: " + toString(Wanted.takeError()));
      return PreservedAnalyses::all();
    }
    return insertProbes(M, *Wanted) ? PreservedAnalyses::none() : PreservedAnalyses::all();
  }
  static bool isRequired() { return true; } // at -O0 too
};

/// Coroutines are split by then, and what stays a function of its own is known.
struct SegmentPass : PassInfoMixin<SegmentPass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    return std::getenv("THREADBARE_SITES") && insertSegmentHooks(M) ? PreservedAnalyses::none()
                                                                    : PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }
};

} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "threadbare-probes", "1", [](PassBuilder &Builder) {
            Builder.registerPipelineStartEPCallback(
                [](ModulePassManager &Passes, OptimizationLevel) { Passes.addPass(ProbePass()); });
            Builder.registerOptimizerLastEPCallback(
                [](ModulePassManager &Passes, OptimizationLevel) { Passes.addPass(SegmentPass()); });
          }};
}
