#include "results/claims/serving.h"

#include <cstddef>

#include "results/claims/characters.h"
namespace assay::results::claims {
namespace {

/// The digits from `at` on, without the commas between groups of three.
std::string number_at(const std::string& text, std::size_t at) {
  std::string digits;
  for (; at < text.size(); ++at) {
    if (is_digit(text[at])) {
      digits += text[at];
    } else if (text[at] != ',' || at + 1 == text.size() || !is_digit(text[at + 1])) {
      break;
    }
  }
  return digits;
}

/// Whether the number at the beginning counts chips: "8", "8 GPUs", "8 × H100"; not "4 nodes".
bool counts_chips(const std::string& text) {
  const std::size_t word = text.find_first_not_of("0123456789, ");
  if (word == std::string::npos) return true;
  const std::string rest = text.substr(word);
  for (const std::string times : {"×", "x "}) {
    if (!rest.starts_with(times)) continue;
    const std::size_t next = rest.find_first_not_of(' ', times.size());
    return next != std::string::npos && !is_digit(rest[next]);
  }
  for (const char* unit : {"chip", "GPU", "NPU", "TPU", "accelerator", "device", "card", "die"}) {
    if (rest.starts_with(unit)) return true;
  }
  return false;
}

}  // namespace

std::optional<double> chips_of_parallelism(const std::string& text) {
  constexpr std::size_t kMostDigits = 9;
  if (!text.empty() && is_digit(text[0])) {
    const std::string digits = number_at(text, 0);
    if (digits.size() > kMostDigits || !counts_chips(text)) return std::nullopt;
    const double chips = std::stod(digits);
    return chips >= 1 ? std::optional(chips) : std::nullopt;
  }
  // "TP8 PP2": degrees of parallelism multiply. Where two of them share chips, the product is too
  // large, which contradicts no true figure.
  std::optional<double> chips;
  for (std::size_t at = 0; at + 2 < text.size(); ++at) {
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    if (!begins || text[at + 1] != 'P' || !is_digit(text[at + 2])) continue;
    if (std::string("TPED").find(text[at]) == std::string::npos) continue;
    const std::string digits = number_at(text, at + 2);
    if (digits.size() > kMostDigits) return std::nullopt;
    chips = chips.value_or(1) * std::stod(digits);
  }
  return chips && *chips >= 1 ? chips : std::nullopt;
}

std::string type_name(const std::string& text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower.starts_with("mxfp")) return lower.substr(2).erase(1, 1);
  if (lower.starts_with("fp")) return lower.erase(1, 1);
  if (lower.starts_with("int")) return "i" + lower.substr(3);
  return lower;
}

}  // namespace assay::results::claims
