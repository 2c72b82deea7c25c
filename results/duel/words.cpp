#include "results/duel/words.h"

#include <fmt/format.h>

#include <cmath>

#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::results::duel {

using nlohmann::ordered_json;
using page::percent_text;
using statistics::Ratio;

namespace {

bool known(const statistics::Interval& interval) {
  return interval.lower > 0 && std::isfinite(interval.upper);
}

/// " [1.6%, 2.6%]" of the changes, or "" while they are not known.
std::string limits_text(double lower, double upper) {
  return fmt::format(" [{}, {}]", percent_text(lower), percent_text(upper));
}

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

/// The same as speed_text() without its subject: "0.10% slower [-0.20%, 0.40%]".
std::string difference_text(const Ratio& speed) {
  const auto& [lower, upper] = speed.interval;
  const bool faster = speed.value > 1;
  std::string text = faster ? percent_text(speed.value - 1) + " faster"
                            : percent_text(1 - speed.value) + " slower";
  if (!known(speed.interval)) return text;
  return text + (faster ? limits_text(lower - 1, upper - 1) : limits_text(1 - upper, 1 - lower));
}

std::string smaller_text(const Judgement& judgement, const std::string& effect) {
  const auto& [lower, upper] = judgement.speed.interval;
  if (lower > 1 || upper < 1) {
    return fmt::format("{}, which is less than {}", speed_text(judgement.speed), effect);
  }
  return fmt::format("no difference of {} or more: {}", effect, speed_text(judgement.speed));
}

}  // namespace

std::string speed_text(const Ratio& speed) {
  return "B is " + difference_text(speed);
}

std::string control_text(const Ratio& control) {
  std::string text = percent_text(control.value - 1);
  if (!known(control.interval)) return text + " (too few rounds for an interval)";
  return text + limits_text(control.interval.lower - 1, control.interval.upper - 1);
}

std::string sentence(const Judgement& judgement, const DuelOptions& options) {
  const std::string effect = page::target_text(options.effect);
  switch (judgement.outcome) {
    case Outcome::slower:
    case Outcome::faster:
      return speed_text(judgement.speed);
    case Outcome::smaller:
      return smaller_text(judgement, effect);
    case Outcome::clocks:
      return fmt::format("ambiguous: clocks: {} by time, but {} in clock cycles",
                         speed_text(judgement.speed),
                         judgement.cycles ? difference_text(*judgement.cycles) : "not");
    case Outcome::control:
      return fmt::format("not decided: the sides differ from themselves by {}; {}",
                         control_text(judgement.control), speed_text(judgement.speed));
    case Outcome::unlike:
      return "not decided: the rounds do not agree on one ratio";
    case Outcome::undecided:
      break;
  }
  if (judgement.rounds == 0) return "not decided: no round was completed";
  const auto& [lower, upper] = judgement.speed.interval;
  const bool only_in_time = judgement.cycles && (lower > 1 || (known({lower, upper}) && upper < 1));
  return fmt::format("not decided: {}{}; about {} would be needed", speed_text(judgement.speed),
                     only_in_time ? " by time, but not yet in clock cycles" : "",
                     page::counted(judgement.more_rounds, "more round"));
}

ordered_json to_json(const Ratio& ratio) {
  const bool limited = known(ratio.interval);
  return {{"value", number(ratio.value)},
          {"lower", limited ? number(ratio.interval.lower) : ordered_json()},
          {"upper", limited ? number(ratio.interval.upper) : ordered_json()}};
}

ordered_json to_json(const Judgement& judgement) {
  return {{"outcome", name(judgement.outcome)},
          {"rounds", judgement.rounds},
          {"speed", judgement.rounds > 0 ? to_json(judgement.speed) : ordered_json()},
          {"control", judgement.rounds > 0 ? to_json(judgement.control) : ordered_json()},
          {"speed_in_cycles", judgement.cycles ? to_json(*judgement.cycles) : ordered_json()},
          {"more_rounds_needed", judgement.more_rounds}};
}

ordered_json to_json(const Round& round) {
  ordered_json out = ordered_json::array();
  for (const Timing& timing : round) {
    out.push_back(
        {{"side", is_a(timing.arm) ? "A" : "B"},
         {"again", timing.arm == Arm::a_again || timing.arm == Arm::b_again},
         {"seconds", timing.seconds},
         {"clock_hz", timing.clock_hz ? ordered_json(*timing.clock_hz) : ordered_json()}});
  }
  return out;
}

}  // namespace assay::results::duel
