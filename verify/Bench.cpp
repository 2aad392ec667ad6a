// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Bench.h"
#include "verify/BenchProgram.h"
#include "verify/Rebuild.h"
#include "verify/Trace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {

/// The unit of a source file; of a header, one that includes it, as far as the build knows. Null if there is none.
static const Unit *unitFor(const std::string &File, const BuildRequest &Build) {
  for (const Unit &U : Build.Units)
    if (U.File == File)
      return &U;
  Dependencies Known = Dependencies::read(Build.Folder, Build.Units);
  for (const Unit &U : Build.Units)
    if (const std::vector<std::string> *Of = Known.of(objectOf(U)))
      if (any_of(*Of, [&](const std::string &Each) { return isSameFile(Each, File); }))
        return &U;
  return nullptr;
}

Error bench(ArrayRef<Claim> Claims, const Settings &S, StringRef Folder, const Listener &L) {
  auto NotMeasured = [&](const Claim &C, const Twine &Why) { L.Done(C, {std::nullopt, Why.str(), {}, {}}); };
  std::map<std::string, std::vector<const Claim *>> ByFile;
  std::map<std::string, unsigned> Names;
  for (const Claim &C : Claims)
    ByFile[C.Spots.empty() ? C.At.File : C.Spots.front().At.File].push_back(&C);
  for (const auto &[File, Here] : ByFile) {
    const Unit *U = unitFor(File, S.Build);
    if (!U) {
      for (const Claim *C : Here)
        NotMeasured(*C, "what stands in a header can be called alone when a file that includes it was built; build the "
                        "program first, or give a command that runs it");
      continue;
    }
    // Two files of one name are two programs.
    std::string Name = sys::path::stem(File).str();
    if (unsigned Before = Names[Name]++)
      Name += "-" + utostr(Before + 1);
    BenchProgram P(*U, S, (Folder + "/" + Name).str());
    std::vector<const Claim *> Taken;
    for (const Claim *C : Here) {
      Expected<std::string> Wrong = P.take(*C);
      if (!Wrong)
        return Wrong.takeError();
      if (Wrong->empty())
        Taken.push_back(C);
      else
        NotMeasured(*C, "cannot be called alone (" + *Wrong +
                            "); write '// threadbare: call with (...)' above it, or give a command that runs it");
    }
    if (P.isEmpty())
      continue;
    if (Error E = P.judge(L)) {
      std::string Why = toString(std::move(E));
      for (const Claim *C : Taken)
        NotMeasured(*C, Why + "; give a command that runs it");
    }
  }
  return Error::success();
}

} // namespace threadbare::verify
