#include "results/claims/expression.h"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <regex>

#include "kernels/error.h"

namespace assay::results {
namespace {

const std::regex& name_pattern() {
  // A plain word before "(" is a function of the parser, `rate.flop(x)` is ours.
  static const std::regex pattern(
      R"(rate\.(?:flop|byte)\(\s*[A-Za-z_]\w*\s*\)|[A-Za-z_](?:[\w.:-]*\w)?(?!\w*\s*\())");
  return pattern;
}

}  // namespace

Expression::Expression(std::string text) : text_(std::move(text)) {
  auto at = text_.cbegin();
  for (std::sregex_iterator it(text_.begin(), text_.end(), name_pattern()), end; it != end; ++it) {
    // An exponent such as the e9 of 37e9 belongs to its number.
    const auto start = text_.cbegin() + it->position();
    if (start != text_.cbegin() &&
        (std::isdigit(static_cast<unsigned char>(start[-1])) || start[-1] == '.')) {
      continue;
    }
    std::string name = it->str();
    std::erase(name, ' ');
    auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) found = names_.insert(names_.end(), name);
    parsed_.append(at, start);
    parsed_ += fmt::format("v{}", found - names_.begin());
    at = start + it->length();
  }
  parsed_.append(at, text_.cend());
  std::vector<double> values(names_.size());
  std::iota(values.begin(), values.end(), 2.0);
  evaluate(values);
}

double Expression::evaluate(const std::vector<double>& values) const {
  try {
    mu::Parser parser;
    std::vector<double> storage = values;
    for (std::size_t i = 0; i < storage.size(); ++i) {
      parser.DefineVar(fmt::format("v{}", i), &storage[i]);
    }
    parser.SetExpr(parsed_);
    const double result = parser.Eval();
    if (!std::isfinite(result)) throw InputError(fmt::format("`{}` is not a number", text_));
    return result;
  } catch (const mu::Parser::exception_type& error) {
    throw InputError(fmt::format("cannot evaluate `{}`: {}", text_, error.GetMsg()),
                     "operators stand between spaces; names are system:property or claim:id");
  }
}

Dimension Expression::dimension(const std::vector<Dimension>& dimensions) const {
  // A sum of unlike dimensions does not scale as a power when their units are scaled, so scaling
  // each base once by 2 and once by 3 finds both the exponents and any mixture.
  std::vector<double> values(names_.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0 + 0.37 * static_cast<double>(i);
  const double plain = evaluate(values);
  Dimension result;
  for (int base = 0; base < kBases; ++base) {
    double exponents[2];
    for (const int factor : {2, 3}) {
      std::vector<double> scaled = values;
      for (std::size_t i = 0; i < scaled.size(); ++i) {
        scaled[i] *= std::pow(factor, dimensions[i].exponents[base]);
      }
      exponents[factor - 2] = std::log(evaluate(scaled) / plain) / std::log(factor);
    }
    const double exponent = std::round(exponents[0]);
    if (!(std::abs(exponents[0] - exponent) < 1e-6 && std::abs(exponents[1] - exponent) < 1e-6)) {
      throw InputError(fmt::format("`{}` adds or compares quantities of unlike dimensions", text_));
    }
    result.exponents[base] = static_cast<int>(exponent);
  }
  return result;
}

std::string Expression::substitute(
    const std::function<std::string(const std::string& name)>& show) const {
  std::string out;
  for (std::size_t i = 0; i < parsed_.size();) {
    std::size_t digits = i + 1;
    while (digits < parsed_.size() && std::isdigit(static_cast<unsigned char>(parsed_[digits]))) {
      ++digits;
    }
    if (parsed_[i] == 'v' && digits > i + 1) {
      out += show(names_[std::stoul(parsed_.substr(i + 1, digits - i - 1))]);
      i = digits;
    } else {
      out += parsed_[i] == '*' ? std::string("×") : std::string(1, parsed_[i]);
      ++i;
    }
  }
  return out;
}

}  // namespace assay::results
