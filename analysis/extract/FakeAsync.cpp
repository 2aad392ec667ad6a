// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that are documented as asynchronous and are a thread, or a blocking call, underneath.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

const catalog::FakeAsyncEntry *UnitReader::fakeAsync(const FunctionDecl *D) {
  const IdentifierInfo *Name = D->getDeclName().isIdentifier() ? D->getIdentifier() : nullptr;
  if (!Name || !Catalog.knowsName(Name->getName()))
    return nullptr;
  const catalog::FakeAsyncEntry *E = Catalog.fakeAsync(qualifiedName(D));
  return E && isMeant(D, E->Name, E->FromUser) ? E : nullptr;
}

/// Where it depends on what is not known whether the call is one, nothing is said.
void FunctionReader::noteFake(const CallSite &C) {
  const catalog::FakeAsyncEntry *Entry = U.fakeAsync(C.Callee);
  if (!Entry || !C.E || Entry->Kind == "conditional" || Entry->Kind == "hidden-loop")
    return;
  for (const catalog::ConditionEntry &E : Entry->Conditions)
    if (condition(C, Entry->Conditions, E))
      return;
  FakeCall Call;
  Call.Callee = B.string(writtenName(C));
  Call.Kind = B.string(Entry->Kind);
  Call.How = B.string(Entry->How);
  Call.At = makeOp(OpKind::Nop, placeOf(C.E)).At;
  Fakes.push_back(Call);
}

} // namespace threadbare
