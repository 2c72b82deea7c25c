#include "harness/environment/variables.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <set>

namespace assay::harness::environment {
namespace {

constexpr const char* kMask = "[masked]";

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool matches(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  pattern.remove_suffix(1);
  // A pattern of only "*" would record every variable.
  return !pattern.empty() && name.starts_with(pattern);
}

/// Variables that differ between processes or stores and do not influence measurements.
bool is_bookkeeping(std::string_view name) {
  static constexpr std::array kPatterns = {"ASSAY_DB", "ASSAY_RANK*", "ASSAY_RENDEZVOUS*",
                                           "ASSAY_SLOT*", "ASSAY_JOB"};
  return std::any_of(kPatterns.begin(), kPatterns.end(),
                     [&](const char* pattern) { return matches(name, pattern); });
}

enum class CharacterClass { upper, lower, digit };

CharacterClass class_of(char c) {
  if (std::isdigit(static_cast<unsigned char>(c)) != 0) return CharacterClass::digit;
  return std::isupper(static_cast<unsigned char>(c)) != 0 ? CharacterClass::upper
                                                          : CharacterClass::lower;
}

/// Whether letters and digits look random. In words written together the character class changes
/// mostly from upper to lower case; in random base64 it changes in other ways at 45% of the
/// positions.
bool looks_random(const std::string& letters, bool in_path) {
  if (letters.size() < 20) return false;
  std::set<CharacterClass> classes;
  std::set<char> distinct;
  std::size_t changes = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const CharacterClass here = class_of(letters[i]);
    classes.insert(here);
    distinct.insert(letters[i]);
    if (i == 0 || class_of(letters[i - 1]) == here) continue;
    const bool begins_word =
        class_of(letters[i - 1]) == CharacterClass::upper && here == CharacterClass::lower;
    if (!begins_word) ++changes;
  }
  if (distinct.size() < 8) return false;
  const double share = static_cast<double>(changes) / static_cast<double>(letters.size() - 1);
  if (classes.size() == 3) return share >= 0.28;
  // Letters of one case: hexadecimal or base32. Paths contain such hashes, which are not secrets.
  return !in_path && classes.size() == 2 && classes.contains(CharacterClass::digit) &&
         letters.size() >= 32 && share >= 0.2;
}

std::string letters_of(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), is_alnum);
  return out;
}

bool looks_like_key(const std::string& token) {
  static const std::regex uuid(
      "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
  const std::string rest = std::regex_replace(token, uuid, "");
  if (!rest.starts_with('/')) return looks_random(letters_of(rest), false);
  for (std::size_t begin = 1; begin < rest.size();) {
    const std::size_t end = std::min(rest.find('/', begin), rest.size());
    if (looks_random(letters_of(rest.substr(begin, end - begin)), true)) return true;
    begin = end + 1;
  }
  return false;
}

std::string with_random_masked(const std::string& text) {
  const auto in_token = [](char c) {
    return is_alnum(c) || c == '+' || c == '/' || c == '_' || c == '-';
  };
  std::string out;
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), in_token);
    const std::string token(at, end);
    out += looks_like_key(token) ? kMask : token;
    const auto next = std::find_if(end, text.end(), in_token);
    out.append(end, next);
    at = next;
  }
  return out;
}

}  // namespace

std::vector<std::string> general_variables() {
  return {"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_BIND_NOW", "LD_AUDIT",
          "MALLOC_*",   "GLIBC_TUNABLES",  "ASSAY_*"};
}

bool may_name_secret(std::string_view name) {
  std::string upper;
  for (const char c : name) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  static constexpr std::array kParts = {"KEY",        "TOKEN", "SECRET", "PASS",
                                        "CREDENTIAL", "AUTH",  "COOKIE"};
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](const char* part) { return upper.find(part) != std::string::npos; });
}

std::string without_secrets(std::string_view given) {
  using std::regex;
  constexpr auto kAnyCase = std::regex_constants::ECMAScript | std::regex_constants::icase;
  // scheme://user:password@host, even if the password contains a slash.
  static const regex url("([A-Za-z][A-Za-z0-9+.-]*://)\\S+@");
  static const regex login("[^\\s:,;=/]+:[^\\s@/][^\\s@]*@");
  static const regex field(
      "([A-Za-z0-9_.-]*(key|token|secret|password|passwd|passphrase|pass|pwd|credentials?|auth|"
      "cookie)=)[^\\s&;,]+",
      kAnyCase);
  static const regex header("\\b(bearer|basic)\\s+\\S+", kAnyCase);
  static const regex known(
      "(sk-|sk_live_|gh[opsur]_|github_pat_|glpat-|xox[abprs]-|hf_|AKIA|ASIA|AIza|eyJ|ya29\\.)"
      "[A-Za-z0-9_.-]{8,}");
  std::string text(given);
  if (text.find("PRIVATE KEY") != std::string::npos) return kMask;
  text = std::regex_replace(text, url, "$1[masked]@");
  text = std::regex_replace(text, login, "[masked]@");
  text = std::regex_replace(text, field, "$1[masked]");
  text = std::regex_replace(text, header, "$1 [masked]");
  text = std::regex_replace(text, known, kMask);
  return with_random_masked(text);
}

std::map<std::string, std::string> recorded_variables(const char* const* environment,
                                                      const std::vector<std::string>& patterns) {
  std::map<std::string, std::string> out;
  for (const char* const* entry = environment; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    const bool asked_for =
        std::any_of(patterns.begin(), patterns.end(),
                    [&](const std::string& pattern) { return matches(name, pattern); });
    if (!asked_for || is_bookkeeping(name) || may_name_secret(name)) continue;
    out[std::string(name)] = without_secrets(text.substr(equals + 1));
  }
  return out;
}

}  // namespace assay::harness::environment
