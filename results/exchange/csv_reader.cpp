#include "results/exchange/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"

namespace assay::results::exchange {

std::string CsvReader::place() const {
  return fmt::format("{}:{}", name_, begin_line_);
}

std::vector<std::string> CsvReader::record() {
  std::vector<std::string> fields;
  begin_line_ = line_;
  if (at_ >= content_.size()) return fields;
  do {
    fields.push_back(field());
  } while (take(','));
  take('\r');
  if (!take('\n') && at_ < content_.size()) {
    throw InputError(place() + ": has a quote inside a field", "write the quote twice");
  }
  ++line_;
  return fields;
}

bool CsvReader::take(char expected) {
  if (at_ >= content_.size() || content_[at_] != expected) return false;
  ++at_;
  return true;
}

std::string CsvReader::field() {
  if (take('"')) return quoted();
  const std::size_t end = std::min(content_.find_first_of(",\r\n", at_), content_.size());
  const std::string text(content_.substr(at_, end - at_));
  at_ = end;
  return text;
}

std::string CsvReader::quoted() {
  std::string text;
  for (; at_ < content_.size(); ++at_) {
    const char c = content_[at_];
    if (c == '"') {
      if (at_ + 1 >= content_.size() || content_[at_ + 1] != '"') {
        ++at_;
        return text;
      }
      ++at_;
    }
    if (c == '\n') ++line_;
    text += c;
  }
  throw InputError(place() + ": has a quote that is not closed",
                   "the file is cut off, or a quote inside a field is not written twice");
}

}  // namespace assay::results::exchange
