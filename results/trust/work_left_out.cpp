#include "results/trust/work_left_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/page/quantity_text.h"
#include "results/trust/clocks.h"
#include "results/trust/suspicion.h"

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
/// The first launch after all of an input was uploaded, which may have left the caches.
constexpr Tolerance kReplaced = {1, 100e-6};
/// What a launch in a call of its own may take beyond that by the device's clock, which runs while
/// the host submits it; the whole call, with its way through the driver and a message to the worker
/// and back; and either on a CPU, whose threads wake up for it. Calls took 8 to 31 us more than
/// their launches on a CPU of two cores under a load of 7.
constexpr double kSingle = 60e-6, kSingleCall = 120e-6, kSingleOnCpu = 250e-6;
/// Downloads longer than these may hide work. Any device sends a few bytes within a millisecond.
constexpr double kDownloadSeconds = 1e-3, kDownloadRate = 1e9;
constexpr Tolerance kHidden = {0.25, 0};
/// Parts of outputs were downloaded up to 8 µs slower right after launches.
constexpr Tolerance kPutOff = {0.25, 100e-6};

/// `allowance`: what the time may be without any tolerance; 0 for one that should be 0. Other work
/// on the machine delays launches and downloads.
std::optional<Suspicion> excess(const std::optional<double>& seconds, double usual,
                                double allowance, Tolerance tolerance, std::string text,
                                Proof proof = Proof::on_a_quiet_machine) {
  if (!seconds || *seconds <= allowance + tolerance.share * usual + tolerance.slack) {
    return std::nullopt;
  }
  return Suspicion{std::move(text), {{"seconds", *seconds}, {"usual_seconds", usual}}, proof};
}

/// The slower end of what the samples say. A module that widens their interval has a record that
/// decides nothing.
double slow_sample(const record::Record& record) {
  const double upper = record.summary.interval.upper;
  return std::isfinite(upper) ? std::max(record.summary.median, upper) : record.summary.median;
}

/// A few samples that other work, or another virtual machine, disturbed tell nothing of the rest.
Proof proof_by_samples(const record::Record& record) {
  const bool few = record.summary.count < record::Settings{}.minimum_samples;
  return few ? Proof::never : Proof::on_a_quiet_machine;
}

std::optional<Suspicion> of_first(const record::Record& record,
                                  const std::optional<double>& seconds, const char* after,
                                  std::optional<Tolerance> tolerance = std::nullopt) {
  if (!seconds) return std::nullopt;
  const double sample = slow_sample(record);
  const auto& control = record.challenges.first_undisturbed_seconds;
  const double usual = std::max(sample, control.value_or(0));
  if (!tolerance) tolerance = control ? kControlled : kEnds;
  return excess(seconds, usual, usual, *tolerance,
                fmt::format("the first launch after {} took {}, but {} {}: work was left out of "
                            "launches",
                            after, page::duration_text(*seconds),
                            control && *control > sample ? "the first launch of other calls"
                                                         : "the timed launches",
                            page::duration_text(usual)),
                proof_by_samples(record));
}

std::optional<Suspicion> of_end(const record::Record& record, const std::optional<double>& seconds,
                                Tolerance tolerance, const char* which) {
  const double usual = slow_sample(record);
  return excess(
      seconds, usual, usual, tolerance,
      fmt::format("{} took {}, but the timed launches {}: work was left out of them", which,
                  page::duration_text(seconds.value_or(0)), page::duration_text(usual)),
      proof_by_samples(record));
}

std::optional<Suspicion> of_download(const record::Record& record,
                                     const std::optional<double>& seconds) {
  const double median = record.summary.median;
  return excess(seconds, median, 0, kPutOff,
                fmt::format("a download took {} longer right after launches of {} than repeated: "
                            "work was put off until then",
                            page::duration_text(seconds.value_or(0)), page::duration_text(median)));
}

std::optional<Suspicion> of_changed(const record::Record& record) {
  return of_first(record, record.challenges.first_changed_seconds, "inputs were changed");
}

std::optional<Suspicion> of_replaced(const record::Record& record) {
  return of_first(record, record.challenges.first_replaced_seconds, "an input was replaced",
                  kReplaced);
}

/// How long downloads of ranks and of devices on a machine of unknown load take is not known.
std::optional<Suspicion> hidden(const record::Record& record, const std::optional<double>& seconds,
                                double allowance, const char* what) {
  if (!record.machine_load.own_cpu_share) return std::nullopt;
  return excess(seconds, record.summary.median, allowance, kHidden,
                fmt::format("downloading {} took {}, in which the work of launches of {} may be "
                            "hidden",
                            what, page::duration_text(seconds.value_or(0)),
                            page::duration_text(record.summary.median)),
                Proof::never);
}

std::optional<Suspicion> of_slow_parts(const record::Record& record) {
  return hidden(record, record.challenges.parts_seconds, kDownloadSeconds, "parts of the outputs");
}

std::optional<Suspicion> of_slow_whole(const record::Record& record) {
  const double transfer = static_cast<double>(record.challenges.whole_bytes) / kDownloadRate;
  return hidden(record, record.challenges.whole_seconds, kDownloadSeconds + transfer,
                "the outputs");
}

std::optional<Suspicion> of_overwritten(const record::Record& record) {
  return of_first(record, record.challenges.first_seconds, "outputs were overwritten");
}

std::optional<Suspicion> of_undisturbed(const record::Record& record) {
  return of_end(record, record.challenges.first_undisturbed_seconds, kFirstOfAll,
                "the first launch of a call");
}

std::optional<Suspicion> of_last(const record::Record& record) {
  return of_end(record, record.challenges.last_seconds, kEnds, "the last launch of a call");
}

std::optional<Suspicion> of_parts(const record::Record& record) {
  return of_download(record, record.challenges.put_off_seconds);
}

std::optional<Suspicion> of_whole(const record::Record& record) {
  return of_download(record, record.challenges.whole_put_off_seconds);
}

/// A launch of longer calls, whichever of the samples and the account tells the longer one.
double usual_launch(const record::Record& record) {
  const record::ClockSums& hot = record.clocks.hot;
  const double warm = hot.launches == 0 ? 0 : hot.device / static_cast<double>(hot.launches);
  return std::max(record.summary.median, warm);
}

/// With caches that later launches find full, a launch after an input was replaced may have to read
/// all operands from memory, at the least rate of one: slow DDR4, and a tenth of HBM.
double read_again_seconds(const record::Record& record) {
  if (record.settings.mode != record::Mode::hot) return 0;
  return record.work.bytes / (record.device.kind == "cpu" ? 4e9 : 100e9);
}

/// An untimed launch may lead a call of shorter ones.
double leading_seconds(double usual) {
  return std::min(usual, kNeedsNoLead);
}

Tolerance single_tolerance(const record::Record& record, double slack) {
  return {kEnds.share, record.device.kind == "cpu" ? kSingleOnCpu : slack};
}

/// In calls of one launch each, the time that the device tells.
std::optional<Suspicion> of_single(const record::Record& record) {
  const record::ClockSums& single = record.clocks.single;
  if (single.launches == 0) return std::nullopt;
  const double usual = std::max(usual_launch(record), slow_sample(record));
  const double one = single.device / static_cast<double>(single.launches);
  return excess(one, usual, usual + read_again_seconds(record), single_tolerance(record, kSingle),
                fmt::format("a launch took {} in calls of one, but {} in others: work was left out "
                            "of launches",
                            page::duration_text(one), page::duration_text(usual)),
                proof_by_samples(record));
}

/// In calls of one launch each, the time that passed, against the samples alone: where the account
/// told longer launches than they were, as it may by a share, both would add up. The module may
/// lead with an untimed launch.
std::optional<Suspicion> of_single_call(const record::Record& record) {
  const record::ClockSums& single = record.clocks.single;
  if (single.launches == 0) return std::nullopt;
  const double usual = slow_sample(record);
  const double one = single.wall / static_cast<double>(single.calls);
  const double allowance = usual + leading_seconds(usual) + read_again_seconds(record);
  return excess(one, usual, allowance, single_tolerance(record, kSingleCall),
                fmt::format("a call of one launch took {}, but the launches {}: work was left out "
                            "of them",
                            page::duration_text(one), page::duration_text(usual)),
                proof_by_samples(record));
}

/// Whichever entry of the module did the work, on the way from new inputs to an output. A device
/// may be far away, or its link slow.
std::optional<Suspicion> of_way(const record::Record& record) {
  if (!record.machine_load.own_cpu_share) return std::nullopt;
  const double usual = slow_sample(record);
  const double allowance = usual + leading_seconds(usual) + read_again_seconds(record);
  return excess(
      record.challenges.way_seconds, usual, allowance, single_tolerance(record, kSingleCall),
      fmt::format("new inputs, a launch and its outputs took {} beyond sending them, but launches "
                  "{}: work may be hidden around them",
                  page::duration_text(record.challenges.way_seconds.value_or(0)),
                  page::duration_text(usual)),
      Proof::never);
}

}  // namespace

std::optional<Doubt> work_left_out(const record::Record& record) {
  return doubt_of(record, {of_changed, of_replaced, of_overwritten, of_undisturbed, of_last,
                           of_parts, of_whole, of_slow_parts, of_slow_whole});
}

std::optional<Doubt> work_once_in_a_call(const record::Record& record) {
  return doubt_of(record, {of_single, of_single_call, of_way});
}

}  // namespace assay::results::trust
