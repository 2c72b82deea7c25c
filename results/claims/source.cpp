#include "results/claims/source.h"

#include <algorithm>
#include <map>
#include <set>

namespace assay::results::claims {
namespace {

/// Position of the nth slash, or npos.
std::size_t nth_slash(const std::string& text, int n) {
  std::size_t at = text.find('/');
  for (int i = 1; i < n && at != std::string::npos; ++i) at = text.find('/', at + 1);
  return at;
}

/// The word by which a publisher or a host is known: "nvidia" of "Nvidia Inc." or
/// "developer.nvidia.com".
std::string known_as(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const bool is_host = name.find(' ') == std::string::npos && name.find('.') != std::string::npos &&
                       name.find('/') == std::string::npos;
  if (is_host) {
    name.erase(name.rfind('.'));
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos ? name : name.substr(dot + 1);
  }
  for (const char* suffix : {" inc.", " inc", " ltd.", " ltd", " corporation", " corp.", " co.",
                             " technologies", " technology"}) {
    if (name.ends_with(suffix)) name.erase(name.size() - std::string_view(suffix).size());
  }
  return name;
}

}  // namespace

std::vector<std::string> Source::parties() const {
  std::string rest = voice();
  std::vector<std::string> out;
  for (std::size_t at = 0; at != std::string::npos;) {
    at = std::string::npos;
    std::size_t length = 0;
    for (const std::string_view separator : {" and ", ", ", " & "}) {
      const std::size_t found = rest.find(separator);
      if (found < at) {
        at = found;
        length = separator.size();
      }
    }
    out.push_back(known_as(rest.substr(0, at)));
    if (at != std::string::npos) rest.erase(0, at + length);
  }
  return out;
}

bool independent(const Source& a, const Source& b) {
  const auto ours = a.parties(), theirs = b.parties();
  return std::ranges::none_of(ours, [&](const std::string& party) {
    return std::ranges::find(theirs, party) != theirs.end();
  });
}

bool IndependentTexts::add(const Source& source) {
  parties_.push_back(source.parties());
  std::set<std::string> tried;
  const bool counts = assign(parties_.size() - 1, tried);
  if (!counts) parties_.pop_back();
  return counts;
}

/// Gives the text a party, for which other texts may have to take another one of theirs.
bool IndependentTexts::assign(std::size_t text, std::set<std::string>& tried) {
  constexpr std::size_t kLongestSearch = 200;
  for (const std::string& party : parties_[text]) {
    if (tried.size() >= kLongestSearch || !tried.insert(party).second) continue;
    ++steps_;
    const auto taken = owner_.find(party);
    if (taken == owner_.end() || assign(taken->second, tried)) {
      owner_[party] = text;
      return true;
    }
  }
  return false;
}

std::string Source::voice() const {
  if (!publisher.empty()) return publisher;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return title;
  const std::string rest = url.substr(scheme + 3);
  std::string host = rest.substr(0, rest.find('/'));
  if (host.starts_with("www.")) host.erase(0, 4);
  // These hosts publish the texts of many authors: a repository or a paper is one voice.
  if (host == "github.com") return rest.substr(0, nth_slash(rest, 3));
  if (host == "arxiv.org") return title;
  return host;
}

const std::vector<std::string>& standing_names() {
  static const std::vector<std::string> names = {
      "benchmark", "specification", "paper", "measurement", "press", "social", "unverified"};
  return names;
}

std::string_view name(Standing standing) {
  return standing_names()[static_cast<std::size_t>(standing)];
}

Standing standing_of(std::string_view name) {
  const auto& names = standing_names();
  return static_cast<Standing>(std::ranges::find(names, name) - names.begin());
}

bool may_contradict(Standing opponent, Standing own) {
  return opponent != Standing::unverified && opponent <= own;
}

bool may_corroborate(Standing standing) {
  return standing < Standing::press;
}

}  // namespace assay::results::claims
