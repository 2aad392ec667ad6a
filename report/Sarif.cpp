// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Sarif.h"
#include "report/Sources.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace threadbare::report {
namespace {

constexpr StringLiteral Schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr StringLiteral SourceRoot = "%SRCROOT%";
constexpr StringLiteral FingerprintName = "threadbare/v1";

/// SARIF has no remarks.
StringRef spell(Level L) {
  static constexpr StringLiteral Names[] = {"error", "warning", "note", "note"};
  return Names[std::size_t(L)];
}

/// RFC 3986: everything but unreserved characters and slashes as %XX.
std::string encodePath(StringRef Path) {
  std::string Result;
  for (char C : Path)
    if (isAlnum(C) || StringRef("-._~/").contains(C))
      Result += C;
    else
      Result += "%" + toHex(StringRef(&C, 1));
  return Result;
}

json::Object message(StringRef Text) { return json::Object{{"text", json::fixUTF8(Text)}}; }

/// "Blocks the thread. Details" -> "Blocks the thread."
std::string sentence(StringRef Summary) {
  std::string Result = Summary.str();
  if (!Result.empty()) {
    Result.front() = toUpper(Result.front());
    if (!StringRef(".!?").contains(Result.back()))
      Result += '.';
  }
  return Result;
}

/// The page without its markup, for readers that show plain text only.
std::string plainText(StringRef Markdown) {
  std::string Result;
  for (StringRef Line : split(Markdown, '\n')) {
    if (Line.starts_with("```"))
      continue;
    Line = Line.ltrim('#').size() < Line.size() ? Line.ltrim('#').ltrim() : Line;
    Result += Line;
    Result += '\n';
  }
  Result.erase(std::remove(Result.begin(), Result.end(), '`'), Result.end());
  return StringRef(Result).trim().str();
}

class Writer {
public:
  Writer(const SarifOptions &Options, ArrayRef<Rule> Rules)
      : Options(Options), Rules(Rules), Cache(Options.Sources) {}

  json::Object log(const Report &What) {
    return json::Object{{"$schema", Schema}, {"version", "2.1.0"}, {"runs", json::Array{run(What)}}};
  }

private:
  json::Object run(const Report &What) {
    json::Array Results;
    for (const Result &R : What.Results)
      Results.push_back(result(R));
    return json::Object{
        {"tool", json::Object{{"driver", driver()}}},
        {"invocations", json::Array{invocation(What)}},
        {"originalUriBaseIds", json::Object{{SourceRoot, root()}}},
        {"columnKind", "unicodeCodePoints"},
        {"results", std::move(Results)},
    };
  }

  json::Object root() {
    json::Object Root{{"description", message("The folder that contains the sources.")}};
    if (Options.NamesRoot)
      Root["uri"] = "file://" + encodePath(Options.SourceRoot) + "/";
    return Root;
  }

  json::Object driver() {
    json::Array Described;
    for (const Rule &R : Rules)
      Described.push_back(rule(R));
    return json::Object{{"name", "threadbare"},
                        {"version", Options.Version},
                        {"semanticVersion", Options.Version},
                        {"informationUri", Options.InformationUri},
                        {"rules", std::move(Described)}};
  }

  json::Object rule(const Rule &R) {
    return json::Object{
        {"id", "threadbare-" + R.Info.Id},
        {"shortDescription", message(sentence(R.Info.Summary))},
        {"fullDescription", message(sentence(R.Info.Summary))},
        {"help", json::Object{{"text", json::fixUTF8(plainText(R.Page))}, {"markdown", json::fixUTF8(R.Page)}}},
        {"helpUri", Options.InformationUri + "/blob/main/docs/checks/" + R.Info.Id + ".md"},
        {"defaultConfiguration",
         json::Object{{"level", spell(levelOf(R.Info.Severity))}, {"enabled", R.Info.EnabledByDefault}}},
    };
  }

  json::Object result(const Result &R) {
    std::string Text = R.What.Message;
    json::Array Related, Flow;
    Flow.push_back(json::Object{{"location", location(R.What.At, R.What.Message)}});
    for (const Note &N : R.What.Notes)
      if (N.IsAdvice) {
        Text += "\n" + N.Message;
        Related.push_back(location(N.At, N.Message));
      } else {
        Flow.push_back(json::Object{{"location", location(N.At, N.Message)}});
      }

    json::Object Object{
        {"ruleId", R.What.Check},
        {"level", spell(R.Severity)},
        {"message", message(Text)},
        {"locations", json::Array{place(R.What)}},
        {"partialFingerprints", json::Object{{FingerprintName, fingerprint(R.What)}}},
    };
    auto Index = find_if(Rules, [&](const Rule &Known) { return "threadbare-" + Known.Info.Id == R.What.Check; });
    if (Index != Rules.end())
      Object["ruleIndex"] = Index - Rules.begin();
    if (!R.What.Spots.empty())
      Object["properties"] = json::Object{{"threadbare", json::Object{{"spots", spots(R.What.Spots)}}}};
    if (R.Suppressed)
      Object["suppressions"] = json::Array{json::Object{{"kind", "inSource"}}};
    if (!Related.empty())
      Object["relatedLocations"] = std::move(Related);
    if (Flow.size() > 1)
      Object["codeFlows"] =
          json::Array{json::Object{{"threadFlows", json::Array{json::Object{{"locations", std::move(Flow)}}}}}};
    return Object;
  }

  /// Where the finding stands, and in which function.
  json::Object place(const Finding &F) {
    json::Object Object{{"physicalLocation", physical(F.At)}};
    if (!F.Function.empty())
      Object["logicalLocations"] =
          json::Array{json::Object{{"fullyQualifiedName", json::fixUTF8(F.Function)}, {"kind", "function"}}};
    return Object;
  }

  /// What `threadbare verify` measures at.
  json::Array spots(ArrayRef<Spot> Spots) {
    json::Array List;
    for (const Spot &P : Spots)
      List.push_back(json::Object{
          {"role", P.Role}, {"function", json::fixUTF8(P.Function)}, {"physicalLocation", physical(P.At)}});
    return List;
  }

  json::Object location(const Location &At, StringRef Message) {
    return json::Object{{"physicalLocation", physical(At)}, {"message", message(Message)}};
  }

  json::Object physical(const Location &At) {
    json::Object Object{{"artifactLocation", artifact(At.File)}};
    if (At.Line) {
      json::Object Region{{"startLine", At.Line}};
      if (At.Column)
        Region["startColumn"] = column(At);
      Object["region"] = std::move(Region);
    }
    return Object;
  }

  json::Object artifact(StringRef File) {
    if (StringRef Relative = belowRoot(File); !Relative.empty())
      return json::Object{{"uri", encodePath(Relative)}, {"uriBaseId", SourceRoot}};
    return json::Object{{"uri", "file://" + encodePath(File)}};
  }

  StringRef belowRoot(StringRef File) const {
    return File.consume_front(Options.SourceRoot) && File.consume_front("/") ? File : StringRef();
  }

  /// Clang counts bytes, SARIF characters.
  std::int64_t column(const Location &At) {
    StringRef Before = Cache.line(At.File, At.Line).take_front(At.Column - 1);
    auto Continues = [](char C) { return (static_cast<unsigned char>(C) & 0xc0) == 0x80; };
    return At.Column - count_if(Before, Continues);
  }

  /// Names, not numbers: moving a line must not make a finding new. Findings that no name tells apart are counted.
  std::string fingerprint(const Finding &F) {
    StringRef File = belowRoot(F.At.File);
    std::string Names = join_items('\0', F.Check, File.empty() ? F.At.File : File, F.Fingerprint);
    std::string Hash = utohexstr(xxh3_64bits(Names), /*LowerCase=*/true, /*Width=*/16);
    return Hash + ":" + utostr(++Occurrences[Hash]);
  }

  json::Object invocation(const Report &What) {
    json::Array Notifications;
    for (const Failure &F : What.Failures) {
      json::Object Notification{{"level", "error"}, {"message", message(F.Message)}};
      if (!F.File.empty())
        Notification["locations"] =
            json::Array{json::Object{{"physicalLocation", physical({F.File, F.Line, F.Column})}}};
      Notifications.push_back(std::move(Notification));
    }
    return json::Object{{"executionSuccessful", What.Failures.empty()},
                        {"toolExecutionNotifications", std::move(Notifications)}};
  }

  const SarifOptions &Options;
  ArrayRef<Rule> Rules;
  Sources Cache;
  StringMap<unsigned> Occurrences;
};

} // namespace

void writeSarif(raw_ostream &OS, const Report &What, ArrayRef<Rule> Rules, const SarifOptions &Options) {
  OS << formatv("{0:2}\n", json::Value(Writer(Options, Rules).log(What)));
}

} // namespace threadbare::report
