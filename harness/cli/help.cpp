#include "harness/cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/values.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::cli {

namespace {

constexpr int kWidth = 80;
constexpr std::size_t kWidestHeading = 27;  ///< a wider one has a line of its own

struct Row {
  std::string heading, help;
};

struct Section {
  std::string title;
  std::vector<Row> rows;
};

Row row_of(const Option& option) {
  return {option_heading(option), option_help(option)};
}

std::string section_text(const Section& section, std::size_t column) {
  std::string out = "\n" + section.title + ":\n";
  for (const auto& [heading, help] : section.rows) {
    const bool own_line = heading.size() + 2 > column;
    out += own_line ? fmt::format("  {}\n", heading) : "";
    std::string text = harness::terminal::wrapped(help, static_cast<int>(column) + 2, kWidth);
    if (!own_line) text.replace(2, heading.size(), heading);
    out += text;
  }
  return out;
}

/// Sections with one column for all their help.
std::string sections_text(const std::vector<Section>& sections) {
  std::size_t column = 0;
  for (const Section& section : sections) {
    for (const Row& row : section.rows) {
      if (row.heading.size() <= kWidestHeading) column = std::max(column, row.heading.size() + 2);
    }
  }
  std::string out;
  for (const Section& section : sections) {
    if (!section.rows.empty()) out += section_text(section, column);
  }
  return out;
}

/// Arguments first, then options by their headings; what asks for help ends the list.
std::vector<Section> sections_of(const Options& options) {
  std::vector<Section> out = {{"Arguments", {}}};
  std::vector<Row> last;
  for (const Option& option : options.all()) {
    if (option.hidden) continue;
    if (option.names.empty()) {
      out.front().rows.push_back(row_of(option));
      continue;
    }
    if (!option.take) {
      last.push_back(row_of(option));
      continue;
    }
    const auto same = [&](const Section& section) { return section.title == option.group; };
    auto found = std::find_if(out.begin(), out.end(), same);
    if (found == out.end()) found = out.insert(out.end(), {option.group, {}});
    found->rows.push_back(row_of(option));
  }
  if (out.size() == 1) out.push_back({"Options", {}});
  auto& rows = out.back().rows;
  rows.insert(rows.end(), last.begin(), last.end());
  return out;
}

std::string usage_text(const std::string& program, const Options& options) {
  std::string out = fmt::format("Usage: {}{}{} [OPTIONS]", program,
                                options.verb().empty() ? "" : " ", options.verb());
  for (const Option& option : options.all()) {
    if (!option.names.empty() || option.hidden) continue;
    const std::string heading = option_heading(option);
    out += option.required ? " " + heading : " [" + heading + "]";
  }
  return out + "\n";
}

std::string text_of(const std::string& text) {
  return text.empty() ? "" : "\n" + text + "\n";
}

}  // namespace

std::vector<std::string> listed_verbs(const CommandLine& line) {
  std::vector<std::string> out;
  for (const Options& one : line.verbs()) {
    if (!one.hidden()) out.push_back(one.verb());
  }
  return out;
}

const Options& verb_named(const CommandLine& line, const std::string& name) {
  if (const Options* const found = line.verb_named(name)) return *found;
  throw InputError(fmt::format("there is no verb `{}`", name),
                   did_you_mean(name, listed_verbs(line), "`assay help` lists the verbs"));
}

std::string option_heading(const Option& option) {
  if (option.names.empty()) return option.value + (option.repeatable ? "..." : "");
  std::string out = fmt::format("{}", fmt::join(option.names, ", "));
  if (option.value.empty()) return out;
  return out + (option.value_optional ? " [" + option.value + "]" : " " + option.value);
}

std::string option_help(const Option& option) {
  std::string out = option.help;
  if (!option.choices.empty()) out += ": " + alternatives(option.choices);
  if (option.repeatable && !option.names.empty()) out += "; may be repeated";
  if (option.required && !option.names.empty()) out += "; required";
  if (!option.default_text.empty()) out += fmt::format(" (default {})", option.default_text);
  if (!option.default_rule.empty()) out += fmt::format(" (default: {})", option.default_rule);
  return out;
}

std::string help_text(const CommandLine& line) {
  std::vector<Section> sections;
  for (const Options& verb : line.verbs()) {
    if (verb.hidden()) continue;
    if (sections.empty() || sections.back().title != verb.heading()) {
      sections.push_back({verb.heading(), {}});
    }
    sections.back().rows.push_back({verb.verb(), verb.summary()});
  }
  const std::string usage = sections.empty()
                                ? usage_text(line.program(), line.general())
                                : fmt::format("Usage: {} VERB [OPTIONS]\n", line.program());
  for (Section& section : sections_of(line.general())) sections.push_back(std::move(section));
  return line.description() + "\n\n" + usage + sections_text(sections) +
         text_of(line.general().footer());
}

std::string help_text(const CommandLine& line, const Options& verb) {
  return verb.summary() + "\n\n" + usage_text(line.program(), verb) +
         sections_text(sections_of(verb)) + text_of(verb.footer());
}

}  // namespace assay::cli
