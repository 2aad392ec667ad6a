// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs while the program is built: reads the catalog's YAML files, refuses what a reader of the finished program would
// refuse, and writes their table as a string literal for Builtin.cpp. With --names it prints the names that they know.
#include "catalog/Contents.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace threadbare::catalog;

namespace {

template <class T> unsigned twice(ArrayRef<NamedEntry<T>> Entries, StringRef Section) {
  StringSet<> Seen;
  unsigned Errors = 0;
  for (const NamedEntry<T> &E : Entries)
    for (const std::string &Name : E.Names)
      if (!Seen.insert(Name).second) {
        WithColor::error() << "'" << Name << "' stands twice among the catalog's " << Section << "\n";
        ++Errors;
      }
  return Errors;
}

Expected<Contents> readFile(StringRef Path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> File = MemoryBuffer::getFile(Path);
  if (!File)
    return createStringError(File.getError(), "cannot read " + Path);
  return readYaml((*File)->getMemBufferRef());
}

void writeLiteral(StringRef Table, raw_ostream &Out) {
  constexpr std::size_t Column = 64;
  for (std::size_t I = 0; I < Table.size(); I += Column) {
    Out << '"';
    // Octal, three digits always: a hexadecimal escape would swallow the letters that follow.
    for (std::uint8_t C : Table.substr(I, Column).bytes())
      if (isPrint(static_cast<char>(C)) && C != '"' && C != '\\' && C != '?')
        Out << static_cast<char>(C);
      else
        Out << '\\' << static_cast<char>('0' + (C >> 6)) << static_cast<char>('0' + (C >> 3 & 7))
            << static_cast<char>('0' + (C & 7));
    Out << "\"\n";
  }
}

template <class T> void printNames(ArrayRef<NamedEntry<T>> Entries) {
  for (const NamedEntry<T> &E : Entries)
    for (const std::string &Name : E.Names)
      outs() << Name << "\n";
}

} // namespace

int main(int argc, char **argv) {
  InitLLVM Init(argc, argv);
  if (argc < 3) {
    WithColor::error() << "usage: threadbare-compile-catalog OUTPUT|--names FILE.yaml...\n";
    return 2;
  }
  Contents All;
  unsigned Errors = 0;
  for (const char *Path : ArrayRef(argv + 2, argv + argc)) {
    Expected<Contents> C = readFile(Path);
    if (!C) {
      WithColor::error() << toString(C.takeError()) << "\n";
      ++Errors;
      continue;
    }
    All.append(std::move(*C));
  }
  Errors += twice<BlockingEntry>(All.Blocking, "blocking functions");
  Errors += twice<FunctionModel>(All.Functions, "functions");
  Errors += twice<TypeModel>(All.Types, "types");
  Errors += twice<FakeAsyncEntry>(All.FakeAsync, "fakes");
  if (Errors)
    return 1;

  if (argv[1] == StringRef("--names")) {
    printNames<BlockingEntry>(All.Blocking);
    printNames<FunctionModel>(All.Functions);
    printNames<TypeModel>(All.Types);
    printNames<FakeAsyncEntry>(All.FakeAsync);
    return 0;
  }

  std::error_code EC;
  raw_fd_ostream Out(argv[1], EC);
  if (EC) {
    WithColor::error() << "cannot write " << argv[1] << ": " << EC.message() << "\n";
    return 1;
  }
  writeLiteral(writeTable(All), Out);
  return 0;
}
