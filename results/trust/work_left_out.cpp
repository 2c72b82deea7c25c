#include "results/trust/work_left_out.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/page/quantity_text.h"

namespace assay::results::trust {
namespace {

/// What a time may exceed another one by, as a share and in seconds.
struct Tolerance {
  double share, slack;
};

/// Between the first launch after a change and the first one of a call without: both wait for the
/// same threads and clocks to wake up.
constexpr Tolerance kControlled = {0.5, 10e-6};
/// Between the launches at the ends of calls and the others. Threads and clocks wake up for the
/// first one, and the host submits it while the device waits.
constexpr Tolerance kEnds = {0.5, 50e-6}, kFirstOfAll = {2, 200e-6};
/// Parts of outputs were downloaded up to 8 µs slower right after launches.
constexpr Tolerance kPutOff = {0.25, 100e-6};
/// Other work on the machine delays launches; it is no excuse beyond this, and less where the
/// control is delayed as well.
constexpr Tolerance kBeyondOtherWork = {9, 5e-4}, kControlledBesideOtherWork = {2, 2e-4};

struct Excess {
  std::string text;
  double seconds = 0, usual = 0;  ///< the time found, and what it is compared with
  bool beyond_other_work = false;
};

bool exceeds(double seconds, double usual, double allowance, Tolerance tolerance) {
  return seconds > allowance + tolerance.share * usual + tolerance.slack;
}

/// `allowance`: what the time may be without any tolerance; 0 for one that should be 0.
std::optional<Excess> excess(const std::optional<double>& seconds, double usual, double allowance,
                             Tolerance tolerance, std::string text,
                             Tolerance beside_other_work = kBeyondOtherWork) {
  if (!seconds || !exceeds(*seconds, usual, allowance, tolerance)) return std::nullopt;
  return Excess{std::move(text), *seconds, usual,
                exceeds(*seconds, usual, allowance, beside_other_work)};
}

std::optional<Excess> of_first(const record::Record& record, const std::optional<double>& seconds,
                               const char* after) {
  if (!seconds) return std::nullopt;
  const double median = record.summary.median;
  const auto& control = record.challenges.first_undisturbed_seconds;
  const double usual = std::max(median, control.value_or(0));
  return excess(seconds, usual, usual, control ? kControlled : kEnds,
                fmt::format("the first launch after {} took {}, but {} {}: work was left out of "
                            "launches",
                            after, page::duration_text(*seconds),
                            control && *control > median ? "the first launch of other calls"
                                                         : "the timed launches",
                            page::duration_text(usual)),
                control ? kControlledBesideOtherWork : kBeyondOtherWork);
}

std::optional<Excess> of_end(const record::Record& record, const std::optional<double>& seconds,
                             Tolerance tolerance, const char* which) {
  const double median = record.summary.median;
  return excess(
      seconds, median, median, tolerance,
      fmt::format("{} took {}, but the timed launches {}: work was left out of them", which,
                  page::duration_text(seconds.value_or(0)), page::duration_text(median)));
}

std::optional<Excess> of_download(const record::Record& record,
                                  const std::optional<double>& seconds) {
  const double median = record.summary.median;
  return excess(seconds, median, 0, kPutOff,
                fmt::format("a download took {} longer right after launches of {} than repeated: "
                            "work was put off until then",
                            page::duration_text(seconds.value_or(0)), page::duration_text(median)));
}

std::optional<Excess> found_in(const record::Record& record) {
  const record::Challenges& found = record.challenges;
  if (auto one = of_first(record, found.first_changed_seconds, "inputs were changed")) return one;
  if (auto one = of_first(record, found.first_seconds, "outputs were overwritten")) return one;
  if (auto one = of_end(record, found.first_undisturbed_seconds, kFirstOfAll,
                        "the first launch of a call")) {
    return one;
  }
  if (auto one = of_end(record, found.last_seconds, kEnds, "the last launch of a call")) return one;
  if (auto one = of_download(record, found.put_off_seconds)) return one;
  return of_download(record, found.whole_put_off_seconds);
}

/// Whether other work may have delayed launches. How much there was is not known of a measurement
/// that took only a few ticks of the kernel's counters.
bool may_be_disturbed(const record::Record& record) {
  return busy(record) || !record.machine_load.own_cpu_share;
}

std::map<std::string, double> figures(const Excess& excess) {
  return {{"seconds", excess.seconds}, {"usual_seconds", excess.usual}};
}

}  // namespace

std::optional<Doubt> work_left_out(const record::Record& record) {
  const auto found = found_in(record);
  if (!found || (!found->beyond_other_work && may_be_disturbed(record))) return std::nullopt;
  return Doubt{Fault::implausible, found->text, figures(*found)};
}

std::optional<Doubt> work_may_be_left_out(const record::Record& record) {
  const auto found = found_in(record);
  if (!found || found->beyond_other_work || !may_be_disturbed(record)) return std::nullopt;
  return Doubt{Fault::unsettled, found->text + ", unless other work delayed it", figures(*found)};
}

}  // namespace assay::results::trust
