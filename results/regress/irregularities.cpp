#include "results/regress/irregularities.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace assay::results::regress {

namespace {

bool day_of(std::string_view moment, std::chrono::sys_days& out) {
  constexpr std::string_view kForm = "2026-11-25";
  if (moment.size() < kForm.size() || moment[4] != '-' || moment[7] != '-') return false;
  const auto number = [&](std::size_t from, std::size_t length, unsigned& into) {
    const char* const end = moment.data() + from + length;
    return std::from_chars(moment.data() + from, end, into).ptr == end;
  };
  unsigned year = 0, month = 0, day = 0;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return false;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{month}, std::chrono::day{day}};
  out = date;
  return date.ok();
}

std::string_view day_text(const std::string& moment) {
  return std::string_view(moment).substr(0, 10);
}

/// Keeps the later day.
void advance(std::string& last, const std::string& moment) {
  if (day_text(moment) > last) last = day_text(moment);
}

void note_gaps(const Series& series, Irregularities& out) {
  bool found = false;
  for (std::size_t i = 1; i < series.runs.size(); ++i) {
    const int days = days_between(series.runs[i - 1].started, series.runs[i].started);
    if (days <= kGapDays) continue;
    found = true;
    if (days <= out.longest_gap) continue;
    out.longest_gap = days;
    out.gap_from = series.runs[i - 1].started.substr(0, 10);
    out.gap_to = series.runs[i].started.substr(0, 10);
  }
  out.gaps += found ? 1 : 0;
}

}  // namespace

int days_between(const std::string& from, const std::string& to) {
  std::chrono::sys_days first, last;
  if (!day_of(from, first) || !day_of(to, last)) return 0;
  return static_cast<int>((last - first).count());
}

Irregularities irregularities(std::span<const Series> series) {
  Irregularities out;
  std::map<std::string, std::string> newest;                       // of each device
  std::map<std::string, std::set<std::string>> of_days;            // the runs of each day
  std::unordered_map<const std::string*, std::string_view> noted;  // the day of a run
  for (const Series& one : series) {
    note_gaps(one, out);
    std::string& last = newest[one.device];
    for (const HistoryRun& run : one.runs) {
      advance(last, run.started);
      std::string_view& day = noted[&run.run.str()];
      if (day == day_text(run.started)) continue;
      day = day_text(run.started);
      of_days[std::string(day)].insert(run.run);
    }
    for (const UnusedResult& result : one.unused) advance(last, result.started);
  }
  for (const auto& [day, runs] : of_days) out.doubled_days += runs.size() > 1 ? 1 : 0;
  for (const Series& one : series) {
    std::string last;
    for (const HistoryRun& run : one.runs) advance(last, run.started);
    for (const UnusedResult& result : one.unused) advance(last, result.started);
    if (last >= newest[one.device]) continue;
    ++out.stopped;
    if (last < out.stopped_on) continue;
    out.stopped_on = last;
    out.stopped_series = one.key();
  }
  return out;
}

std::string Irregularities::text() const {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : "; ") + part; };
  if (stopped > 0) {
    add(
        fmt::format("{} series not in the last run of their device, the last of them {} ({}): "
                    "nothing is known of them since; a problem whose text changed is another "
                    "series",
                    stopped, stopped_series, stopped_on));
  }
  if (gaps > 0) {
    add(
        fmt::format("{} series with a gap of more than {} days, the longest of {} days from {} to "
                    "{}: when a change across it happened is not known",
                    gaps, kGapDays, longest_gap, gap_from, gap_to));
  }
  if (doubled_days > 0) {
    add(fmt::format("{} with more than one run, each of which counts as a night",
                    doubled_days == 1 ? "1 day" : fmt::format("{} days", doubled_days)));
  }
  return out;
}

}  // namespace assay::results::regress
