#include "harness/measure/throttle.h"

#include <fmt/format.h>

#include "results/page/quantity_text.h"
#include "results/record/power_cap.h"

namespace assay::harness::measure {

std::optional<double> judged_clock(const Reading& reading) {
  if (results::record::only_power_cap(reading.throttle)) return std::nullopt;
  return reading.clock_hz;
}

std::vector<assay_launch> ThrottleGuard::run(std::uint32_t count, const Launcher& launch) {
  while (true) {
    auto launches = launch(count);
    const std::optional<double> clock = clock_();
    // A sensor that reports 0 Hz does not know the clock.
    if (!clock || *clock <= 0 || *clock >= floor_) return launches;
    if (outcome_.pauses == kMaximumPauses) {
      outcome_.kept_launches += count;
      return launches;
    }
    outcome_.discarded_launches += count;
    const double seconds = kFirstPause * (1u << outcome_.pauses);
    ++outcome_.pauses;
    outcome_.paused_seconds += seconds;
    pause_(seconds);
  }
}

std::optional<results::record::Note> throttling_note(
    const results::record::Throttling& throttling) {
  if (throttling.pauses == 0) return std::nullopt;
  std::string text =
      fmt::format("{} launches below {} of the highest clock discarded, {} pause{} made",
                  throttling.discarded_launches, results::page::percent_text(kThrottledShare),
                  throttling.pauses, throttling.pauses == 1 ? "" : "s");
  if (throttling.kept_launches > 0) {
    text += fmt::format("; {} later ones at such a clock kept", throttling.kept_launches);
  }
  return results::record::Note{
      results::record::NoteKind::throttled,
      text,
      {{"discarded_launches", static_cast<double>(throttling.discarded_launches)},
       {"kept_launches", static_cast<double>(throttling.kept_launches)},
       {"pauses", static_cast<double>(throttling.pauses)},
       {"paused_seconds", throttling.paused_seconds}}};
}

}  // namespace assay::harness::measure
