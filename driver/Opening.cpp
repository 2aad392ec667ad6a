// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Opening.h"

#include "clang/Basic/LangOptions.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringSwitch.h"

#include <optional>

using namespace llvm;
using namespace clang;

namespace threadbare::driver {
namespace {

class OpeningReader {
public:
  explicit OpeningReader(StringRef Source)
      : Source(Source), Language(withLineComments()),
        Lex(SourceLocation(), Language, Source.begin(), Source.begin(), Source.end()) {
    next();
  }

  std::vector<OpeningDirective> read() {
    std::vector<OpeningDirective> Result;
    std::size_t First = 0;
    unsigned Depth = 0;
    while (Tok.is(tok::hash) && Tok.isAtStartOfLine()) {
      if (Depth == 0)
        First = offset();
      std::optional<int> Change = directive();
      if (!Change || (Depth == 0 && *Change < 0))
        break;
      Depth += *Change;
      if (Depth == 0)
        Result.push_back({Source.slice(First, End), End});
    }
    return Result;
  }

private:
  static LangOptions withLineComments() {
    LangOptions Language;
    Language.LineComment = true;
    return Language;
  }
  void next() { Lex.LexFromRawLexer(Tok); }
  std::size_t offset() const { return Tok.getLocation().getRawEncoding(); }

  /// Reads one to the end of its line. By how much it changes the depth of conditions; nothing if it is another one.
  std::optional<int> directive() {
    next();
    if (Tok.isNot(tok::raw_identifier) || Tok.isAtStartOfLine())
      return std::nullopt;
    enum { Else = 10, Unknown = 11 };
    int Kind = StringSwitch<int>(Tok.getRawIdentifier())
                   .Case("include", 0)
                   .Cases("if", "ifdef", "ifndef", 1)
                   .Case("endif", -1)
                   .Cases("else", "elif", "elifdef", "elifndef", Else)
                   .Default(Unknown);
    if (Kind == Unknown)
      return std::nullopt;
    do {
      End = offset() + Tok.getLength();
      next();
    } while (Tok.isNot(tok::eof) && !Tok.isAtStartOfLine());
    return Kind == Else ? 0 : Kind;
  }

  StringRef Source;
  LangOptions Language;
  Lexer Lex;
  Token Tok;
  std::size_t End = 0;
};

} // namespace

std::vector<OpeningDirective> openingOf(StringRef Source) { return OpeningReader(Source).read(); }

std::string withoutOpening(StringRef Source, std::size_t End) {
  std::string Result = Source.str();
  for (char &C : MutableArrayRef(Result.data(), End))
    if (C != '\n' && C != '\r')
      C = ' ';
  return Result;
}

} // namespace threadbare::driver
