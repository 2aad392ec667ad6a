// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file that says "Checks: '-*,bugprone-*'" was written for clang-tidy and must not silence us: Checks count only
// where a glob names threadbare. Then they count as a whole, on top of our defaults.
#include "driver/Config.h"
#include "driver/Paths.h"

#include "checks/Check.h"

#include "clang-tidy/ClangTidyOptions.h"
#include "clang-tidy/GlobList.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <optional>

using namespace llvm;
using namespace clang::tidy;

namespace threadbare::driver {

std::string checkName(StringRef Id) { return ("threadbare-" + Id).str(); }

std::string nearestCheck(StringRef Name) {
  Name.consume_front("threadbare-");
  std::string Best;
  unsigned Least = Name.size() / 3 + 1;
  for (const auto &C : allChecks()) {
    StringRef Known = C->info().Id;
    bool Begun = Name.size() > 3 && Known.starts_with(Name);
    if (unsigned Distance = Begun ? 0 : Name.edit_distance(Known); Distance < Least) {
      Least = Distance;
      Best = checkName(Known);
    }
  }
  return Best;
}

namespace {

/// "warning", or "remark", which is the default.
constexpr StringLiteral TestSeverity = "threadbare.TestSeverity";

bool isKnown(StringRef Name) {
  return any_of(allChecks(), [&](const auto &C) { return checkName(C->info().Id) == Name; });
}

std::string describeUnknown(StringRef Name) {
  std::string Nearest = nearestCheck(Name);
  return ("unknown check '" + Name + "'" +
          (Nearest.empty() ? "; threadbare list-checks shows all" : "; did you mean '" + Nearest + "'?"))
      .str();
}

/// Calls \p Visit with each name in a list of globs, without its minus.
void eachGlob(StringRef Globs, function_ref<void(StringRef)> Visit) {
  while (!Globs.empty()) {
    std::size_t End = Globs.find_first_of(",\n");
    StringRef Glob = Globs.substr(0, End).trim();
    Glob.consume_front("-");
    if (Glob = Glob.trim(); !Glob.empty())
      Visit(Glob);
    Globs = End == StringRef::npos ? "" : Globs.substr(End + 1);
  }
}

bool namesUs(StringRef Globs) {
  bool Names = false;
  eachGlob(Globs, [&](StringRef Glob) { Names |= Glob.contains("threadbare"); });
  return Names;
}

/// Literal names that no check has; those of other tools only where they cannot be meant for others.
std::vector<std::string> unknownNames(StringRef Globs, bool OnlyOurs) {
  std::vector<std::string> Unknown;
  eachGlob(Globs, [&](StringRef Glob) {
    if (!Glob.contains('*') && !isKnown(Glob) && (!OnlyOurs || Glob.starts_with("threadbare-")))
      Unknown.push_back(Glob.str());
  });
  return Unknown;
}

std::string defaultGlobs() {
  std::string Globs;
  for (const auto &C : allChecks())
    if (C->info().EnabledByDefault)
      Globs += checkName(C->info().Id) + ",";
  return Globs;
}

class TidyFileConfig : public FileConfig {
public:
  TidyFileConfig(UnitSettings Said, ClangTidyOptions::OptionMap Options, StringRef CommandLine)
      : Said(std::move(Said)), Checks(defaultGlobs() + this->Said.Checks + "," + CommandLine.str()),
        Errors(this->Said.WarningsAsErrors), Options(std::move(Options)) {
    if (!this->Said.HeaderFilter.empty())
      Wanted.emplace(this->Said.HeaderFilter);
    if (!this->Said.ExcludedHeaders.empty())
      Unwanted.emplace(this->Said.ExcludedHeaders);
  }

  bool enables(StringRef Check) const override { return Checks.contains(Check); }
  bool warningAsError(StringRef Check) const override { return Errors.contains(Check); }
  bool reportsHeader(StringRef Path) const override {
    return (!Wanted || Wanted->match(Path)) && !(Unwanted && Unwanted->match(Path));
  }

  bool remarksOnTests() const override { return Said.TestSeverity != "warning"; }

  StringRef option(StringRef Name) const override {
    auto Found = Options.find(Name);
    return Found == Options.end() ? StringRef() : StringRef(Found->second.Value);
  }

  const UnitSettings &settings() const override { return Said; }

private:
  UnitSettings Said;
  CachedGlobList Checks, Errors;
  ClangTidyOptions::OptionMap Options;
  std::optional<Regex> Wanted, Unwanted;
};

UnitSettings settingsOf(const ClangTidyOptions &Options) {
  auto Severity = Options.CheckOptions.find(TestSeverity);
  return {Options.Checks && namesUs(*Options.Checks) ? *Options.Checks : "", Options.WarningsAsErrors.value_or(""),
          Options.HeaderFilterRegex.value_or(""), Options.ExcludeHeaderFilterRegex.value_or(""),
          Severity == Options.CheckOptions.end() ? "" : Severity->second.Value};
}

/// The real file system without the files that are not below a folder: a build action must not depend on what happens to
/// be there.
class BelowTop : public vfs::ProxyFileSystem {
public:
  explicit BelowTop(std::string Top) : ProxyFileSystem(vfs::getRealFileSystem()), Top(std::move(Top)) {}

  ErrorOr<vfs::Status> status(const Twine &Path) override {
    ErrorOr<vfs::Status> Result = ProxyFileSystem::status(Path);
    if (Result && !Result->isDirectory() && !isBelow(absolutePath(Path), Top))
      return make_error_code(errc::no_such_file_or_directory);
    return Result;
  }

private:
  std::string Top;
};

/// Finds the files as clang-tidy does, and leaves the reading to us. (The library's own constructor for that purpose
/// forgets the file system.)
class OptionsProvider : public FileOptionsProvider {
public:
  OptionsProvider(IntrusiveRefCntPtr<vfs::FileSystem> Files,
                  std::function<ErrorOr<ClangTidyOptions>(MemoryBufferRef)> Read)
      : FileOptionsProvider(ClangTidyGlobalOptions(), ClangTidyOptions(), ClangTidyOptions(), std::move(Files)) {
    ConfigHandlers = {{".clang-tidy", std::move(Read)}};
  }
};

} // namespace

struct Config::Impl {
  Impl(StringRef Globs, IntrusiveRefCntPtr<vfs::FileSystem> Visible)
      : CommandLine(Globs), Provider(std::move(Visible), [this](MemoryBufferRef File) { return read(File); }) {}

  /// A file that cannot be read counts as empty: clang-tidy's library would complain on its own, in its own words.
  ErrorOr<ClangTidyOptions> read(MemoryBufferRef File) {
    if (!is_contained(Files, File.getBufferIdentifier()))
      Files.push_back(File.getBufferIdentifier().str());
    ErrorOr<ClangTidyOptions> Options = parseConfigurationWithDiags(File, [&](const SMDiagnostic &Problem) {
      complain(File, ":" + Twine(Problem.getLineNo()) + ":" + Twine(Problem.getColumnNo() + 1) +
                         ": error: " + Problem.getMessage() + "; this file was ignored");
    });
    if (!Options) {
      if (Problems.empty() || !StringRef(Problems.back()).starts_with(File.getBufferIdentifier()))
        complain(File, ": error: " + Options.getError().message() + "; this file was ignored");
      return ClangTidyOptions();
    }
    for (const std::optional<std::string> &Globs : {Options->Checks, Options->WarningsAsErrors})
      for (const std::string &Name : unknownNames(Globs.value_or(""), /*OnlyOurs=*/true))
        complain(File, ": error: " + describeUnknown(Name));
    for (std::optional<std::string> *Pattern : {&Options->HeaderFilterRegex, &Options->ExcludeHeaderFilterRegex})
      if (std::string Why; *Pattern && !Regex(**Pattern).isValid(Why)) {
        complain(File, ": error: invalid regular expression '" + **Pattern + "': " + Why);
        Pattern->reset();
      }
    if (auto Said = Options->CheckOptions.find(TestSeverity); Said != Options->CheckOptions.end())
      if (StringRef Value = Said->second.Value; Value != "warning" && Value != "remark")
        complain(File, ": error: '" + Value + "' is no value of " + TestSeverity + "; say 'warning' or 'remark'");
    return Options;
  }

  void complain(MemoryBufferRef File, const Twine &What) {
    std::string Line = (File.getBufferIdentifier() + What).str();
    if (!is_contained(Problems, Line))
      Problems.push_back(std::move(Line));
  }

  std::string CommandLine;
  std::vector<std::string> Problems, Files;
  OptionsProvider Provider;
  std::optional<ClangTidyOptions> Only; ///< the file that was named to be the only one
  StringMap<std::unique_ptr<TidyFileConfig>> ByDirectory, BySettings;
};

Config::Config(std::unique_ptr<Impl> Data) : Data(std::move(Data)) {}
Config::Config(Config &&) = default;
Config::~Config() = default;

Expected<Config> Config::create(StringRef Globs, ConfigPlaces Places) {
  for (const std::string &Name : unknownNames(Globs, /*OnlyOurs=*/false))
    return createStringError(describeUnknown(Name));
  IntrusiveRefCntPtr<vfs::FileSystem> Visible = vfs::getRealFileSystem();
  if (!Places.Top.empty())
    Visible = makeIntrusiveRefCnt<BelowTop>(Places.Top);
  auto Data = std::make_unique<Impl>(Globs, std::move(Visible));
  if (!Places.File.empty()) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> Text = MemoryBuffer::getFile(Places.File, /*IsText=*/true);
    if (!Text)
      return createStringError(Places.File + ": error: " + Text.getError().message());
    Data->Only = *Data->read((*Text)->getMemBufferRef());
  }
  return Config(std::move(Data));
}

const FileConfig &Config::of(StringRef MainFile) {
  std::unique_ptr<TidyFileConfig> &Known = Data->ByDirectory[sys::path::parent_path(MainFile)];
  if (!Known) {
    ClangTidyOptions Options = Data->Only ? *Data->Only : Data->Provider.getOptions(MainFile);
    Known = std::make_unique<TidyFileConfig>(settingsOf(Options), Options.CheckOptions, Data->CommandLine);
  }
  return *Known;
}

const FileConfig &Config::ofSettings(const UnitSettings &Settings) {
  std::string Key = llvm::join(ArrayRef({Settings.Checks, Settings.WarningsAsErrors, Settings.HeaderFilter,
                                         Settings.ExcludedHeaders, Settings.TestSeverity}),
                               StringRef("\0", 1));
  std::unique_ptr<TidyFileConfig> &Known = Data->BySettings[Key];
  if (!Known)
    Known = std::make_unique<TidyFileConfig>(Settings, ClangTidyOptions::OptionMap(), Data->CommandLine);
  return *Known;
}

ArrayRef<std::string> Config::files() const { return Data->Files; }

bool Config::enablesAny() const {
  TidyFileConfig Bare({}, {}, Data->CommandLine);
  return any_of(allChecks(), [&](const auto &C) { return Bare.enables(checkName(C->info().Id)); });
}

ArrayRef<std::string> Config::problems() const { return Data->Problems; }

} // namespace threadbare::driver
