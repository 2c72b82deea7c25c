#include "results/regress/accepted.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "kernels/error.h"
#include "results/claims/catalogue_reader.h"
#include "results/process/read_file.h"
#include "results/record/toml_text.h"

namespace assay::results::regress {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string read_day(const claims::Reader& reader, std::string_view key, std::string text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                       text.begin() + static_cast<std::ptrdiff_t>(from + count),
                       [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  const bool good = text.size() == 10 && text[4] == '-' && text[7] == '-' && digits(0, 4) &&
                    digits(5, 2) && digits(8, 2) && text.substr(5, 2) >= "01" &&
                    text.substr(5, 2) <= "12" && text.substr(8) >= "01" && text.substr(8) <= "31";
  if (!good) {
    reader.fail(key, fmt::format("`{}` is not a date", text), "write for example \"2026-11-25\"");
  }
  return text;
}

Accepted read_entry(const claims::Reader& reader) {
  reader.allow({"series", "run", "date", "at_most", "reason", "until"});
  Accepted out;
  out.series = reader.text("series");
  out.run = lower(reader.optional_text("run"));
  out.date = reader.optional_text("date");
  if (out.run.empty() == out.date.empty()) {
    reader.fail(
        "run",
        "an entry must have either `run`, the first run of the new level, or `date`, its day",
        R"(write run = "0d9c1a6e" or date = "2026-11-20")");
  }
  if (!out.date.empty()) out.date = read_day(reader, "date", out.date);
  out.at_most = reader.number("at_most", 0, 0, 100);
  out.reason = reader.text("reason");
  out.until = read_day(reader, "until", reader.text("until"));
  out.place = reader.place().text();
  return out;
}

}  // namespace

bool fits(std::string_view pattern, std::string_view text) {
  const std::string words = lower(pattern), all = lower(text);
  std::size_t at = 0;
  for (std::size_t begin = 0; begin <= words.size();) {
    const std::size_t star = std::min(words.find('*', begin), words.size());
    const std::string part = words.substr(begin, star - begin);
    at = all.find(part, at);
    if (at == std::string::npos) return false;
    at += part.size();
    begin = star + 1;
  }
  return true;
}

std::vector<Accepted> parse_accepted(const std::string& name, std::string_view text) {
  std::vector<Accepted> out;
  const toml::table table = record::parse_toml(
      text, name,
      "each [[accepted]] table has series, run or date, reason, until and maybe at_most");
  const claims::Reader root(table, name, "");
  root.allow({"accepted"});
  for (const claims::Reader& entry : root.tables("accepted")) out.push_back(read_entry(entry));
  return out;
}

std::vector<Accepted> load_accepted(const std::filesystem::path& file) {
  const std::string text =
      process::read_file(file.string(), process::kLargestToml, "name a TOML file");
  return parse_accepted(file.string(), text);
}

std::string to_toml(const Accepted& accepted) {
  const auto line = [](std::string_view key, const std::string& value) {
    std::ostringstream quoted;
    quoted << toml::value<std::string>(value);
    return value.empty() ? std::string() : fmt::format("{} = {}\n", key, quoted.str());
  };
  return "[[accepted]]\n" + line("series", accepted.series) + line("run", accepted.run) +
         line("date", accepted.date) +
         (accepted.at_most > 0 ? fmt::format("at_most = {}\n", accepted.at_most) : "") +
         line("reason", accepted.reason) + line("until", accepted.until);
}

bool applies_to(const Accepted& accepted, const Series& series, const HistoryFinding& finding) {
  if (!fits(accepted.series, series.key())) return false;
  if (accepted.at_most > 0 && finding.change.value > accepted.at_most) return false;
  const std::size_t last = std::min(finding.latest, series.runs.size() - 1);
  for (std::size_t i = finding.earliest; i <= last; ++i) {
    const HistoryRun& run = series.runs[i];
    if (!accepted.run.empty() && run.run.str().starts_with(accepted.run)) return true;
    if (!accepted.date.empty() && run.started.starts_with(accepted.date)) return true;
  }
  return false;
}

bool is_valid_on(const Accepted& accepted, const std::string& today) {
  return today <= accepted.until;
}

}  // namespace assay::results::regress
