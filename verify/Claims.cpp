// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Claims.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace threadbare::verify {
namespace {

const json::Object *child(const json::Object *O, StringRef Name) { return O ? O->getObject(Name) : nullptr; }

const json::Object *first(const json::Object *O, StringRef Name) {
  const json::Array *A = O ? O->getArray(Name) : nullptr;
  return A && !A->empty() ? A->front().getAsObject() : nullptr;
}

StringRef text(const json::Object *O, StringRef Name) { return O ? O->getString(Name).value_or("") : ""; }

unsigned number(const json::Object *O, StringRef Name) { return O ? O->getInteger(Name).value_or(0) : 0; }

std::string decodePath(StringRef Uri) {
  std::string Path;
  while (!Uri.empty()) {
    unsigned Byte;
    if (Uri.front() == '%' && Uri.size() >= 3 && !Uri.substr(1, 2).getAsInteger(16, Byte)) {
      Path += static_cast<char>(Byte);
      Uri = Uri.drop_front(3);
    } else {
      Path += Uri.front();
      Uri = Uri.drop_front();
    }
  }
  return Path;
}

std::string pathOf(StringRef Uri) {
  Uri.consume_front("file://");
  return decodePath(Uri);
}

/// Reads the results of one run.
class RunReader {
public:
  RunReader(const json::Object &Run, std::size_t Index) : Run(Run), Index(Index) {
    if (const json::Object *Bases = Run.getObject("originalUriBaseIds"))
      for (const auto &[Name, Base] : *Bases)
        Roots[Name] = pathOf(text(Base.getAsObject(), "uri"));
  }

  void read(std::vector<Claim> &List) {
    const json::Array *Results = Run.getArray("results");
    for (std::size_t I = 0; Results && I < Results->size(); ++I)
      if (const json::Object *Result = (*Results)[I].getAsObject(); Result && !isSuppressed(*Result))
        List.push_back(claim(*Result, I));
  }

private:
  static bool isSuppressed(const json::Object &Result) {
    const json::Array *How = Result.getArray("suppressions");
    return How && !How->empty();
  }

  Claim claim(const json::Object &Result, std::size_t I) {
    Claim C;
    C.Check = text(&Result, "ruleId");
    C.Message = text(child(&Result, "message"), "text").split('\n').first;
    const json::Object *At = first(&Result, "locations");
    C.At = location(child(At, "physicalLocation"));
    C.Function = text(first(At, "logicalLocations"), "fullyQualifiedName");
    const json::Object *Ours = child(child(&Result, "properties"), "threadbare");
    if (const json::Array *Spots = Ours ? Ours->getArray("spots") : nullptr)
      for (const json::Value &V : *Spots)
        if (const json::Object *P = V.getAsObject())
          C.Spots.push_back({text(P, "role").str(), location(child(P, "physicalLocation")), text(P, "function").str()});
    C.Run = Index;
    C.Result = I;
    return C;
  }

  Location location(const json::Object *Physical) {
    const json::Object *Artifact = child(Physical, "artifactLocation"), *Region = child(Physical, "region");
    Location L;
    L.File = pathOf(text(Artifact, "uri"));
    if (StringRef Base = text(Artifact, "uriBaseId"); !Base.empty())
      L.File = Roots[Base] + L.File;
    L.Line = number(Region, "startLine");
    L.Column = number(Region, "startColumn");
    return L;
  }

  const json::Object &Run;
  std::size_t Index;
  StringMap<std::string> Roots;
};

Error complain(const Twine &Path, const Twine &What) { return createStringError(Path + ": error: " + What); }

/// Whether \p Run was written by a program that says what we read.
Error examine(StringRef Path, const json::Object *Run) {
  StringRef Tool = text(child(child(Run, "tool"), "driver"), "name");
  if (Tool == "threadbare")
    return Error::success();
  return complain(Path, "these findings are of '" + (Tool.empty() ? "an unknown tool" : Tool) +
                            "'; write them with 'threadbare check --format sarif'");
}

} // namespace

StringRef spell(Outcome O) {
  static constexpr StringLiteral Names[] = {"confirmed", "not-reproduced", "not-exercised"};
  return Names[std::size_t(O)];
}

Expected<ClaimsFile> ClaimsFile::load(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return complain(Path, "cannot be read: " + Buffer.getError().message());
  Expected<json::Value> Log = json::parse((*Buffer)->getBuffer());
  if (!Log)
    return complain(Path, "not SARIF: " + toString(Log.takeError()));
  const json::Object *Root = Log->getAsObject();
  const json::Array *Runs = Root ? Root->getArray("runs") : nullptr;
  if (!Runs)
    return complain(Path, "not SARIF: it has no 'runs'");
  if (StringRef Version = text(Root, "version"); Version != "2.1.0")
    return complain(Path, "SARIF of version '" + Version + "'; 2.1.0 is what 'threadbare check --format sarif' writes");
  ClaimsFile File;
  for (std::size_t I = 0; I < Runs->size(); ++I) {
    const json::Object *Run = (*Runs)[I].getAsObject();
    if (Error E = examine(Path, Run))
      return std::move(E);
    RunReader(*Run, I).read(File.List);
  }
  File.Log = std::move(*Log);
  return std::move(File);
}

void ClaimsFile::attach(const Claim &C, const Verdict &V) {
  json::Object &Run = *(*Log.getAsObject()->getArray("runs"))[C.Run].getAsObject();
  json::Object &Result = *(*Run.getArray("results"))[C.Result].getAsObject();
  json::Object &Properties = *Result.try_emplace("properties", json::Object{}).first->second.getAsObject();
  json::Object &Ours = *Properties.try_emplace("threadbare", json::Object{}).first->second.getAsObject();
  if (V.Is)
    Ours["verdict"] = spell(*V.Is);
  Ours[V.Is ? "summary" : "notMeasured"] = json::fixUTF8(V.Summary);
  if (!V.Evidence.empty())
    Ours["evidence"] = json::Value(json::Object(V.Evidence));
}

void ClaimsFile::write(raw_ostream &OS) const { OS << formatv("{0:2}\n", Log); }

} // namespace threadbare::verify
