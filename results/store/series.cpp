#include "results/store/series.h"

#include <fmt/format.h>

#include <iterator>

namespace assay::results::store {

namespace {

bool is_good(const record::Record& record) {
  return facts(record.status).is_evidence &&
         (record.check.outcome == kernels::Outcome::right || is_modelled(record));
}

/// Of two measurements the one with the higher rank is kept; impossible times have the lowest.
std::int64_t rank_of(const trust::Trust& trust) {
  if (trust.has(trust::Fault::implausible)) return -1;
  return trust.may_decide() ? 1 : 0;
}

}  // namespace

SeriesWriter::SeriesWriter(const Database& database)
    : newest_(database,
              "INSERT INTO series (backend, device, unit, place, problem, implementation, mode, "
              "modelled, started, newest) "
              "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, sequence FROM record WHERE id = ?10 "
              "ON CONFLICT (backend, device, unit, place, problem, implementation, mode, modelled) "
              "DO UPDATE SET started = excluded.started, newest = excluded.newest "
              "WHERE (excluded.started, excluded.newest) > (series.started, series.newest)"),
      evidence_(database,
                "INSERT INTO evidence (host, backend, device, unit, place, problem, "
                "implementation, mode, modelled, trusted, started, best) "
                "SELECT run.host, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, sequence "
                "FROM record JOIN run ON run.id = record.run WHERE record.id = ?11 "
                "ON CONFLICT (host, backend, device, unit, place, problem, implementation, mode, "
                "modelled) DO UPDATE SET trusted = excluded.trusted, started = excluded.started, "
                "best = excluded.best WHERE (excluded.trusted, excluded.started, excluded.best) > "
                "(evidence.trusted, evidence.started, evidence.best)") {}

void SeriesWriter::note(const record::Record& record, const trust::Trust& trust) {
  unit_.clear();
  fmt::format_to(std::back_inserter(unit_), "{} {}", record.device.unique_id, record.device.bus_id);
  if (is_good(record)) note_newest(record);
  if (is_evidence(record) || is_modelled(record)) note_evidence(record, trust);
}

Statement& SeriesWriter::bind_series(Statement& statement, const record::Record& record) {
  const record::DeviceIdentity& device = record.device;
  return statement.bind_kept(1, device.backend)
      .bind_kept(2, device.name)
      .bind_kept(3, unit_)
      .bind(4, static_cast<std::int64_t>(device.index))
      .bind_kept(5, record.problem)
      .bind_kept(6, record.implementation.name)
      .bind_kept(7, name(record.settings.mode))
      .bind(8, static_cast<std::int64_t>(is_modelled(record)));
}

void SeriesWriter::note_newest(const record::Record& record) {
  bind_series(newest_, record).bind_kept(9, record.started).bind_kept(10, record.id).run();
}

void SeriesWriter::note_evidence(const record::Record& record, const trust::Trust& trust) {
  bind_series(evidence_, record)
      .bind(9, rank_of(trust))
      .bind_kept(10, record.started)
      .bind_kept(11, record.id)
      .run();
}

}  // namespace assay::results::store
