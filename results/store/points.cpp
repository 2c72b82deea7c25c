#include "results/store/points.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "kernels/error.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::results::store {

PointWriter::PointWriter(const Database& database)
    : series_(database,
              "INSERT INTO point_series (text, problem, operation, device, implementation, "
              "division) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"),
      point_(database,
             fmt::format("INSERT INTO point (sequence, rules, series, record, run, started, "
                         "environment, doubts, figures) SELECT record.sequence, {}, "
                         "point_series.id, record.id, record.run, record.started, ?3, ?4, ?5 "
                         "FROM record, point_series WHERE record.id = ?1 AND "
                         "point_series.text = ?2 ON CONFLICT DO NOTHING",
                         trust::kRules)),
      none_(database, fmt::format("INSERT INTO point (sequence, rules, record, run, started, "
                                  "environment, doubts, figures) SELECT sequence, {}, '', '', '', "
                                  "'', '', ?2 FROM record WHERE id = ?1 ON CONFLICT DO NOTHING",
                                  trust::kRules)) {}

void PointWriter::write(const record::Record& record, const trust::Trust& trust) {
  const std::optional<Point> point = point_of(record, trust);
  figures_.clear();
  if (!point) {
    none_.bind_kept(1, record.id).bind(2, figures_).run();
    return;
  }
  const PointSeries& series = *point->series;
  text_ = text_of(series);
  series_.bind_kept(1, text_)
      .bind_kept(2, series.problem)
      .bind_kept(3, series.operation)
      .bind(4, fmt::format("{} {}", device_key(record.device), record.device.name))
      .bind_kept(5, series.implementation)
      .bind_kept(6, name(series.division))
      .run();
  for (const PointFigure& figure : {point->time, point->energy.value_or(PointFigure())}) {
    figures_.insert(figures_.end(), {figure.value, figure.interval.lower, figure.interval.upper});
  }
  if (!point->energy) figures_.resize(3);
  doubts_ = point->doubts.doubts.empty() ? "" : trust::to_json(point->doubts).dump();
  point_.bind_kept(1, record.id)
      .bind_kept(2, text_)
      .bind_kept(3, point->environment)
      .bind_kept(4, doubts_)
      .bind(5, figures_)
      .run();
}

void read_points(const Database& database, const PointFilter& filter,
                 const std::function<void(const Point&)>& visit) {
  std::unordered_map<std::int64_t, std::shared_ptr<const PointSeries>> all;
  Statement series(database,
                   fmt::format("SELECT id, text FROM point_series WHERE {}", filter.series));
  for (std::size_t i = 0; i < filter.values.size(); ++i) {
    series.bind(static_cast<int>(i + 1), filter.values[i]);
  }
  while (series.step()) {
    all.emplace(series.integer(0),
                std::make_shared<const PointSeries>(point_series(series.text_view(1))));
  }
  Statement rows(
      database,
      fmt::format("SELECT series, record, run, started, environment, doubts, figures FROM point "
                  "WHERE rules = {} AND series IS NOT NULL{}",
                  trust::kRules, filter.run.empty() ? "" : " AND run = ?1"));
  if (!filter.run.empty()) rows.bind(1, filter.run);
  Point point;
  while (rows.step()) {
    const auto of = all.find(rows.integer(0));
    if (of == all.end()) continue;
    point.series = of->second;
    point.record.assign(rows.text_view(1));
    point.run.assign(rows.text_view(2));
    point.started.assign(rows.text_view(3));
    point.environment.assign(rows.text_view(4));
    const std::string_view doubts = rows.text_view(5);
    point.doubts = doubts.empty() ? trust::Trust() : trust::trust_from_json(doubts);
    const std::vector<double> figures = rows.doubles(6);
    if (figures.size() != 3 && figures.size() != 6) {
      throw InputError(fmt::format("store {}: the point of record {} has {} figures",
                                   database.name(), point.record, figures.size()),
                       "export the runs of the store and import them into a new one");
    }
    point.time = {figures[0], {figures[1], figures[2]}};
    point.energy.reset();
    if (figures.size() == 6) point.energy = PointFigure{figures[3], {figures[4], figures[5]}};
    visit(point);
  }
}

std::string without_point(const Database& database) {
  const auto count = [&](const std::string& of) {
    Statement row(database, "SELECT count(*) FROM " + of);
    row.step();
    return row.integer(0);
  };
  const std::string with = fmt::format("point WHERE rules = {}", trust::kRules);
  // Nearly always there are none, and counting them reads two indexes only.
  if (count(with) == count("record")) return "";
  return fmt::format("sequence NOT IN (SELECT sequence FROM {})", with);
}

}  // namespace assay::results::store
