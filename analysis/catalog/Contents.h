// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one catalog file says, and its two forms: YAML for people, and a table that is built from it when the program
// is compiled. Reading the YAML of the whole catalog takes longer than parsing a small source file does, reading the
// table a millisecond.
#pragma once

#include "catalog/Catalog.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <map>
#include <string>
#include <vector>

namespace threadbare::catalog {

/// An entry and every name under which it is found, the first being Entry.Name.
template <class T> struct NamedEntry {
  std::vector<std::string> Names;
  T Entry;
  std::vector<std::string>
      Others;          ///< in YAML: more functions of which the same is true; entries of their own when read
  std::string Instead; ///< of a blocking function: its only replacement (in YAML; it becomes a set when read)
};

struct Contents {
  std::vector<NamedEntry<BlockingEntry>> Blocking;
  std::vector<NamedEntry<FunctionModel>> Functions;
  std::vector<NamedEntry<TypeModel>> Types;
  std::vector<NamedEntry<FakeAsyncEntry>> FakeAsync;
  /// Set -> ecosystem -> text.
  std::map<std::string, std::map<std::string, std::string>> Replacements;
  /// Namespaces that are found under other names too: boost::asio -> asio.
  std::map<std::string, std::vector<std::string>> NamespaceAliases;

  void append(Contents Other);
};

/// One line for an error: "NAME:LINE: what is wrong".
llvm::Expected<Contents> readYaml(llvm::MemoryBufferRef File);

std::string writeTable(const Contents &C);
llvm::Expected<Contents> readTable(llvm::StringRef Table);

/// The table that is compiled into the program.
llvm::StringRef builtinTable();

/// "std::future<int>::get" -> "std::future::get". \p Storage is used only where there is something to strip.
llvm::StringRef withoutTemplateArguments(llvm::StringRef QualifiedName, std::string &Storage);

/// What follows the last "::".
llvm::StringRef unqualified(llvm::StringRef QualifiedName);

/// The words that a key takes, for messages and tests.
llvm::ArrayRef<llvm::StringRef> conditionKinds();
llvm::ArrayRef<llvm::StringRef> conditionResults();
llvm::ArrayRef<llvm::StringRef> categories();
llvm::ArrayRef<llvm::StringRef> roles();

} // namespace threadbare::catalog
