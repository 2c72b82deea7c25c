#include "results/claims/quantity_pattern.h"

#include <algorithm>
#include <ranges>

namespace assay::results::claims {
namespace {

bool is_variable(const std::string& word) {
  return word.size() == 3 && word.front() == '{' && word.back() == '}';
}

}  // namespace

std::vector<std::string> words_of(std::string_view quantity) {
  std::vector<std::string> words;
  for (const auto part : std::views::split(quantity, '.')) {
    words.emplace_back(part.begin(), part.end());
  }
  return words;
}

void match(std::span<const std::string> pattern, std::span<const std::string> words,
           Variables& bound, const std::function<void()>& found) {
  if (pattern.empty() || words.empty()) {
    if (pattern.empty() && words.empty()) found();
    return;
  }
  const std::string& first = pattern.front();
  if (first == "*" && pattern.size() == 1) return found();
  if (!is_variable(first)) {
    if (first == words.front()) match(pattern.subspan(1), words.subspan(1), bound, found);
    return;
  }
  const std::string name = first.substr(1, 1);
  const std::size_t most = name == "Q" ? words.size() : 1;
  std::string text;
  for (std::size_t taken = 1; taken <= most; ++taken) {
    text += (taken == 1 ? "" : ".") + words[taken - 1];
    const auto known = bound.find(name);
    if (known != bound.end() && known->second != text) continue;
    const bool fresh = known == bound.end();
    if (fresh) bound[name] = text;
    match(pattern.subspan(1), words.subspan(taken), bound, found);
    if (fresh) bound.erase(name);
  }
}

bool fits(const std::vector<std::string>& patterns, const std::string& quantity) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    bool fit = false;
    Variables none;
    match(words_of(pattern), words_of(quantity), none, [&] { fit = true; });
    return fit;
  });
}

std::string replaced(std::string text, const Variables& values) {
  for (const auto& [name, value] : values) {
    const std::string variable = "{" + name + "}";
    for (std::size_t at = 0; (at = text.find(variable, at)) != std::string::npos;
         at += value.size()) {
      text.replace(at, variable.size(), value);
    }
  }
  return text;
}

std::string open_name(const std::string& text) {
  const std::size_t variable = text.find('{');
  if (variable == std::string::npos) return {};
  const std::size_t begin = text.find_last_of(" (", variable) + 1;
  return text.substr(begin, text.find_first_of(" ),", variable) - begin);
}

}  // namespace assay::results::claims
