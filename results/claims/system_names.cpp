#include "results/claims/system_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/ids.h"

namespace assay::results::claims {

namespace {

using Words = std::vector<std::string>;

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// In lower case; punctuation separates words, too.
Words name_words(std::string_view text) {
  Words out;
  bool inside = false;
  for (const char c : text) {
    if (is_letter_or_digit(c)) {
      if (!inside) out.emplace_back();
      out.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    inside = is_letter_or_digit(c);
  }
  return out;
}

std::string joined(const Words& words) {
  return fmt::format("{}", fmt::join(words, ""));
}

bool begins_with(const Words& words, const Words& wanted) {
  return words.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), words.begin());
}

template <class Fits>
std::vector<const System*> those(const Catalogue& catalogue, Fits fits) {
  std::vector<const System*> out;
  for (const auto& [id, system] : catalogue.systems) {
    if (fits(name_words(id)) || fits(name_words(system.name))) out.push_back(&system);
  }
  return out;
}

std::string list_of(const std::vector<const System*>& systems) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(systems.size(), kShown); ++i) {
    const bool last = i + 1 == systems.size();
    text += fmt::format("{}{}", i == 0 ? "" : last ? " or " : ", ", systems[i]->id);
  }
  return systems.size() > kShown ? text + " or another one" : text;
}

}  // namespace

const System* system_as_written(const Catalogue& catalogue, std::string_view text) {
  const auto exact = catalogue.systems.find(std::string(text));
  if (exact != catalogue.systems.end()) return &exact->second;
  const Words wanted = name_words(text);
  if (wanted.empty()) return nullptr;
  auto found =
      those(catalogue, [all = joined(wanted)](const Words& words) { return joined(words) == all; });
  if (found.empty()) {
    found = those(catalogue, [&](const Words& words) { return begins_with(words, wanted); });
  }
  if (found.empty()) {
    found = those(catalogue,
                  [&](const Words& words) { return !std::ranges::search(words, wanted).empty(); });
  }
  if (found.empty()) return nullptr;
  if (found.size() == 1) return found.front();
  throw InputError(fmt::format("`{}` may be {}", text, list_of(found)), "name one of them");
}

const System& named_system(const Catalogue& catalogue, std::string_view text) {
  if (const System* found = system_as_written(catalogue, text)) return *found;
  throw InputError(fmt::format("no system `{}` in the catalogue", text),
                   did_you_mean(fmt::format("{}", fmt::join(name_words(text), "-")),
                                ids_of(catalogue.systems), "`assay systems` lists them"));
}

}  // namespace assay::results::claims
