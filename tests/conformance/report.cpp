#include "tests/conformance/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/table.h"

namespace assay::conformance {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kWidth = 80, kIndent = 10;

harness::Style style_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fulfilled:
      return harness::Style::good;
    case Verdict::failed:
      return harness::Style::bad;
    case Verdict::reported:
      return harness::Style::doubtful;
    case Verdict::skipped:
    case Verdict::untestable:
      break;
  }
  return harness::Style::faint;
}

/// Broken at blanks so that no line is longer than the page; later lines are indented to `indent`.
std::string folded(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    const std::size_t width = harness::text_width(word);
    if (column > indent && column + 1 + width > kWidth) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
    at = end + 1;
  }
  return out;
}

std::size_t count(std::span<const Section> sections, Verdict verdict) {
  std::size_t sum = 0;
  for (const Section& section : sections) {
    sum += static_cast<std::size_t>(
        std::count_if(section.results.begin(), section.results.end(),
                      [&](const Result& result) { return result.finding.verdict == verdict; }));
  }
  return sum;
}

}  // namespace

std::string section_text(const Section& section, bool colour) {
  std::string text = section.title + (section.name.empty() ? "" : ": " + section.name) + "\n";
  for (const Result& result : section.results) {
    const Verdict verdict = result.finding.verdict;
    const bool good = verdict == Verdict::fulfilled;
    const std::string& found = result.finding.text;
    const std::string& rule = good && !found.empty() ? found : result.clause->rule;
    const std::string word = fmt::format("  {:<7} ", name(verdict));
    const std::string head = fmt::format("{}{:<23}", word, result.clause->id());
    text += harness::styled(word, style_of(verdict), colour);
    text += head.substr(word.size()) + harness::shortened(rule, kWidth - head.size()) + "\n";
    if (found.empty() || good) continue;
    const std::string what = (verdict == Verdict::failed ? "found: " : "") + found;
    text += std::string(kIndent, ' ') + folded(what, kIndent) + "\n";
  }
  return text;
}

bool conforms(std::span<const Section> sections) {
  return count(sections, Verdict::failed) == 0;
}

std::string summary_text(std::span<const Section> sections) {
  std::size_t all = 0;
  for (const Section& section : sections) all += section.results.size();
  std::string text =
      fmt::format("{} clauses: {} fulfilled", all, count(sections, Verdict::fulfilled));
  const auto add = [&](Verdict verdict, const char* word) {
    if (const std::size_t n = count(sections, verdict); n > 0)
      text += fmt::format(", {} {}", n, word);
  };
  add(Verdict::reported, "with a note");
  add(Verdict::failed, "failed");
  add(Verdict::untestable, "untestable, because the device is modelled");
  add(Verdict::skipped, "not examined");
  return text +
         (conforms(sections) ? "; the module conforms\n" : "; the module does not conform\n");
}

ordered_json to_json(std::span<const Section> sections, const std::string& module, bool conforms) {
  ordered_json out = {
      {"module", module}, {"conforms", conforms}, {"sections", ordered_json::array()}};
  for (const Section& section : sections) {
    ordered_json clauses = ordered_json::array();
    for (const Result& result : section.results) {
      const Verdict verdict = result.finding.verdict;
      clauses.push_back({{"clause", result.clause->id()},
                         {"verdict", verdict == Verdict::failed ? "failed" : name(verdict)},
                         {"rule", result.clause->rule},
                         {"found", result.finding.text}});
    }
    out["sections"].push_back(
        {{"title", section.title}, {"name", section.name}, {"clauses", clauses}});
  }
  return out;
}

}  // namespace assay::conformance
