// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Flags.h"

#include "clang/Driver/Options.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"

using namespace llvm;
using namespace clang::driver;

namespace threadbare::driver {
namespace {

/// A precompiled header of another compiler or version cannot be read, and the text that it was made from always can.
/// CMake names both: -Xclang -include-pch -Xclang x.pch -Xclang -include -Xclang x.hxx.
std::vector<std::string> stripPrecompiledHeaders(std::vector<std::string> Arguments) {
  std::vector<std::string> Kept;
  for (std::size_t I = 0; I != Arguments.size(); ++I) {
    bool Forwarded = Arguments[I] == "-Xclang" && I + 3 < Arguments.size() && Arguments[I + 1] == "-include-pch" &&
                     Arguments[I + 2] == "-Xclang";
    if (Forwarded)
      I += 3;
    else if (Arguments[I] == "-include-pch" && I + 1 < Arguments.size())
      I += 1;
    else
      Kept.push_back(std::move(Arguments[I]));
  }
  return Kept;
}

/// Options about debug information, link-time optimisation, profiles and encodings: values that GCC takes and Clang
/// does not are errors, and none of them matters to what a program means.
bool concernsGeneratedCode(const opt::Option &Option) {
  static constexpr unsigned Ids[] = {options::OPT_DebugInfo_Group,
                                     options::OPT_flto_EQ,
                                     options::OPT_fprofile_use_EQ,
                                     options::OPT_fprofile_update_EQ,
                                     options::OPT_fprofile_instr_use,
                                     options::OPT_p,
                                     options::OPT_pg,
                                     options::OPT_mrecord_mcount,
                                     options::OPT_mnop_mcount,
                                     options::OPT_mtls_dialect_EQ,
                                     options::OPT_fpcc_struct_return,
                                     options::OPT_freg_struct_return,
                                     options::OPT_fexcess_precision_EQ,
                                     options::OPT_finput_charset_EQ,
                                     options::OPT_fexec_charset_EQ,
                                     options::OPT_C,
                                     options::OPT_CC};
  return any_of(Ids, [&](unsigned Id) { return Option.matches(Id); });
}

} // namespace

bool FlagFilter::isDropped(const opt::Arg &A) {
  if (A.getOption().getID() == options::OPT_UNKNOWN) {
    Unknown.insert(A.getSpelling());
    return true;
  }
  auto [Known, New] = ForGeneratedCode.try_emplace(A.getOption().getID());
  if (New)
    Known->second = concernsGeneratedCode(A.getOption());
  return Known->second;
}

std::vector<std::string> FlagFilter::operator()(std::vector<std::string> Arguments) {
  Arguments = stripPrecompiledHeaders(std::move(Arguments));
  if (Arguments.empty() || is_contained(Arguments, "--driver-mode=cl"))
    return Arguments;
  SmallVector<const char *, 64> Given;
  for (const std::string &Argument : ArrayRef(Arguments).drop_front())
    Given.push_back(Argument.c_str());
  unsigned MissingIndex = 0, MissingCount = 0;
  opt::InputArgList Parsed =
      getDriverOptTable().ParseArgs(Given, MissingIndex, MissingCount, opt::Visibility(options::ClangOption));

  std::vector<bool> Dropped(Arguments.size());
  for (const opt::Arg *A : Parsed)
    if (isDropped(*A))
      Dropped[A->getIndex() + 1] = true;
  std::vector<std::string> Kept;
  for (auto [Argument, Drop] : zip_equal(Arguments, Dropped))
    if (!Drop)
      Kept.push_back(std::move(Argument));
  return Kept;
}

std::vector<std::string> FlagFilter::unknown() const {
  std::vector<std::string> Sorted;
  for (const auto &Entry : Unknown)
    Sorted.push_back(Entry.getKey().str());
  llvm::sort(Sorted);
  return Sorted;
}

} // namespace threadbare::driver
