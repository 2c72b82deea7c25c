#include "harness/conformance/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/terminal/table.h"
#include "results/page/quantity_text.h"
#include "results/record/json_library.h"

namespace assay::harness::conformance {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kWidth = 80, kIndent = 11;

terminal::Style style_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fulfilled:
      return terminal::Style::good;
    case Verdict::broken:
      return terminal::Style::bad;
    case Verdict::noted:
    case Verdict::inconclusive:
    case Verdict::untested:
      return terminal::Style::doubtful;
    case Verdict::absent:
      break;
  }
  return terminal::Style::faint;
}

/// The label before a clause.
const char* label(Verdict verdict) {
  switch (verdict) {
    case Verdict::fulfilled:
      return "ok";
    case Verdict::noted:
      return "note";
    case Verdict::broken:
      return "BROKEN";
    case Verdict::inconclusive:
      return "unsure";
    case Verdict::absent:
      return "-";
    case Verdict::untested:
      return "untested";
  }
  return "";
}

/// The text broken at spaces into lines of at most the page's width; all lines but the first are
/// indented by `indent`.
std::string folded(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    const std::size_t width = terminal::text_width(word);
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

/// Lists the clauses with a verdict, one line per section: "Broken, module: memory.range".
std::string clauses_with(std::span<const Section> sections, Verdict verdict,
                         const std::string& title) {
  std::string text;
  for (const Section& section : sections) {
    std::string names;
    for (const Result& result : section.results) {
      if (result.finding.verdict != verdict) continue;
      names += (names.empty() ? "" : ", ") + result.clause->id();
    }
    if (names.empty()) continue;
    text += "  " + folded(fmt::format("{}, {}: {}", title, section.title, names), 2) + "\n";
  }
  return text;
}

const char* sentence(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::conforms:
      return "The module conforms.";
    case Conclusion::does_not_conform:
      return "The module does not conform.";
    case Conclusion::no_device:
      return "All tested clauses conform, but there is no device to test.";
  }
  return "";
}

}  // namespace

Conclusion conclude(std::span<const Section> sections, bool devices_exercised) {
  if (count(sections, Verdict::broken) + count(sections, Verdict::untested) > 0) {
    return Conclusion::does_not_conform;
  }
  return devices_exercised ? Conclusion::conforms : Conclusion::no_device;
}

std::string section_text(const Section& section, bool colour) {
  std::string text = section.title + (section.name.empty() ? "" : ": " + section.name) + "\n";
  for (const Result& result : section.results) {
    const Verdict verdict = result.finding.verdict;
    const bool good = verdict == Verdict::fulfilled || verdict == Verdict::absent;
    const std::string& found = result.finding.text;
    const std::string& rule = good && !found.empty() ? found : result.clause->rule;
    const std::string head = fmt::format("  {:<9}{:<22} ", label(verdict), result.clause->id());
    text += terminal::styled(head.substr(0, kIndent), style_of(verdict), colour);
    const bool fits = head.size() + terminal::text_width(rule) <= kWidth;
    text += head.substr(kIndent) + (fits ? rule : result.clause->rule) + "\n";
    if (found.empty() || (good && fits)) continue;
    const std::string what = (verdict == Verdict::broken ? "found: " : "") + found;
    text += std::string(kIndent, ' ') + folded(what, kIndent) + "\n";
  }
  return text;
}

std::string summary_text(std::span<const Section> sections, Conclusion conclusion) {
  std::size_t all = 0;
  double seconds = 0;
  for (const Section& section : sections) {
    all += section.results.size();
    for (const Result& result : section.results) seconds += result.seconds;
  }
  std::string counts =
      fmt::format("{} clauses in {}: {} fulfilled", all, results::page::duration_text(seconds),
                  count(sections, Verdict::fulfilled));
  const auto add = [&](Verdict verdict, const char* word) {
    if (const std::size_t n = count(sections, verdict); n > 0)
      counts += fmt::format(", {} {}", n, word);
  };
  add(Verdict::noted, "with a note");
  add(Verdict::broken, "broken");
  add(Verdict::inconclusive, "inconclusive");
  add(Verdict::untested, "untested");
  add(Verdict::absent, "about absent optional features");
  return folded(counts + ".", 0) + "\n" + clauses_with(sections, Verdict::broken, "broken") +
         clauses_with(sections, Verdict::inconclusive, "inconclusive") +
         clauses_with(sections, Verdict::untested, "untested") + sentence(conclusion) + "\n";
}

std::string list_text(std::span<const Clause> clauses) {
  std::string text;
  for (const Clause& clause : clauses) {
    text += fmt::format("{:<22} {}\n", clause.id(), clause.rule);
  }
  return text;
}

ordered_json to_json(std::span<const Section> sections, const std::string& module,
                     Conclusion conclusion) {
  ordered_json out = {{"module", module},
                      {"interface", ASSAY_BACKEND_ABI},
                      {"conforms", conclusion != Conclusion::does_not_conform},
                      {"devices_exercised", conclusion != Conclusion::no_device},
                      {"sections", ordered_json::array()}};
  for (const Section& section : sections) {
    ordered_json clauses = ordered_json::array();
    for (const Result& result : section.results) {
      clauses.push_back({{"clause", result.clause->id()},
                         {"verdict", name(result.finding.verdict)},
                         {"rule", result.clause->rule},
                         {"found", result.finding.text},
                         {"seconds", result.seconds}});
    }
    out["sections"].push_back(
        {{"title", section.title}, {"name", section.name}, {"clauses", clauses}});
  }
  return out;
}

ordered_json list_json(std::span<const Clause> clauses) {
  ordered_json list = ordered_json::array();
  for (const Clause& clause : clauses) {
    list.push_back({{"clause", clause.id()}, {"rule", clause.rule}});
  }
  return {{"interface", ASSAY_BACKEND_ABI}, {"clauses", list}};
}

}  // namespace assay::harness::conformance
