#include "results/record/parse_json.h"

#include <array>
#include <cstddef>

namespace assay::results::record {

std::string json_excess(std::string_view text) {
  constexpr std::size_t kLargest = std::size_t{64} << 20, kMostLevels = 64, kMostValues = 2'000'000;
  constexpr std::size_t kMostKeys = 4096;
  if (text.size() > kLargest) return "has more than 64 MiB";
  std::size_t levels = 0, values = 0;
  std::array<std::size_t, kMostLevels + 1> keys{};  // of the object at each level; one too few
  std::array<bool, kMostLevels + 1> is_object{};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
    } else if (c == '[' || c == '{') {
      ++values;
      if (++levels > kMostLevels) return "is nested more than 64 levels deep";
      keys[levels] = 0;
      is_object[levels] = c == '{';
    } else if (c == ']' || c == '}') {
      levels -= levels > 0 ? 1 : 0;
    } else if (c == ',') {
      if (++values > kMostValues) return "has more than 2 million values";
      if (is_object[levels] && ++keys[levels] >= kMostKeys) {
        return "has an object with more than 4096 keys";
      }
    }
  }
  return values > kMostValues ? "has more than 2 million values" : "";
}

}  // namespace assay::results::record
