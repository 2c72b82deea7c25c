#include "kernels/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <regex>
#include <set>

namespace assay {
namespace {

constexpr const char* kMaskedText = "[masked]";
/// Longer texts are masked in parts: the matcher's stack grows with the text.
constexpr std::size_t kPart = 4096;

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
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
    out += looks_like_key(token) ? kMaskedText : token;
    const auto next = std::find_if(end, text.end(), in_token);
    out.append(end, next);
    at = next;
  }
  return out;
}

/// Whether the text contains a word without which nothing below matches. Nearly all texts do not,
/// and the matcher is slow.
bool may_match(const std::string& text) {
  static constexpr std::array<std::string_view, 31> kWords = {
      "@",      "key",    "token",      "secret", "pass",  "pwd",    "credential", "auth",
      "cookie", "bearer", "signature",  "sk-",    "sk_",   "ghp_",   "gho_",       "ghs_",
      "ghu_",   "ghr_",   "github_pat", "glpat",  "xox",   "hf_",    "akia",       "asia",
      "aiza",   "eyj",    "ya29",       "npm_",   "pypi-", "nvapi-", "dop_v1_"};
  const std::string small = lower(text);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

std::string masked_part(std::string text) {
  using std::regex;
  constexpr auto kAnyCase = std::regex_constants::ECMAScript | std::regex_constants::icase;
  // scheme://user:password@host, even if the password contains a slash.
  // An image's digest (name:tag@sha256:…) and a device on a host (cuda:0@node) are no logins.
  // Nor is this program's own placeholder, or a password that is masked already.
  static const regex url(
      "([A-Za-z][A-Za-z0-9+.-]*://)(?!USER@HOST|[^\\s@/:]*:\\*\\*\\*@)\\S+@(?!sha256:)");
  static const regex login("[^\\s:,;=/]+:(?![0-9]{1,3}@|\\*\\*\\*@)[^\\s@/][^\\s@]*@(?!sha256:)");
  static const regex field(
      "([A-Za-z0-9_.-]*(key|token|secret|password|passwd|passphrase|pass|pwd|credentials?|auth|"
      "cookie|signature)\\s?=\\s?\\\\?)('[^']*'?|\"[^\"]*\"?|[^\\s&;,'\"})]+)",
      kAnyCase);
  static const regex bearer("\\b(bearer)\\s+[A-Za-z0-9+/=_.~-]{6,}", kAnyCase);
  static const regex header(
      "\\b(authorization[\"']?\\s*:\\s*)(basic|digest|negotiate|token)\\s+[^\\s'\"]+", kAnyCase);
  static const regex cookie("\\b((set-)?cookie:\\s*)[^\\r\\n'\"]+", kAnyCase);
  // In JSON within JSON, a backslash stands before each quote. "bytes per token: 128" is no secret.
  static const regex named(
      "([A-Za-z0-9_.-]*(api[-_]?key|access[-_]?key|"
      "token(?!\\\\?[\"']?\\s*:\\s*[0-9.]{1,12}([\\s&;,'\"})]|$))|secret|"
      "password|passwd|passphrase|authorization|credentials?)\\\\?[\"']?\\s*:\\s*\\\\?)('[^']*'?|"
      "\"[^\"]*\"?|[^\\s&;,'\"})]+)",
      kAnyCase);
  static const regex option(
      "((?:^|[^A-Za-z0-9_-])--?[A-Za-z0-9-]*(api-?key|token|secret|password|passwd|passphrase|pass|"
      "pwd|credentials?|cookie)\\s+)"
      "('[^']*'?|\"[^\"]*\"?|[^\\s'\"-]\\S*)",
      kAnyCase);
  static const regex known(
      "\\b(sk-|sk_live_|sk_test_|gh[opsur]_|github_pat_|glpat-|xox[abprs]-|hf_|AKIA|ASIA|AIza|eyJ|"
      "ya29\\.|npm_|pypi-|nvapi-|dop_v1_)[A-Za-z0-9_.-]{8,}");
  if (text.find("PRIVATE KEY") != std::string::npos) return kMaskedText;
  text = std::regex_replace(text, url, "$1[masked]@");
  text = std::regex_replace(text, login, "[masked]@");
  text = std::regex_replace(text, cookie, "$1[masked]");
  text = std::regex_replace(text, bearer, "$1 [masked]");
  text = std::regex_replace(text, header, "$1[masked]");
  text = std::regex_replace(text, field, "$1[masked]");
  text = std::regex_replace(text, named, "$1[masked]");
  text = std::regex_replace(text, option, "$1[masked]");
  return std::regex_replace(text, known, kMaskedText);
}

int digit(char c) {
  const char* const digits = "0123456789abcdef";
  const char* const found = std::find(
      digits, digits + 16, static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  return static_cast<int>(found - digits);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool encoded = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) < 16 &&
                         digit(text[at + 2]) < 16;
    out += encoded ? static_cast<char>(16 * digit(text[at + 1]) + digit(text[at + 2])) : text[at];
    if (encoded) at += 2;
  }
  return out;
}

/// A word whose decoded form has a secret is replaced by that form without it.
std::string with_encoded_masked(const std::string& text) {
  if (text.find('%') == std::string::npos) return text;
  std::string out;
  for (auto at = text.begin(); at != text.end();) {
    const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
    const auto end = std::find_if(at, text.end(), blank);
    const std::string word(at, end), decoded = percent_decoded(word);
    const bool differs = decoded != word && may_match(decoded);
    const std::string masked = differs ? masked_part(decoded) : decoded;
    out += masked == decoded ? word : masked;
    const auto next = std::find_if_not(end, text.end(), blank);
    out.append(end, next);
    at = next;
  }
  return out;
}

/// The end of a part of at most `length` that begins at `at`: at a blank where there is one, and if
/// possible not soon after a word that may announce a secret.
std::size_t end_of_part(std::string_view text, std::size_t at, std::size_t length) {
  constexpr std::size_t kNear = 64;
  if (text.size() - at <= length) return text.size();
  const auto blank_before = [&](std::size_t place) {
    const std::size_t blank = text.find_last_of(" \t\n", place);
    return blank == std::string_view::npos || blank <= at ? 0 : blank;
  };
  const std::size_t last = blank_before(at + length);
  for (std::size_t blank = last; blank > 0; blank = blank_before(blank - 1)) {
    const std::size_t begin = std::max(at, blank - std::min(blank, kNear));
    if (!may_match(std::string(text.substr(begin, blank - begin)))) return blank + 1;
  }
  return last > 0 ? last + 1 : at + length;
}

/// Masks part by part, of which the first has the length `first`.
std::string with_parts_masked(std::string_view text, std::size_t first) {
  std::string out;
  std::size_t length = first;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_part(text, at, length);
    std::string part(text.substr(at, end - at));
    part = with_encoded_masked(part);
    if (may_match(part)) part = masked_part(std::move(part));
    out += part;
    at = end;
    length = kPart;
  }
  return out;
}

}  // namespace

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

std::string without_known_secrets(std::string_view text) {
  if (text.find("PRIVATE KEY") != std::string_view::npos) return kMaskedText;
  std::string out = with_parts_masked(text, kPart);
  // The end of a part may have come within a long secret: the second time, parts end elsewhere.
  return text.size() > kPart ? with_parts_masked(out, kPart / 2) : out;
}

std::string without_secrets(std::string_view text) {
  return with_random_masked(without_known_secrets(text));
}

bool has_known_secret(std::string_view text) {
  return without_known_secrets(text) != text;
}

}  // namespace assay
