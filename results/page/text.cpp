#include "results/page/text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "results/record/ceilings.h"

namespace assay::results::page {

std::string counted(std::size_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string date_text(const std::string& moment) {
  constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                  "May",       "June",     "July",     "August",
                                  "September", "October",  "November", "December"};
  const auto number = [&](std::size_t at) {
    std::size_t value = 0;
    if (moment.size() >= at + 2) {
      std::from_chars(moment.data() + at, moment.data() + at + 2, value);
    }
    return value;
  };
  const std::size_t month = number(5), day = number(8);
  if (month < 1 || month > 12 || day < 1) return moment;
  return fmt::format("{} {} {}", day, kMonths[month - 1], moment.substr(0, 4));
}

std::string moment_text(const std::string& moment) {
  if (moment.size() < 19) return moment;
  return fmt::format("{} {} UTC", moment.substr(0, 10), moment.substr(11, 8));
}

std::string short_id(const std::string& id) {
  return id.substr(0, 8);
}

std::string_view rate_unit(kernels::DataType type) {
  return kernels::is_integer(type) ? "OP/s" : "FLOP/s";
}

Result result_of(const record::Record& record) {
  if (ranks(record)) return Result::verified;
  if (record.status == record::Status::unsupported) return Result::unsupported;
  if (record.status == record::Status::ok && is_modelled(record)) return Result::modelled;
  if (is_unverified(record)) return Result::unverified;
  const bool doubtful = record.check.outcome == kernels::Outcome::suspicious;
  return record.status == record::Status::ok && doubtful ? Result::suspicious : Result::failed;
}

std::string_view name(Result result) {
  switch (result) {
    case Result::verified:
      return "verified";
    case Result::suspicious:
      return "suspicious";
    case Result::failed:
      return "failed";
    case Result::unsupported:
      return "unsupported";
    case Result::modelled:
      return "modelled";
    case Result::unverified:
      return "unverified";
  }
  return "";
}

std::vector<std::pair<std::string, std::string>> sensor_lines(const record::Sensors& sensors) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const record::SensorFigure& figure : record::kSensorFigures) {
    const std::optional<double>& value = sensors.*figure.value;
    if (!value) continue;
    const bool constant =
        figure.value == &record::Sensors::clock_hz_median && sensors.clock_stood_still;
    lines.emplace_back(figure.label,
                       scaled_text(*value, figure.unit) + (constant ? ", in all readings" : ""));
  }
  if (!sensors.throttle.empty()) lines.emplace_back("throttled by", sensors.throttle);
  return lines;
}

std::vector<std::pair<std::string, std::string>> load_lines(const record::MachineLoad& load) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto add = [&](const char* label, const std::optional<double>& share, const char* of) {
    if (share) lines.emplace_back(label, percent_text(*share) + of);
  };
  add("CPU pressure", load.psi_cpu_some, " of the time a task waited for a CPU");
  add("memory pressure", load.psi_memory_some, " of the time a task waited for memory");
  add("disk pressure", load.psi_io_some, " of the time a task waited for a disk");
  add("idle", load.idle_share, " of all CPU time");
  add("steal", load.steal_share, " of all CPU time, used by other virtual machines");
  add("own share", load.own_cpu_share, " of the busy CPU time was this measurement's");
  return lines;
}

std::string energy_text(const record::Energy& energy) {
  if (!energy.joules_per_launch) return "";
  const auto width = energy.half_width();
  return scaled_text(*energy.joules_per_launch, "J") +
         (width ? " " + half_width_text(*width) : std::string());
}

std::string energy_method_text(const record::Energy& energy) {
  if (!energy.joules_per_launch) return "";
  std::string text = energy.source == "counter" ? "by the energy counter" : "by readings of power";
  if (energy.window_seconds) text += " over " + duration_text(*energy.window_seconds);
  if (energy.sensor_period_seconds) {
    text += fmt::format(" (updated every {})", duration_text(*energy.sensor_period_seconds));
  }
  if (energy.sensor_accuracy) {
    text += fmt::format("; {} of it is the sensor's accuracy",
                        half_width_text(*energy.sensor_accuracy));
  }
  return text;
}

std::string per_watt_text(const record::Record& record) {
  if (!record.energy.rate_per_watt) return "";
  const bool operations = figure_of(record) == kernels::Figure::operations;
  const std::string unit =
      (operations ? std::string(rate_unit(record.work.type)) : std::string("B/s")) + "/W";
  const std::string value = scaled_text(*record.energy.rate_per_watt, unit);
  const auto interval = rate_per_watt_interval(record);
  if (!interval) return value;
  return fmt::format("{}, {} to {} at 95%", value, scaled_text(interval->lower, unit),
                     scaled_text(interval->upper, unit));
}

}  // namespace assay::results::page
