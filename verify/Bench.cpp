// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Bench.h"
#include "verify/BenchProgram.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {

Error bench(ArrayRef<Claim> Claims, const Settings &S, StringRef Folder, const Listener &L) {
  auto NotMeasured = [&](const Claim &C, const Twine &Why) { L.Done(C, {std::nullopt, Why.str(), {}, {}}); };
  std::map<std::string, std::vector<const Claim *>> ByFile;
  std::map<std::string, unsigned> Names;
  for (const Claim &C : Claims)
    ByFile[C.Spots.empty() ? C.At.File : C.Spots.front().At.File].push_back(&C);
  for (const auto &[File, Here] : ByFile) {
    auto U = find_if(S.Build.Units, [&, &Wanted = File](const Unit &Each) { return Each.File == Wanted; });
    if (U == S.Build.Units.end()) {
      for (const Claim *C : Here)
        NotMeasured(*C,
                    "only what stands in a source file of its own can be called alone; give a command that runs it");
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
