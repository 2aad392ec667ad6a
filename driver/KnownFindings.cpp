// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stored as a note of the cache: the hash of a JSON text, and the text.
#include "driver/KnownFindings.h"

#include "llvm/Support/JSON.h"

using namespace llvm;

namespace threadbare {

// Found by their arguments, which are of this namespace.

static json::Value toJSON(const Location &L) {
  return json::Object{{"file", L.File}, {"line", L.Line}, {"column", L.Column}};
}

static bool fromJSON(const json::Value &V, Location &L, json::Path P) {
  json::ObjectMapper O(V, P);
  std::uint64_t Line = 0, Column = 0;
  if (!O || !O.map("file", L.File) || !O.map("line", Line) || !O.map("column", Column))
    return false;
  L.Line = static_cast<unsigned>(Line);
  L.Column = static_cast<unsigned>(Column);
  return true;
}

static json::Value toJSON(const Note &N) {
  return json::Object{{"at", toJSON(N.At)}, {"message", N.Message}, {"advice", N.IsAdvice}};
}

static bool fromJSON(const json::Value &V, Note &N, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("at", N.At) && O.map("message", N.Message) && O.map("advice", N.IsAdvice);
}

static json::Value toJSON(const Spot &S) {
  return json::Object{{"role", S.Role}, {"at", toJSON(S.At)}, {"function", S.Function}};
}

static bool fromJSON(const json::Value &V, Spot &S, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("role", S.Role) && O.map("at", S.At) && O.map("function", S.Function);
}

template <class T> static json::Value listToJSON(const std::vector<T> &List) {
  json::Array Items;
  for (const T &Item : List)
    Items.push_back(toJSON(Item));
  return Items;
}

static json::Value toJSON(const Finding &F) {
  return json::Object{{"check", F.Check},
                      {"at", toJSON(F.At)},
                      {"message", F.Message},
                      {"notes", listToJSON(F.Notes)},
                      {"function", F.Function},
                      {"fingerprint", F.Fingerprint},
                      {"spots", listToJSON(F.Spots)}};
}

static bool fromJSON(const json::Value &V, Finding &F, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("check", F.Check) && O.map("at", F.At) && O.map("message", F.Message) && O.map("notes", F.Notes) &&
         O.map("function", F.Function) && O.map("fingerprint", F.Fingerprint) && O.map("spots", F.Spots);
}

namespace driver {

std::string KnownFindings::nameOf(StringRef Program) const {
  std::string Text;
  appendToKey(Text, Basis);
  appendToKey(Text, Program);
  return "findings " + hex(hashContent(Text));
}

std::optional<ProgramFindings> KnownFindings::find(StringRef Program) {
  constexpr std::size_t HashSize = 2 * sizeof(ContentHash); // in hexadecimal digits
  std::string Bytes = Stored.note(nameOf(Program));
  StringRef Text = StringRef(Bytes).drop_front(std::min(HashSize, Bytes.size()));
  if (Text.empty() || StringRef(Bytes).take_front(HashSize) != hex(hashContent(Text)))
    return std::nullopt;
  Expected<json::Value> Value = json::parse(Text);
  if (!Value) {
    consumeError(Value.takeError());
    return std::nullopt;
  }
  ProgramFindings Findings;
  json::Path::Root Root;
  json::ObjectMapper O(*Value, Root);
  if (!O || !O.map("findings", Findings.Found) || !O.map("silences", Findings.Silences))
    return std::nullopt;
  Used = true;
  return Findings;
}

void KnownFindings::store(StringRef Program, const ProgramFindings &Findings) {
  json::Object Silences;
  for (const auto &[Reason, Count] : Findings.Silences)
    Silences[Reason] = Count;
  std::string Text;
  raw_string_ostream(Text) << json::Value(
      json::Object{{"findings", listToJSON(Findings.Found)}, {"silences", std::move(Silences)}});
  Stored.storeNote(nameOf(Program), hex(hashContent(Text)) + Text);
}

} // namespace driver
} // namespace threadbare
