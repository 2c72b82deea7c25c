#include "harness/cli/duel/contest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "kernels/error.h"
#include "results/record/listing.h"

namespace assay::cli::duel {

namespace {

/// Which fields may differ between the sides, because one of them sets it.
struct Free {
  bool device = false, implementation = false, mode = false;
};

using Key = std::array<std::string, 4>;

Key key_of(const Entry& entry, const Free& free) {
  return {entry.problem, free.device ? "" : entry.device,
          free.implementation ? "" : entry.implementation,
          free.mode ? "" : std::string(name(entry.mode))};
}

std::map<Key, const Entry*> by_key(const std::vector<Entry>& entries, const Free& free,
                                   const SideChoice& side, const char* letter) {
  std::map<Key, const Entry*> out;
  for (const Entry& entry : entries) {
    const auto [found, added] = out.emplace(key_of(entry, free), &entry);
    if (added) continue;
    const Entry& other = *found->second;
    const bool device = other.device != entry.device;
    throw InputError(
        fmt::format("{} = {}: there is {} and {} for {}", letter, side.text,
                    device ? other.device : other.implementation,
                    device ? entry.device : entry.implementation, entry.problem),
        device ? "name one with --device" : "name one with --implementation, or as a setting");
  }
  return out;
}

std::string offered(const std::vector<Entry>& entries) {
  std::set<std::string> texts;
  for (const Entry& entry : entries) {
    texts.insert(fmt::format("{} on {}, {}", entry.implementation, entry.device, name(entry.mode)));
  }
  return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, "; "));
}

std::string text_of(const char* letter, const Entry& entry) {
  return fmt::format("{}: {} · {}, {}, {}", letter, results::record::brief_problem(entry.problem),
                     entry.implementation, entry.device, name(entry.mode));
}

std::string both(const std::string& a, const std::string& b) {
  return a == b ? a : a + " / " + b;
}

std::string title_of(const Entry& a, const Entry& b) {
  return fmt::format("{} · {}, {}, {}", results::record::brief_problem(a.problem),
                     both(a.implementation, b.implementation), both(a.device, b.device),
                     both(std::string(name(a.mode)), std::string(name(b.mode))));
}

}  // namespace

Pairing contests_of(const SideChoice& a, const std::vector<Entry>& from_a, const SideChoice& b,
                    const std::vector<Entry>& from_b, const results::duel::DuelOptions& options) {
  const Free free = {!a.device.empty() || !b.device.empty(),
                     !a.implementation.empty() || !b.implementation.empty(),
                     a.mode.has_value() || b.mode.has_value()};
  const auto all_of_a = by_key(from_a, free, a, "A"), all_of_b = by_key(from_b, free, b, "B");
  std::vector<std::pair<const Entry*, const Entry*>> pairs;
  Pairing out;
  for (const auto& [key, entry] : all_of_a) {
    const auto found = all_of_b.find(key);
    if (found != all_of_b.end()) {
      pairs.emplace_back(entry, found->second);
    } else {
      out.unpaired.push_back(text_of("A", *entry));
    }
  }
  for (const auto& [key, entry] : all_of_b) {
    if (!all_of_a.contains(key)) out.unpaired.push_back(text_of("B", *entry));
  }
  if (pairs.empty()) {
    throw InputError(fmt::format("the sides have nothing in common: A offers {}; B offers {}",
                                 offered(from_a), offered(from_b)),
                     "name the implementation of each side: device=cpu:0,implementation=…");
  }
  for (const auto& [one, other] : pairs) {
    results::duel::DuelOptions own = options;
    own.error /= static_cast<double>(pairs.size());
    own.in_cycles = one->device == other->device;
    out.contests.push_back(
        {.title = title_of(*one, *other),
         .a = *one,
         .b = *other,
         .arms = {one->prepare(), other->prepare(), one->prepare(), other->prepare()},
         .duel = results::duel::Duel(own)});
  }
  return out;
}

}  // namespace assay::cli::duel
