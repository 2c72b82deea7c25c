#include "results/store/point.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "kernels/dtype.h"
#include "kernels/error.h"
#include "results/record/json_library.h"

namespace assay::results::store {

namespace {

bool has_history(const record::Record& record) {
  // Most imported figures were not checked; a wrong one does not count.
  const bool imported = record.origin == record::Origin::imported;
  const bool good = record.check.outcome == kernels::Outcome::right ||
                    (imported && record.check.outcome != kernels::Outcome::wrong);
  return record.origin != record::Origin::modelled && !is_modelled(record) &&
         record.status == record::Status::ok && good && record.summary.median > 0;
}

}  // namespace

std::string text_of(const PointSeries& series) {
  const record::DeviceIdentity& device = series.device;
  const nlohmann::json all = {device.backend,
                              device.index,
                              device.name,
                              device.unique_id,
                              series.problem,
                              series.operation,
                              series.implementation,
                              name(series.division),
                              name(series.mode),
                              series.imported,
                              series.work.flop,
                              series.work.bytes,
                              kernels::name(series.work.type)};
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

PointSeries point_series(std::string_view text) {
  try {
    const nlohmann::json all = nlohmann::json::parse(text);
    PointSeries out;
    out.device.backend = all.at(0);
    out.device.index = all.at(1);
    out.device.name = all.at(2);
    out.device.unique_id = all.at(3);
    out.problem = all.at(4);
    out.operation = all.at(5);
    out.implementation = all.at(6);
    out.division = record::named<record::Division>(all.at(7).get<std::string>()).value();
    out.mode = record::named<record::Mode>(all.at(8).get<std::string>()).value();
    out.imported = all.at(9);
    // JSON has no number that is not finite.
    if (all.at(10).is_number()) out.work.flop = all.at(10);
    if (all.at(11).is_number()) out.work.bytes = all.at(11);
    out.work.type = kernels::data_type(all.at(12).get<std::string>()).value();
    return out;
  } catch (const std::exception& error) {
    throw InputError(fmt::format("a series of the table `point_series`: {}", error.what()),
                     "export the runs of the store and import them into a new one");
  }
}

std::optional<Point> point_of(const record::Record& record, const trust::Trust& trust) {
  if (!has_history(record)) return std::nullopt;
  PointSeries series;
  series.device.backend = record.device.backend;
  series.device.index = record.device.index;
  series.device.name = record.device.name;
  series.device.unique_id = record.device.unique_id;
  series.problem = record.problem;
  series.operation = record.operation;
  series.implementation = record.implementation.name;
  series.division = record.implementation.division;
  series.mode = record.settings.mode;
  series.imported = record.origin == record::Origin::imported;
  series.work = record.work;
  Point out;
  out.series = std::make_shared<const PointSeries>(std::move(series));
  out.record = record.id;
  out.run = record.run;
  out.started = record.started;
  out.environment = record.environment;
  out.time = {record.summary.median, record.summary.interval};
  if (const auto joules = record.energy.joules_per_launch; joules && *joules > 0) {
    out.energy = PointFigure{*joules,
                             {record.energy.joules_lower.value_or(*joules),
                              record.energy.joules_upper.value_or(*joules)}};
  }
  // Imported figures say nothing of the machine; their series are marked.
  if (trust.has(trust::Fault::implausible) ||
      (record.origin == record::Origin::measured && trust.may_be_off())) {
    out.doubts = trust;
  }
  return out;
}

}  // namespace assay::results::store
