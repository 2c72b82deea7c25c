// The words for why records were left out of a comparison.
#include <algorithm>
#include <iterator>

#include "results/compare/compare.h"

namespace assay::results::compare {
namespace {

struct Words {
  LeftOutReason reason;
  std::string_view name, meaning;
};

constexpr Words kWords[] = {
    {LeftOutReason::no_partner, "no partner", "the other side has no verified result of it"},
    {LeftOutReason::not_verified, "not verified", "its result was not verified as right"},
    {LeftOutReason::no_interval, "no interval",
     "too few samples for a confidence interval of its median"},
    {LeftOutReason::other_mode, "other mode", "cold and hot measurements are not compared"},
    {LeftOutReason::other_division, "other division",
     "only implementations of the same division are compared"},
    {LeftOutReason::other_origin, "other origin",
     "modelled or imported records are not compared with measured ones"},
    {LeftOutReason::other_device, "other device",
     "there are several devices, and none on the other side has its index and name"},
    {LeftOutReason::other_operands, "other operands",
     "the bits of the inputs differ, so the two sides did not solve the same problem"},
    {LeftOutReason::implausible, "implausible", "its times contradict each other"},
    {LeftOutReason::suspect, "suspect",
     "its times may be false: they contradict each other, unless other work on the machine delayed "
     "it, or downloads were long enough to hide work"},
};

const Words& words_of(LeftOutReason reason) {
  return *std::ranges::find(kWords, reason, &Words::reason);
}

}  // namespace

std::string_view name(LeftOutReason reason) {
  return words_of(reason).name;
}

std::string_view meaning(LeftOutReason reason) {
  return words_of(reason).meaning;
}

}  // namespace assay::results::compare
