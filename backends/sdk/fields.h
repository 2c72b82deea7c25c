// A problem's text taken apart, for modules that do not link Assay's own kernels.
#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace assay::sdk {

/// "copy n=64 type=f32 …": an operation and its fields. What Assay hands out is complete and
/// consistent; fields that equal their default may be left out of the text (batch, dv, acc).
class Fields {
 public:
  /// Throws std::invalid_argument where the text is not of that form.
  explicit Fields(std::string_view problem) {
    std::istringstream words{std::string(problem)};
    if (!(words >> operation_)) throw std::invalid_argument("the problem is empty");
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos) throw std::invalid_argument("no field=value: " + word);
      fields_[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }

  const std::string& operation() const { return operation_; }

  /// Throws std::invalid_argument where the field is absent and no default is given.
  std::string text(const std::string& field, const char* otherwise = nullptr) const {
    const auto found = fields_.find(field);
    if (found != fields_.end()) return found->second;
    if (otherwise == nullptr) throw std::invalid_argument("field " + field + " is missing");
    return otherwise;
  }

  std::int64_t number(const std::string& field, const char* otherwise = nullptr) const {
    const std::string digits = text(field, otherwise);
    std::size_t used = 0;
    std::int64_t value = 0;
    try {
      value = std::stoll(digits, &used);
    } catch (const std::out_of_range&) {
      used = 0;
    }
    if (used != digits.size() || value < 1) {
      throw std::invalid_argument("field " + field + ": " + digits + " is no dimension");
    }
    return value;
  }

 private:
  std::string operation_;
  std::map<std::string, std::string> fields_;
};

}  // namespace assay::sdk
