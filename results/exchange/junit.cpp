#include "results/exchange/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>

#include "results/exchange/utf8.h"

namespace assay::results::exchange {

namespace {

bool is_xml(unsigned char c) {
  // XML 1.0, production 2, for characters of one byte.
  return c == '\t' || c == '\n' || c == '\r' || c >= 0x20;
}

/// Escapes for text and for attributes in double quotes.
std::string escaped(std::string_view text, bool attribute) {
  std::string out;
  for (const std::string& piece : utf8_characters(text)) {
    if (piece == "&") {
      out += "&amp;";
    } else if (piece == "<") {
      out += "&lt;";
    } else if (piece == ">") {
      out += "&gt;";
    } else if (piece == "\"") {
      out += "&quot;";
    } else if (attribute && piece.size() == 1 && (piece[0] == '\n' || piece[0] == '\t')) {
      out += fmt::format("&#{};", static_cast<int>(piece[0]));
    } else {
      out +=
          piece.size() == 1 && !is_xml(static_cast<unsigned char>(piece[0])) ? kReplacement : piece;
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, escaped(value, true));
}

std::size_t count(std::span<const JUnitCase> cases, JUnitOutcome outcome) {
  return static_cast<std::size_t>(std::count_if(
      cases.begin(), cases.end(), [&](const JUnitCase& one) { return one.outcome == outcome; }));
}

double seconds_of(std::span<const JUnitCase> cases) {
  double sum = 0;
  for (const JUnitCase& one : cases) sum += one.seconds;
  return sum;
}

/// The attributes that suites and their root share.
std::string totals(std::span<const JUnitCase> cases) {
  return fmt::format(R"( tests="{}" failures="{}" errors="{}" time="{:.6f}")", cases.size(),
                     count(cases, JUnitOutcome::failed), count(cases, JUnitOutcome::broken),
                     seconds_of(cases));
}

std::string outcome_element(const JUnitCase& one) {
  switch (one.outcome) {
    case JUnitOutcome::passed:
      return "";
    case JUnitOutcome::skipped:
      return fmt::format("      <skipped{}/>\n", attribute("message", one.message));
    case JUnitOutcome::failed:
    case JUnitOutcome::broken:
      break;
  }
  const char* element = one.outcome == JUnitOutcome::failed ? "failure" : "error";
  return fmt::format("      <{0}{1}{2}>{3}</{0}>\n", element, attribute("type", one.type),
                     attribute("message", one.message), escaped(one.message, false));
}

/// The element with all properties; empty without any.
std::string properties_element(const std::vector<std::pair<std::string, std::string>>& properties,
                               std::size_t indent) {
  if (properties.empty()) return "";
  const std::string blanks(indent, ' ');
  std::string out = blanks + "<properties>\n";
  for (const auto& [name, value] : properties) {
    out += fmt::format("{}  <property{}{}/>\n", blanks, attribute("name", name),
                       attribute("value", value));
  }
  return out + blanks + "</properties>\n";
}

void write(std::ostream& out, const JUnitCase& one) {
  std::string inner = properties_element(one.properties, 6) + outcome_element(one);
  if (!one.output.empty()) {
    inner += fmt::format("      <system-out>{}</system-out>\n", escaped(one.output, false));
  }
  out << "    <testcase" << attribute("classname", one.group) << attribute("name", one.name)
      << fmt::format(R"( time="{:.6f}")", one.seconds);
  if (inner.empty()) {
    out << "/>\n";
  } else {
    out << ">\n" << inner << "    </testcase>\n";
  }
}

void write(std::ostream& out, const JUnitSuite& suite) {
  out << "  <testsuite" << attribute("name", suite.name) << totals(suite.cases)
      << fmt::format(R"( skipped="{}")", count(suite.cases, JUnitOutcome::skipped));
  // The common schema allows neither a fraction nor a time zone.
  if (!suite.started.empty()) out << attribute("timestamp", suite.started.substr(0, 19));
  if (!suite.host.empty()) out << attribute("hostname", suite.host);
  out << ">\n";
  out << properties_element(suite.properties, 4);
  for (const JUnitCase& one : suite.cases) write(out, one);
  out << "  </testsuite>\n";
}

}  // namespace

void write_junit(std::ostream& out, const std::string& name, std::span<const JUnitSuite> suites) {
  std::vector<JUnitCase> all;
  for (const JUnitSuite& suite : suites) {
    all.insert(all.end(), suite.cases.begin(), suite.cases.end());
  }
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" << attribute("name", name)
      << totals(all) << ">\n";
  for (const JUnitSuite& suite : suites) write(out, suite);
  out << "</testsuites>\n";
}

}  // namespace assay::results::exchange
