#include "results/claims/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "kernels/error.h"
#include "results/claims/characters.h"

namespace assay::results::claims {
namespace {

bool begins_name(char c) {
  return is_letter(c) || c == '_';
}

bool is_name_part(char c) {
  return begins_name(c) || is_digit(c) || c == '.' || c == ':' || c == '@' || c == '-';
}

Dimension scaled(const Dimension& dimension, int factor) {
  Dimension result = dimension;
  for (int& exponent : result.exponents) exponent *= factor;
  return result;
}

/// Far beyond the exponents of units, and far below those that a repeated power could not count.
constexpr int kMostExponent = 1000;

}  // namespace

/// Recursive descent: sum, product, power, primary.
class Expression::Parser {
 public:
  explicit Parser(Expression& out) : out_(out), text_(out.text_) {}

  void parse() {
    sum();
    if (skip_space(); at_ < text_.size()) {
      fail(fmt::format("unexpected `{}`", quoted_briefly(text_.substr(at_))));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("cannot evaluate `{}`: {}", quoted_briefly(text_), what),
                     "put spaces around operators; names are system:property or claim:id");
  }

  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void emit(Operation operation, std::size_t name = 0, double number = 0) {
    out_.code_.push_back({operation, name, number});
  }

  void sum() {
    // The depth is limited so that no text can exhaust the stack.
    if (++depth_ > 64) fail("brackets are nested too deeply");
    product();
    for (;;) {
      if (take('+')) {
        product();
        emit(Operation::add);
      } else if (take('-')) {
        product();
        emit(Operation::subtract);
      } else {
        break;
      }
    }
    --depth_;
  }

  void product() {
    power();
    for (;;) {
      if (take('*')) {
        power();
        emit(Operation::multiply);
      } else if (take('/')) {
        power();
        emit(Operation::divide);
      } else {
        return;
      }
    }
  }

  void power() {
    if (take('-')) {
      if (++depth_ > 64) fail("signs are nested too deeply");
      power();
      --depth_;
      emit(Operation::negate);
      return;
    }
    primary();
    if (take('^')) {
      primary();
      emit(Operation::power);
    }
  }

  void primary() {
    skip_space();
    if (take('(')) {
      sum();
      if (!take(')')) fail("a `)` is missing");
    } else if (at_ < text_.size() && begins_name(text_[at_])) {
      word();
    } else {
      number();
    }
  }

  void number() {
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{} || !std::isfinite(value)) {
      fail(at_ < text_.size() ? fmt::format("expected a number or a name at `{}`",
                                            quoted_briefly(text_.substr(at_)))
                              : std::string("unexpected end"));
    }
    at_ += static_cast<std::size_t>(end - begin);
    emit(Operation::number, 0, value);
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    while (!begins_name(text_[at_ - 1]) && !is_digit(text_[at_ - 1])) {
      --at_;
    }
    const std::string name = text_.substr(begin, at_ - begin);
    if (at_ >= text_.size() || text_[at_] != '(') return use(name, begin);
    constexpr std::string_view kMeasured[] = {"rate.flop",      "rate.byte",      "time",
                                              "rate.flop.watt", "rate.byte.watt", "energy"};
    if (std::ranges::find(kMeasured, name) != std::end(kMeasured)) {
      const std::size_t close = text_.find(')', at_);
      if (close == std::string::npos) fail("a `)` is missing");
      at_ = close + 1;
      std::string whole = text_.substr(begin, at_ - begin);
      std::erase(whole, ' ');
      return use(whole, begin);
    }
    function(name);
  }

  void use(const std::string& name, std::size_t begin) {
    auto found = std::find(out_.names_.begin(), out_.names_.end(), name);
    if (found == out_.names_.end() && out_.names_.size() >= kMostNames)
      fail("it has too many names");
    if (found == out_.names_.end()) found = out_.names_.insert(out_.names_.end(), name);
    const auto index = static_cast<std::size_t>(found - out_.names_.begin());
    out_.uses_.push_back({begin, at_, index});
    emit(Operation::name, index);
  }

  void function(const std::string& name) {
    ++at_;
    sum();
    if (name == "sqrt" || name == "abs") {
      emit(name == "sqrt" ? Operation::root : Operation::absolute);
    } else if (name == "min" || name == "max") {
      if (!take(',')) fail(fmt::format("{} needs two arguments", name));
      sum();
      emit(name == "min" ? Operation::least : Operation::greatest);
    } else {
      fail(fmt::format("there is no function `{}`", name));
    }
    if (!take(')')) fail("a `)` is missing");
  }

  static constexpr std::size_t kMostNames = 1000;

  Expression& out_;
  const std::string& text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

Expression::Expression(std::string text) : text_(std::move(text)) {
  Parser(*this).parse();
}

template <typename Value, typename Machine>
Value Expression::run(std::span<const Value> values, Machine machine) const {
  std::vector<Value> stack;
  stack.reserve(code_.size());
  for (const Instruction& instruction : code_) {
    switch (instruction.operation) {
      case Operation::number:
        stack.push_back(machine.number(instruction.number));
        break;
      case Operation::name:
        stack.push_back(values[instruction.name]);
        break;
      case Operation::negate:
      case Operation::root:
      case Operation::absolute:
        stack.back() = machine.unary(instruction.operation, stack.back());
        break;
      default: {
        const Value right = stack.back();
        stack.pop_back();
        stack.back() = machine.binary(instruction.operation, stack.back(), right);
      }
    }
  }
  return stack.back();
}

double Expression::number(std::span<const double> values) const {
  struct Machine {
    double number(double value) const { return value; }
    double unary(Operation operation, double a) const {
      if (operation == Operation::root) return std::sqrt(a);
      return operation == Operation::negate ? -a : std::abs(a);
    }
    double binary(Operation operation, double a, double b) const {
      switch (operation) {
        case Operation::add:
          return a + b;
        case Operation::subtract:
          return a - b;
        case Operation::multiply:
          return a * b;
        case Operation::divide:
          return a / b;
        case Operation::power:
          return std::pow(a, b);
        case Operation::least:
          return std::min(a, b);
        default:
          return std::max(a, b);
      }
    }
  };
  return run(values, Machine{});
}

double Expression::evaluate(std::span<const double> values) const {
  const double result = number(values);
  if (!std::isfinite(result)) throw InputError(fmt::format("`{}` is not a number", text_));
  return result;
}

statistics::Interval Expression::evaluate(std::span<const statistics::Interval> values) const {
  std::vector<double> at;
  std::vector<std::size_t> uncertain;
  for (std::size_t i = 0; i < values.size(); ++i) {
    at.push_back(values[i].lower);
    if (values[i].lower < values[i].upper) uncertain.push_back(i);
  }
  if (uncertain.size() > 12) {
    throw InputError(fmt::format("`{}` has more than 12 uncertain figures", text_));
  }
  statistics::Interval result;
  for (std::size_t corner = 0; corner < std::size_t{1} << uncertain.size(); ++corner) {
    for (std::size_t i = 0; i < uncertain.size(); ++i) {
      const statistics::Interval& value = values[uncertain[i]];
      at[uncertain[i]] = (corner >> i & 1) != 0 ? value.upper : value.lower;
    }
    const double value = number(at);
    // If a divisor may be zero, every value is possible.
    if (!std::isfinite(value)) {
      return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    }
    result.lower = corner == 0 ? value : std::min(result.lower, value);
    result.upper = corner == 0 ? value : std::max(result.upper, value);
  }
  return result;
}

Dimension Expression::dimension(std::span<const Dimension> dimensions) const {
  /// A dimension, and the value of a literal number, which a power needs.
  struct Value {
    Dimension dimension;
    double literal = std::nan("");
  };
  struct Machine {
    const std::string& text;
    [[noreturn]] void different_dimensions() const {
      throw InputError(fmt::format("`{}` combines quantities of different dimensions", text));
    }
    Value number(double value) const { return {{}, value}; }
    Value unary(Operation operation, const Value& a) const {
      if (operation != Operation::root) return {a.dimension};
      Dimension half = a.dimension;
      for (int& exponent : half.exponents) {
        if (exponent % 2 != 0) different_dimensions();
        exponent /= 2;
      }
      return {half};
    }
    Value binary(Operation operation, const Value& a, const Value& b) const {
      if (operation == Operation::multiply) return {a.dimension * b.dimension};
      if (operation == Operation::divide) return {a.dimension / b.dimension};
      if (operation == Operation::power) {
        if (b.dimension != Dimension{}) different_dimensions();
        if (a.dimension == Dimension{}) return {};
        if (b.literal != std::round(b.literal) || std::abs(b.literal) > 8) different_dimensions();
        const Dimension power = scaled(a.dimension, static_cast<int>(b.literal));
        for (const int exponent : power.exponents) {
          if (std::abs(exponent) > kMostExponent) different_dimensions();
        }
        return {power};
      }
      if (a.dimension != b.dimension) different_dimensions();
      return {a.dimension};
    }
  };
  std::vector<Value> values;
  for (const Dimension& dimension : dimensions) values.push_back({dimension});
  return run(std::span<const Value>(values), Machine{text_}).dimension;
}

std::string Expression::substitute(
    const std::function<std::string(const std::string& name)>& show) const {
  std::string out;
  std::size_t at = 0;
  const auto plain = [&](std::size_t end) {
    for (; at < end; ++at) out += text_[at] == '*' ? std::string("×") : std::string(1, text_[at]);
  };
  for (const Use& use : uses_) {
    plain(use.begin);
    out += show(names_[use.name]);
    at = use.end;
  }
  plain(text_.size());
  return out;
}

}  // namespace assay::results::claims
