#include <fmt/format.h>

#include <cmath>
#include <set>

#include "results/compare/conclusion.h"
#include "results/compare/rendering.h"
#include "results/compare/words.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::results::compare {

namespace {

using nlohmann::ordered_json;

std::string_view name(Measure measure) {
  switch (measure) {
    case Measure::time:
      return "time";
    case Measure::byte_rate:
      return "byte_rate";
    case Measure::flop_rate:
      return "flop_rate";
  }
  return "";
}

/// null for a rate that the operation does not have.
ordered_json known(double rate) {
  return rate > 0 ? ordered_json(rate) : ordered_json(nullptr);
}

ordered_json json_of(const statistics::Ratio& ratio) {
  return {{"value", ratio.value}, {"lower", ratio.interval.lower}, {"upper", ratio.interval.upper}};
}
ordered_json json_of(const std::optional<statistics::Ratio>& ratio) {
  return ratio ? json_of(*ratio) : ordered_json(nullptr);
}

ordered_json json_of(const std::optional<double>& figure) {
  return figure ? ordered_json(*figure) : ordered_json(nullptr);
}

ordered_json json_of(const std::vector<Unlike>& unlike) {
  ordered_json out = ordered_json::array();
  for (const Unlike& one : unlike) {
    out.push_back({{"what", one.what}, {"a", one.a}, {"b", one.b}});
  }
  return out;
}

ordered_json json_of(const Contender& contender) {
  const record::Record& record = *contender.record;
  return {{"record", record.id},
          {"device", device_title(record)},
          {"origin", name(kind_of(record))},
          {"implementation", record.implementation.name},
          {"implementations", contender.implementations},
          {"processes", contender.processes.size()},
          {"median_seconds", record.summary.median},
          {"lower_seconds", record.summary.interval.lower},
          {"upper_seconds", record.summary.interval.upper},
          {"flop_per_second", known(flop_rate(record))},
          {"bytes_per_second", known(byte_rate(record))},
          {"busbw_bytes_per_second", json_of(bus_rate(record))},
          {"throttled_launches", record.throttling.kept_launches},
          {"trust", to_json(contender.trust)},
          {"overtaken_by", contender.overtaken_by == nullptr
                               ? ordered_json(nullptr)
                               : ordered_json(contender.overtaken_by->id)},
          {"mixed", json_of(contender.mixed)}};
}

ordered_json json_of(const ComparedProblem& row) {
  return {{"problem", row.problem()},
          {"operation", row.operation()},
          {"measure", name(measure_of(*row.baseline.record))},
          {"baseline", json_of(row.baseline)},
          {"other", json_of(row.other)},
          {"speed", json_of(row.speed)},
          {"difference", name(row.difference)},
          {"few_samples", row.few_samples},
          {"not_judged", row.not_judged},
          {"per_watt", json_of(row.per_watt)},
          {"per_dollar", json_of(row.per_dollar)},
          {"unlike", json_of(row.unlike)}};
}

ordered_json json_of(const Mean& mean) {
  return {
      {"operation", mean.operation.empty() ? ordered_json(nullptr) : ordered_json(mean.operation)},
      {"problems", mean.problems},
      {"speed", json_of(mean.speed)},
      {"difference", name(mean.difference)},
      {"not_judged", mean.not_judged},
      {"problems_with_energy", mean.problems_with_energy},
      {"per_watt", json_of(mean.per_watt)},
      {"per_dollar", json_of(mean.per_dollar)}};
}

ordered_json json_of(const Score& score) {
  ordered_json terms = ordered_json::array();
  for (const ScoreTerm& term : score.terms) {
    terms.push_back({{"name", term.entry->name},
                     {"problem", term.entry->pattern},
                     {"weight", term.entry->weight},
                     {"problems", term.problems},
                     {"speed", term.problems == 0 ? ordered_json(nullptr) : json_of(term.speed)}});
  }
  return {{"value", json_of(score.value)},
          {"difference", score.value ? ordered_json(name(score.difference)) : nullptr},
          {"missing", score.missing},
          {"not_judged", score.not_judged},
          {"terms", terms}};
}

ordered_json json_of(const ComparedGroup& group, const CompareView& view) {
  ordered_json rows = ordered_json::array(), means = ordered_json::array();
  for (const ComparedProblem* row : sorted_rows(group, view.sort, view.only_different)) {
    rows.push_back(json_of(*row));
  }
  for (const Mean& mean : group.means) means.push_back(json_of(mean));
  return {{"division", group.of_all ? ordered_json(nullptr) : ordered_json(name(group.division))},
          {"mode", group.of_all ? ordered_json(nullptr) : ordered_json(name(group.mode))},
          {"kind", name(group.kind)},
          {"rows", rows},
          {"means", means},
          {"judged_mean", group.judged ? json_of(*group.judged) : ordered_json(nullptr)},
          {"score", group.score ? json_of(*group.score) : ordered_json(nullptr)}};
}

ordered_json json_of(const LeftOut& one, const Labels& labels) {
  const record::Record& record = *one.record;
  return {{"side", one.of_baseline ? labels.a : labels.b},
          {"reason", name(one.reason)},
          {"detail", one.detail},
          {"problem", record.problem},
          {"implementation", record.implementation.name},
          {"mode", name(record.settings.mode)},
          {"device", device_title(record)},
          {"record", record.id}};
}

ordered_json json_of(const Side& side, std::size_t place) {
  std::set<std::string> devices;
  for (const record::Record& record : side.records) devices.insert(device_title(record));
  ordered_json price = nullptr, power = nullptr, offer = nullptr;
  if (side.price) {
    price = {{"dollars", side.price->dollars},
             {"lower", side.price->range.lower},
             {"upper", side.price->range.upper},
             {"text", side.price->text}};
  }
  if (side.power) {
    power = {{"watts", side.power->watts},
             {"lower", side.power->range.lower},
             {"upper", side.power->range.upper},
             {"text", side.power->text}};
  }
  if (side.offer) {
    const bundle::Signature& signature = side.offer->signature;
    offer = {{"file", side.offer->file},
             {"sha256", side.offer->sha256},
             {"signature", name(signature.state)},
             {"signer", signature.identity},
             {"key", signature.key},
             {"rules", side.offer->rules},
             {"broken", side.offer->broken}};
  }
  return {{"letter", side_letter(place)},
          {"label", side.label},
          {"name", side.name},
          {"origin", side.origin},
          {"records", side.records.size()},
          {"devices", std::vector<std::string>(devices.begin(), devices.end())},
          {"price", price},
          {"power", power},
          {"offer", offer},
          {"trust", trust_text(side)}};
}

ordered_json environment_json(const SideComparison& comparison) {
  if (!comparison.environment) return nullptr;
  ordered_json out = ordered_json::array();
  for (const record::EnvironmentChange& change : *comparison.environment) {
    out.push_back({{"what", change.key}, {"a", change.before}, {"b", change.after}});
  }
  return out;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string out;
  const char* separator = "";
  for (const std::string& field : fields) {
    out += separator + csv_field(field);
    separator = ",";
  }
  return out + "\r\n";
}

std::string shown(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
}

std::vector<std::string> csv_fields(const ComparedProblem& row, const std::string& label) {
  const record::Record& a = *row.baseline.record;
  const record::Record& b = *row.other.record;
  const statistics::Ratio& ratio = row.speed;
  std::vector<std::string> out = {label, std::string(name(a.settings.mode)), row.operation(),
                                  row.problem(), std::string(name(measure_of(a)))};
  for (const record::Record* record : {&a, &b}) {
    out.insert(out.end(),
               {record->id, device_title(*record), std::string(name(kind_of(*record))),
                record->implementation.name, shown(record->summary.median),
                shown(record->summary.interval.lower), shown(record->summary.interval.upper)});
  }
  out.insert(out.end(),
             {shown(ratio.value), shown(ratio.interval.lower), shown(ratio.interval.upper),
              std::string(name(row.difference)), row.few_samples ? "true" : "false", row.not_judged,
              row.baseline.trust.names(), row.other.trust.names()});
  for (const auto& each : {row.per_watt, row.per_dollar}) {
    out.push_back(each ? shown(each->value) : "");
    out.push_back(each ? shown(each->interval.lower) : "");
    out.push_back(each ? shown(each->interval.upper) : "");
  }
  for (const record::Record* record : {&a, &b}) {
    const auto bus = bus_rate(*record);
    out.push_back(bus ? shown(*bus) : "");
  }
  return out;
}

}  // namespace

ordered_json comparison_json(const CompareTable& table, const CompareView& view) {
  ordered_json sides = ordered_json::array(), comparisons = ordered_json::array();
  for (std::size_t i = 0; i < table.sides.size(); ++i) sides.push_back(json_of(table.sides[i], i));
  for (const SideComparison& comparison : table.comparisons) {
    const Labels labels = labels_of(table, comparison);
    ordered_json best = ordered_json::array(), groups = ordered_json::array(),
                 left_out = ordered_json::array();
    for (const ComparedGroup& group : comparison.best) best.push_back(json_of(group, view));
    for (const ComparedGroup& group : comparison.groups) groups.push_back(json_of(group, view));
    for (const LeftOut& one : comparison.left_out) left_out.push_back(json_of(one, labels));
    const Conclusion conclusion = conclusion_of(table, comparison);
    comparisons.push_back({{"side", labels.b},
                           {"baseline", labels.a},
                           {"conclusion", conclusion.headline},
                           {"details", conclusion.details},
                           {"direction", direction_text(labels)},
                           {"best", best},
                           {"groups", groups},
                           {"left_out", left_out},
                           {"environment", environment_json(comparison)}});
  }
  ordered_json weights = nullptr;
  if (table.weights) {
    weights = {{"file", table.weights->file},
               {"title", table.weights->title},
               {"formula", score_formula()},
               {"allow_missing", table.weights->allow_missing}};
  }
  return {{"schema", 1},
          {"confidence", statistics::kComparisonConfidence},
          {"modelled", table.modelled},
          {"sides", sides},
          {"comparisons", comparisons},
          {"weights", weights},
          {"notes", notes(table)}};
}

std::string comparison_csv(const CompareTable& table, const CompareView& view) {
  std::string out =
      "side,mode,operation,problem,measure,baseline_record,baseline_device,"
      "baseline_origin,baseline_implementation,baseline_median_seconds,baseline_lower_seconds,"
      "baseline_upper_seconds,other_record,other_device,other_origin,other_implementation,"
      "other_median_seconds,other_lower_seconds,other_upper_seconds,ratio,ratio_lower,"
      "ratio_upper,difference,few_samples,not_judged,baseline_doubts,other_doubts,per_watt,"
      "per_watt_lower,per_watt_upper,per_dollar,per_dollar_lower,per_dollar_upper,"
      "baseline_busbw_bytes_per_second,other_busbw_bytes_per_second\r\n";
  for (const SideComparison& comparison : table.comparisons) {
    for (const ComparedGroup& group : comparison.best) {
      for (const ComparedProblem* row : sorted_rows(group, view.sort, view.only_different)) {
        out += csv_line(csv_fields(*row, label_of(table, comparison.side)));
      }
    }
  }
  return out;
}

}  // namespace assay::results::compare
