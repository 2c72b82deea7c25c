// Numbers as texts write them: "1.5e3", "5,842.5", "73.7k", "2.8 million".
#pragma once

#include <string_view>

namespace assay::results::claims {

/// A number at the beginning of a text: "1.5e3", "5,842.5", "73.7k", "2.8 million".
struct Number {
  double value = 0;
  double half_digit = 0;  ///< half a unit of the last digit written
  double suffix = 1;      ///< 1000 for "k"; contained in both
  bool whole = false;     ///< digits only: a count, if no unit follows
  char sign = 0;          ///< '+' or '-' if one is written
  std::string_view rest;  ///< what follows the number, without leading spaces
};
/// Commas separate groups of three digits. The suffixes k, M, G, T directly follow the number, and
/// a space or nothing follows them; B is not one of them, it is a byte. Throws InputError.
Number read_number(std::string_view text);

}  // namespace assay::results::claims
