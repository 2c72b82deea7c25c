#include "results/store/series.h"

#include <fmt/format.h>

#include <iterator>

namespace assay::results::store {

namespace {

bool is_good(const record::Record& record) {
  return facts(record.status).is_evidence &&
         (record.check.outcome == kernels::Outcome::right || is_modelled(record));
}

}  // namespace

SeriesWriter::SeriesWriter(const Database& database)
    : insert_(database,
              "INSERT INTO series (backend, device, unit, place, problem, implementation, mode, "
              "modelled, started, newest) "
              "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, sequence FROM record WHERE id = ?10 "
              "ON CONFLICT (backend, device, unit, place, problem, implementation, mode, modelled) "
              "DO UPDATE SET started = excluded.started, newest = excluded.newest "
              "WHERE (excluded.started, excluded.newest) > (series.started, series.newest)") {}

void SeriesWriter::note(const record::Record& record) {
  if (!is_good(record)) return;
  const record::DeviceIdentity& device = record.device;
  unit_.clear();
  fmt::format_to(std::back_inserter(unit_), "{} {}", device.unique_id, device.bus_id);
  insert_.bind_kept(1, device.backend)
      .bind_kept(2, device.name)
      .bind_kept(3, unit_)
      .bind(4, static_cast<std::int64_t>(device.index))
      .bind_kept(5, record.problem)
      .bind_kept(6, record.implementation.name)
      .bind_kept(7, name(record.settings.mode))
      .bind(8, static_cast<std::int64_t>(is_modelled(record)))
      .bind_kept(9, record.started)
      .bind_kept(10, record.id)
      .run();
}

}  // namespace assay::results::store
