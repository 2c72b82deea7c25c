#include "results/record/toml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "kernels/error.h"
#include "results/process/read_file.h"

namespace assay::results::record {
namespace {

constexpr std::size_t kMostKeyParts = 32, kMostLevels = 32, kMostValues = 1'000'000;

/// Counts what the parser would recurse over or keep, without understanding more of TOML than where
/// strings and comments end.
class LimitScan {
 public:
  LimitScan(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  void scan() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        take(c);
        ++at_;
      }
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& why, const std::string& hint) const {
    throw InputError(fmt::format("{}:{}: {}", name_, line_, why), hint);
  }

  void take(char c) {
    if (c == '.') {
      if (++dots_ >= kMostKeyParts) {
        refuse(fmt::format("a key has more than {} parts", kMostKeyParts), "use fewer dots");
      }
      return;
    }
    const bool part_of_key =
        c != '\n' && c != '=' && c != ',' && c != '[' && c != ']' && c != '{' && c != '}';
    if (part_of_key) return;
    dots_ = 0;
    if (c == '\n') ++line_;
    if (c == '[' || c == '{') {
      if (++level_ > kMostLevels) {
        refuse(fmt::format("values are nested more than {} levels deep", kMostLevels),
               "use fewer brackets");
      }
    } else if ((c == ']' || c == '}') && level_ > 0) {
      --level_;
    } else if ((c == '=' || c == ',') && ++values_ > kMostValues) {
      refuse(fmt::format("the file has more than {} values", kMostValues), "divide the file");
    }
  }

  void count_lines(std::size_t end) {
    for (; at_ < end; ++at_) line_ += text_[at_] == '\n' ? 1 : 0;
  }

  /// A string of one line ends with it at the latest: the parser then says what is wrong.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool lines = text_.substr(at_).starts_with(three);
    std::size_t end = at_ + (lines ? 3 : 1);
    while (end < text_.size()) {
      if (quote == '"' && text_[end] == '\\') {
        end += 2;
      } else if (!lines && (text_[end] == quote || text_[end] == '\n')) {
        end += text_[end] == quote ? 1 : 0;
        break;
      } else if (lines && text_.substr(end).starts_with(three)) {
        end += 3;
        // The last characters of the string may be up to two quotes.
        for (int i = 0; i < 2 && end < text_.size() && text_[end] == quote; ++i) ++end;
        break;
      } else {
        ++end;
      }
    }
    count_lines(std::min(end, text_.size()));
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0, line_ = 1, dots_ = 0, level_ = 0, values_ = 0;
};

}  // namespace

toml::table parse_toml(std::string_view text, const std::string& name, const std::string& hint) {
  if (text.size() > process::kLargestToml) {
    throw InputError(
        fmt::format("{}:1: the file has more than {} MiB", name, process::kLargestToml >> 20),
        "divide the file");
  }
  LimitScan(text, name).scan();
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw InputError(
        fmt::format("{}:{}: {}", name, error.source().begin.line, std::string(error.description())),
        hint);
  }
}

}  // namespace assay::results::record
