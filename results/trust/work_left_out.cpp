#include "results/trust/work_left_out.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/page/quantity_text.h"

namespace assay::results::trust {
namespace {

/// The lower quartile of launches at the ends of calls. Threads and clocks wake up for the first
/// one, and the host submits it while the device waits. On a CPU with two cores it was 0.7 to 1.3
/// times the median for launches of 2 µs and more, and 1 µs above it for shorter ones, also beside
/// 15 times as much work as there were cores.
constexpr double kEndsDiffer = 1.5, kEndsSlack = 50e-6;
/// There, parts of outputs took up to 8 µs longer to download right after launches.
constexpr double kPutOffShare = 0.25, kPutOffSlack = 100e-6;

std::optional<Doubt> ends_differ(const record::Record& record, const std::optional<double>& seconds,
                                 const char* which) {
  const double median = record.summary.median;
  if (!seconds || *seconds <= kEndsDiffer * median + kEndsSlack) return std::nullopt;
  return Doubt{Fault::implausible,
               fmt::format("{} took {}, but the timed launches {}: work was left out of them",
                           which, page::duration_text(*seconds), page::duration_text(median)),
               {{"call_end_seconds", *seconds}, {"median_seconds", median}}};
}

std::optional<Doubt> put_off(const record::Record& record, const std::optional<double>& seconds) {
  const double median = record.summary.median;
  if (!seconds || *seconds <= kPutOffShare * median + kPutOffSlack) return std::nullopt;
  return Doubt{Fault::implausible,
               fmt::format("a download took {} longer right after launches of {} than repeated: "
                           "work was put off until then",
                           page::duration_text(*seconds), page::duration_text(median)),
               {{"put_off_seconds", *seconds}, {"median_seconds", median}}};
}

}  // namespace

std::optional<Doubt> work_left_out(const record::Record& record) {
  const record::Challenges& found = record.challenges;
  if (auto doubt = ends_differ(record, found.first_changed_seconds,
                               "the first launch after inputs were changed")) {
    return doubt;
  }
  if (auto doubt = ends_differ(record, found.first_seconds,
                               "the first launch after outputs were overwritten")) {
    return doubt;
  }
  if (auto doubt = ends_differ(record, found.last_seconds, "the last launch of a call")) {
    return doubt;
  }
  if (auto doubt = put_off(record, found.put_off_seconds)) return doubt;
  return put_off(record, found.whole_put_off_seconds);
}

}  // namespace assay::results::trust
