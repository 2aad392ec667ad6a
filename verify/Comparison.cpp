// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Comparison.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <random>
#include <vector>

using namespace llvm;

namespace threadbare::verify {
namespace {

constexpr std::size_t Resamples = 2000;

double median(std::vector<double> &Values) {
  auto Middle = Values.begin() + Values.size() / 2;
  std::nth_element(Values.begin(), Middle, Values.end());
  return Values.size() % 2 ? *Middle : (*Middle + *std::max_element(Values.begin(), Middle)) / 2;
}

} // namespace

Interval medianRatio(ArrayRef<double> Before, ArrayRef<double> After) {
  std::vector<double> Ratios;
  for (const auto &[B, A] : zip(Before, After))
    Ratios.push_back(A / B);
  if (Ratios.empty())
    return {};
  std::mt19937_64 Random(1); // a run that is judged twice is judged alike
  std::uniform_int_distribution<std::size_t> Pick(0, Ratios.size() - 1);
  std::vector<double> Medians, Sample(Ratios.size());
  for (std::size_t I = 0; I < Resamples; ++I) {
    for (double &Each : Sample)
      Each = Ratios[Pick(Random)];
    Medians.push_back(median(Sample));
  }
  llvm::sort(Medians);
  return {Medians[Resamples / 40], median(Ratios), Medians[Resamples - 1 - Resamples / 40]};
}

Comparison compare(ArrayRef<double> Base, ArrayRef<double> BaseAgain, ArrayRef<double> Other) {
  SmallVector<double> First, Second, Third;
  for (std::size_t I = 0, Count = std::min({Base.size(), BaseAgain.size(), Other.size()}); I < Count; ++I)
    if (Base[I] > 0 && BaseAgain[I] > 0 && Other[I] > 0) {
      First.push_back(Base[I]);
      Second.push_back(BaseAgain[I]);
      Third.push_back(Other[I]);
    }
  return {medianRatio(First, Third), medianRatio(Second, Third), medianRatio(First, Second), First.size()};
}

} // namespace threadbare::verify
