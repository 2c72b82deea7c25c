// Reads CSV (RFC 4180).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results::exchange {

/// Reads CSV record by record. Both texts must outlive the reader.
class CsvReader {
 public:
  CsvReader(std::string_view name, std::string_view content) : name_(name), content_(content) {}

  /// "file.csv:12", the line at which the record last read begins.
  std::string place() const;
  /// Empty at the end. Throws InputError that names the place.
  std::vector<std::string> record();

 private:
  bool take(char expected);
  std::string field();
  /// What follows an opening quote; a quote inside is written twice.
  std::string quoted();

  std::string_view name_, content_;
  std::size_t at_ = 0, line_ = 1, begin_line_ = 1;
};

}  // namespace assay::results::exchange
