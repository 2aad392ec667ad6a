// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/probes/Sites.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace threadbare::probes {

static std::string realPath(const Twine &Path) {
  SmallString<256> Real;
  return sys::fs::real_path(Path, Real) ? Path.str() : Real.str().str();
}

Expected<Sites> Sites::load(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return createStringError(Buffer.getError(), Path);
  Expected<json::Value> Parsed = json::parse((*Buffer)->getBuffer());
  if (!Parsed)
    return Parsed.takeError();
  Sites Result;
  const json::Object *Root = Parsed->getAsObject();
  const json::Array *List = Root ? Root->getArray("sites") : nullptr;
  if (!List)
    return createStringError("%s: no 'sites'", Path.str().c_str());
  for (const json::Value &V : *List) {
    const json::Object *O = V.getAsObject();
    if (!O || !O->getString("file"))
      return createStringError("%s: a site without a file", Path.str().c_str());
    Site S;
    S.Id = O->getInteger("id").value_or(0);
    S.Line = O->getInteger("line").value_or(0);
    S.Column = O->getInteger("column").value_or(0);
    StringRef Role = O->getString("role").value_or("");
    S.Is = Role == "change" ? Site::Role::Change : Role == "read" ? Site::Role::Read : Site::Role::Call;
    Result.ByFile[realPath(*O->getString("file"))].push_back(S);
  }
  return Result;
}

const std::vector<Site> &Sites::in(StringRef Directory, StringRef File) const {
  static const std::vector<Site> None;
  SmallString<256> Path(File);
  if (!sys::path::is_absolute(Path)) {
    Path = Directory;
    sys::path::append(Path, File);
  }
  auto Found = ByFile.find(realPath(Path));
  return Found == ByFile.end() ? None : Found->second;
}

} // namespace threadbare::probes
