#include "results/claims/source.h"

#include <algorithm>

namespace assay::results::claims {
namespace {

/// Position of the nth slash, or npos.
std::size_t nth_slash(const std::string& text, int n) {
  std::size_t at = text.find('/');
  for (int i = 1; i < n && at != std::string::npos; ++i) at = text.find('/', at + 1);
  return at;
}

}  // namespace

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
