// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Trace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/DebugInfo/Symbolize/Symbolize.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;

namespace threadbare::verify {

std::vector<json::Object> readTrace(StringRef Folder) {
  std::set<std::string> Files;
  std::error_code Error;
  for (sys::fs::directory_iterator I(Folder, Error), End; I != End && !Error; I.increment(Error))
    if (StringRef(I->path()).ends_with(".jsonl"))
      Files.insert(I->path());
  std::vector<json::Object> Lines;
  for (const std::string &File : Files) {
    auto Buffer = MemoryBuffer::getFile(File);
    if (!Buffer)
      continue;
    for (StringRef Line : split((*Buffer)->getBuffer(), '\n')) {
      Expected<json::Value> Parsed = json::parse(Line);
      if (!Parsed)
        consumeError(Parsed.takeError());
      else if (json::Object *O = Parsed->getAsObject())
        Lines.push_back(std::move(*O));
    }
  }
  return Lines;
}

bool isSameFile(StringRef A, StringRef B) {
  if (A == B)
    return true;
  if (sys::path::filename(A) != sys::path::filename(B))
    return false;
  bool Same = false;
  return !sys::fs::equivalent(A, B, Same) && Same;
}

static symbolize::LLVMSymbolizer::Options symbolizerOptions() {
  symbolize::LLVMSymbolizer::Options Options;
  Options.PathStyle = DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath;
  return Options;
}

Symbolizer::Symbolizer(const ProbedBuild *Build)
    : Build(Build), Names(std::make_unique<symbolize::LLVMSymbolizer>(symbolizerOptions())) {}
Symbolizer::~Symbolizer() = default;

std::vector<Frame> Symbolizer::frames(const json::Array *Stack) {
  std::vector<Frame> Frames;
  if (Stack)
    for (const json::Value &Address : *Stack)
      if (StringRef Text = Address.getAsString().value_or(""); !Text.contains("/libthreadbare-rt.so")) {
        auto [Entry, New] = Known.try_emplace(Text);
        if (New)
          Entry->second = framesAt(Text);
        append_range(Frames, Entry->second);
      }
  return Frames;
}

std::vector<Frame> Symbolizer::framesAt(StringRef Address) {
  auto [Module, Digits] = Address.rsplit("+0x");
  std::uint64_t Offset = 0;
  Digits.getAsInteger(16, Offset);
  std::string File = Build ? Build->outside(Module) : Module.str();
  object::SectionedAddress Where{Offset, object::SectionedAddress::UndefSection};
  Expected<DIInliningInfo> Found = Names->symbolizeInlinedCode(File, Where);
  if (!Found) {
    consumeError(Found.takeError());
    return {{"", "", {}, Module.str()}};
  }
  auto NameOf = [](const DILineInfo &Info) {
    return Info.FunctionName == DILineInfo::BadString ? "" : Info.FunctionName;
  };
  std::vector<Frame> Frames;
  std::uint32_t Count = std::max(Found->getNumberOfFrames(), 1u);
  for (std::uint32_t I = 0; I < Found->getNumberOfFrames(); ++I) {
    const DILineInfo &Info = Found->getFrame(I);
    Frame F;
    F.Function = NameOf(Info);
    F.Symbol = NameOf(Found->getFrame(Count - 1));
    if (Info.FileName != DILineInfo::BadString && Info.Line) {
      SmallString<256> Path(Info.FileName);
      sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
      F.At = {Path.str().str(), Info.Line, Info.Column};
    }
    F.Module = Module;
    Frames.push_back(std::move(F));
  }
  return Frames;
}

bool isOwn(const Frame &F) {
  StringRef File = F.At.File;
  return F.At.Line && !File.starts_with("/usr/") && sys::fs::exists(File);
}

bool isResumption(const Frame &F) {
  return StringRef(F.Symbol).contains(".resume") || StringRef(F.Symbol).contains(".actor");
}

std::string qualifiedName(StringRef Demangled) {
  std::string Name;
  unsigned Depth = 0; // of template arguments
  for (std::size_t I = 0; I < Demangled.size(); ++I) {
    char C = Demangled[I];
    bool IsOperator = StringRef(Name).ends_with("operator");
    if (C == '<' && !IsOperator)
      ++Depth;
    else if (C == '>' && Depth)
      --Depth;
    else if (Depth)
      continue;
    else if (C == '(' && Demangled.substr(I).starts_with("(anonymous namespace)"))
      I += StringRef("(anonymous namespace)").size() + 1; // and the "::"
    else if (C == '(' || C == '[')
      break;
    else if (C == ' ' && !IsOperator)
      Name.clear(); // that was the type it returns
    else
      Name += C;
  }
  return Name;
}

static std::string name(const Frame &F) { return F.Function.empty() ? "??" : F.Function; }

static std::string place(const Frame &F) {
  return F.At.Line ? formatv("{0}:{1}:{2}", F.At.File, F.At.Line, F.At.Column).str() : F.Module;
}

std::vector<std::string> print(const std::vector<Frame> &Frames) {
  std::vector<std::string> Lines;
  for (const Frame &F : Frames)
    Lines.push_back(formatv("#{0} {1} {2}", Lines.size(), name(F), place(F)).str());
  return Lines;
}

/// By its file or, where debug information has none, by its name without the type that it returns.
static bool isLibrary(const Frame &F) {
  StringRef File = F.At.Line ? F.At.File : F.Module;
  if (F.Function.empty() || !sys::path::is_absolute(File) || File.starts_with("/usr/") || File.starts_with("/lib"))
    return true;
  StringRef Name = StringRef(F.Function).split('(').first;
  return !F.At.Line && (Name.starts_with("std::") || Name.contains(" std::") || Name.starts_with("__"));
}

std::vector<std::string> printShort(const std::vector<Frame> &Frames) {
  constexpr std::size_t Width = 80; // without its parameters, a longer name is still found
  std::vector<std::string> Lines;
  std::size_t Skipped = 0;
  auto Skip = [&] {
    if (Skipped)
      Lines.push_back(formatv("  ... {0} frame{1} of libraries", Skipped, Skipped == 1 ? "" : "s").str());
    Skipped = 0;
  };
  for (const auto &[I, F] : enumerate(Frames)) {
    if (isLibrary(F)) {
      ++Skipped;
      continue;
    }
    Skip();
    StringRef Name = F.Function;
    if (Name.size() > Width)
      Name = Name.substr(0, Name.find('(', 1));
    Lines.push_back(formatv("  #{0} {1} {2}", I, Name.take_front(2 * Width), place(F)).str());
  }
  Skip();
  return Lines;
}

} // namespace threadbare::verify
