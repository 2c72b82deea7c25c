// Patterns of quantities' names, as rules state them: "peak.{T}", "memory.*".
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results::claims {

using Variables = std::map<std::string, std::string>;

/// "peak.bf16" in its words.
std::vector<std::string> words_of(std::string_view quantity);

/// Matches words against a pattern's, binding variables: {X} is one word, {Q} and a last * are one
/// or more. Calls `found` for every way that fits.
void match(std::span<const std::string> pattern, std::span<const std::string> words,
           Variables& bound, const std::function<void()>& found);

/// Whether a quantity fits one of the patterns.
bool fits(const std::vector<std::string>& patterns, const std::string& quantity);

/// `text` with every {name} that is bound replaced.
std::string replaced(std::string text, const Variables& values);

/// The first name of an expression that still has a hole: "self:peak.{T}"; empty where none has.
std::string open_name(const std::string& text);

}  // namespace assay::results::claims
