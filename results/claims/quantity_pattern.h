// Patterns for the names of quantities, used in rules: "peak.{T}", "memory.*".
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results::claims {

using Variables = std::map<std::string, std::string>;

/// The words of "peak.bf16": "peak" and "bf16".
std::vector<std::string> words_of(std::string_view quantity);

/// Matches words with the words of a pattern and sets the variables: {X} matches one word, {Q} and
/// a final * one or more. Calls `found` for every possible match.
void match(std::span<const std::string> pattern, std::span<const std::string> words,
           Variables& bound, const std::function<void()>& found);

/// Whether a quantity matches one of the patterns.
bool fits(const std::vector<std::string>& patterns, const std::string& quantity);

/// `text` with every {name} that has a value replaced by it.
std::string replaced(std::string text, const Variables& values);

/// The first name in an expression that still has a variable: "self:peak.{T}"; empty if none has.
std::string open_name(const std::string& text);

}  // namespace assay::results::claims
