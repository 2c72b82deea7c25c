// Classes of characters, the same in every language setting.
#pragma once

namespace assay::results::claims {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace assay::results::claims
