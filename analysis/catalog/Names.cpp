// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "catalog/Contents.h"

using namespace llvm;

namespace threadbare::catalog {

/// Every conversion function has this name: which type it prints depends on the template arguments.
constexpr StringRef Conversion = "operator T";

static bool isConversion(StringRef Name) {
  return Name.consume_front("operator ") && !Name.starts_with("new") && !Name.starts_with("delete") &&
         !Name.starts_with("co_await");
}

StringRef unqualified(StringRef QualifiedName) {
  std::size_t At = QualifiedName.rfind("::");
  return At == StringRef::npos ? QualifiedName : QualifiedName.drop_front(At + 2);
}

StringRef withoutTemplateArguments(StringRef QualifiedName, std::string &Storage) {
  if (!QualifiedName.contains('<') && !QualifiedName.contains("operator "))
    return QualifiedName;
  Storage.clear();
  unsigned Depth = 0;
  for (std::size_t I = 0; I < QualifiedName.size(); ++I) {
    StringRef Rest = QualifiedName.drop_front(I);
    // An operator's own brackets: operator<, operator<<=, operator->, operator<=>.
    if (Depth == 0 && Rest.starts_with("operator") && (I == 0 || QualifiedName[I - 1] == ':')) {
      if (isConversion(Rest)) {
        Storage += Conversion;
        break;
      }
      std::size_t Length =
          8 + Rest.drop_front(8).take_while([](char C) { return StringRef("<>=-*").contains(C); }).size();
      Storage += Rest.take_front(Length);
      I += Length - 1;
      continue;
    }
    if (QualifiedName[I] == '<')
      ++Depth;
    else if (QualifiedName[I] == '>' && Depth > 0 && QualifiedName[I - 1] != '-')
      --Depth;
    else if (Depth == 0)
      Storage += QualifiedName[I];
  }
  return Storage;
}

} // namespace threadbare::catalog
