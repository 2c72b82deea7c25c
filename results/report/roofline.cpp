#include "results/report/roofline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "results/page/command.h"
#include "results/page/quantity_text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::results::report {

namespace {

using nlohmann::ordered_json;

/// Modelled records are left out: they are not measurements. So are times that may be false:
/// they would be the best.
bool has_place(const record::Record& record) {
  return ranks(record) && !is_modelled(record) && record.work.flop > 0 && record.work.bytes > 0 &&
         !trust::may_be_false(record);
}

void widen(Range& range, double value) {
  range.low = std::min(range.low, value);
  range.high = std::max(range.high, value);
}

/// Gives all rooflines the same axes, so that they can be compared.
void set_axes(std::vector<Roofline>& all) {
  constexpr double kMost = std::numeric_limits<double>::max();
  Range x{kMost, 0}, y{kMost, 0};
  for (const Roofline& one : all) {
    for (const RooflinePoint& point : one.points) {
      widen(x, point.intensity);
      widen(y, point.rate);
    }
    if (one.arithmetic && one.memory) widen(x, one.arithmetic->rate / one.memory->rate);
  }
  x = {x.low / 2, x.high * 2};
  for (const Roofline& one : all) {
    if (one.arithmetic) widen(y, one.arithmetic->rate);
    if (one.memory) widen(y, x.low * one.memory->rate);
  }
  y = {y.low / 1.6, y.high * 2.2};
  for (Roofline& one : all) {
    one.x = x;
    one.y = y;
  }
}

std::string roofs_text(const Roofline& roofline) {
  std::string text;
  if (roofline.arithmetic) {
    text = fmt::format("arithmetic {} by {}",
                       page::scaled_text(roofline.arithmetic->rate, page::rate_unit(roofline.type)),
                       roofline.arithmetic->operation);
  }
  if (roofline.memory) {
    text +=
        fmt::format("{}memory {} by {}", text.empty() ? "" : ", ",
                    page::scaled_text(roofline.memory->rate, "B/s"), roofline.memory->operation);
  }
  return text;
}

std::string alternative(const Roofline& roofline, const std::string& device) {
  const auto best = std::max_element(
      roofline.points.begin(), roofline.points.end(),
      [](const RooflinePoint& a, const RooflinePoint& b) { return a.rate < b.rate; });
  return fmt::format(
      "Roofline of {} in {}: {}. {}, the fastest with {}. The table of measurements lists all "
      "points.",
      device, name(roofline.type), roofs_text(roofline),
      page::counted(roofline.points.size(), "point"),
      page::scaled_text(best->rate, page::rate_unit(roofline.type)));
}

ordered_json point_json(const RooflinePoint& point, const DevicePart& part) {
  const record::Record& record = *point.record;
  const auto roof = share_of_ceiling(record, part);
  std::string share;
  if (roof) {
    const bool memory = roof->bound == record::Bound::memory;
    share = fmt::format("{} of {}{}", page::share_text(*roof), page::bound_text(roof->bound),
                        memory && roof->cached ? ", possibly from a cache" : "");
    const std::string above = page::above_ceiling_text(*roof);
    if (!above.empty()) share += "; " + above;
  }
  const std::string doubts = trust::trust_of(record).names();
  return {{"x", point.intensity},
          {"y", point.rate},
          {"series", point.series},
          {"operation", record.operation},
          {"division", name(record.implementation.division)},
          {"problem", record::brief_problem(record.problem)},
          {"implementation",
           fmt::format("{}, {}", record.implementation.name, name(record.settings.mode))},
          {"rate", page::scaled_text(point.rate, page::rate_unit(record.work.type))},
          {"share", share},
          {"doubts", doubts},
          {"record", record.id}};
}

ordered_json figure_json(const Roofline& roofline, const DevicePart& part, const std::string& id) {
  ordered_json corners = ordered_json::array(), points = ordered_json::array();
  for (const auto& [x, y] : roofline.corners()) corners.push_back({{"x", x}, {"y", y}});
  for (const RooflinePoint& point : roofline.points) points.push_back(point_json(point, part));
  return {{"id", id},
          {"device", device_title(part.first())},
          {"type", name(roofline.type)},
          {"unit", page::rate_unit(roofline.type)},
          {"x", {roofline.x.low, roofline.x.high}},
          {"y", {roofline.y.low, roofline.y.high}},
          {"peak", roofline.arithmetic ? ordered_json(roofline.arithmetic->rate) : nullptr},
          {"bandwidth", roofline.memory ? ordered_json(roofline.memory->rate) : nullptr},
          {"roof", corners},
          {"points", points}};
}

page::Html legend(const DevicePart& part) {
  page::Html out;
  std::size_t series = 0;
  for (const std::string& operation : operations_of(part)) {
    out += page::html(R"(<li><svg class="mark series-{}" viewBox="-5 -5 10 10" aria-hidden="true">)"
                      R"(<circle r="4"/></svg>{}</li>)",
                      series++ % kSeries, operation);
  }
  std::set<record::Division> divisions;
  for (const record::Record* record : part.records) {
    if (has_place(*record)) divisions.insert(record->implementation.division);
  }
  for (const record::Division division : divisions) {
    out += page::html(R"(<li><svg class="mark plain" viewBox="-5 -5 10 10" aria-hidden="true">)"
                      R"(<path d="{}"/></svg>{}</li>)",
                      facts(division).chart_mark, name(division));
  }
  return html(R"(<ul class="key">{}</ul>)", out);
}

page::Html ceiling_row(std::string_view what, const record::Roof& roof, std::string_view unit,
                       const DevicePart& part) {
  const auto found =
      std::find_if(part.records.begin(), part.records.end(),
                   [&](const record::Record* record) { return record->id == roof.record; });
  const record::Record* record = found == part.records.end() ? nullptr : *found;
  page::Html link = record_link(roof.record);
  if (!roof.doubt.empty()) link += page::html(R"( <span class="small">{}</span>)", roof.doubt);
  return html(
      R"(<tr><th scope="row">{}</th><td class="number">{}</td><td class="number">{}</td>)"
      R"(<td><code>{}</code></td><td>{}</td><td>{}</td></tr>)",
      what, page::scaled_text(roof.rate, unit),
      page::half_width_text(roof.summary, roof.confidence) + (roof.doubt.empty() ? "" : " !"),
      record ? record::brief_problem(record->problem) : roof.operation,
      record ? record->implementation.name : "", link);
}

page::Html ceilings_table(const DevicePart& part) {
  page::Html rows;
  for (const auto& [type, roof] : part.ceilings.arithmetic) {
    rows +=
        ceiling_row(fmt::format("arithmetic, {}", name(type)), roof, page::rate_unit(type), part);
  }
  if (part.ceilings.memory) rows += ceiling_row("memory", *part.ceilings.memory, "B/s", part);
  return html(
      R"(<div class="table" role="region" tabindex="0" aria-label="{0}"><table>)"
      R"(<caption>{0}, measured in this run</caption><thead><tr><th scope="col">Roof</th>)"
      R"(<th scope="col" class="number">Rate</th><th scope="col" class="number">±</th>)"
      R"(<th scope="col">Problem of the best result</th><th scope="col">Implementation</th>)"
      R"(<th scope="col">Record</th></tr></thead><tbody>{1}</tbody></table></div>)",
      "Ceilings of " + device_title(part.first()), rows);
}

page::Html figure(const Roofline& roofline, const DevicePart& part, const std::string& id) {
  const std::string text = alternative(roofline, device_title(part.first()));
  const std::string missing =
      !roofline.arithmetic ? fmt::format(". No fma was measured in {}, so there is no flat roof.",
                                         name(roofline.type))
      : !roofline.memory   ? ". No triad, copy or read larger than the caches was measured."
                           : "";
  return html(R"(<figure class="roofline" id="{}"><figcaption><b>{}</b> {}{}</figcaption>)"
              R"(<div class="plot">{}</div><p class="readout" aria-live="polite"></p></figure>)",
              id, name(roofline.type), roofs_text(roofline), missing,
              still_roofline(roofline, text));
}

}  // namespace

double Roofline::roof(double intensity) const {
  double rate = std::numeric_limits<double>::infinity();
  if (arithmetic) rate = arithmetic->rate;
  if (memory) rate = std::min(rate, intensity * memory->rate);
  return rate;
}

std::vector<std::pair<double, double>> Roofline::corners() const {
  std::vector<std::pair<double, double>> out = {{x.low, roof(x.low)}};
  if (arithmetic && memory) {
    const double ridge = arithmetic->rate / memory->rate;
    if (ridge > x.low && ridge < x.high) out.emplace_back(ridge, arithmetic->rate);
  }
  out.emplace_back(x.high, roof(x.high));
  return out;
}

std::vector<std::string> operations_of(const DevicePart& part) {
  std::vector<std::string> out;
  for (const record::Record* record : part.records) {
    if (has_place(*record)) out.push_back(record->operation);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<Roofline> rooflines_of(const DevicePart& part) {
  const std::vector<std::string> operations = operations_of(part);
  std::map<kernels::DataType, Roofline> by_type;
  for (const record::Record* record : part.records) {
    if (!has_place(*record)) continue;
    const auto operation = std::find(operations.begin(), operations.end(), record->operation);
    by_type[record->work.type].points.push_back(
        {record, intensity(*record), flop_rate(*record),
         static_cast<std::size_t>(operation - operations.begin())});
  }
  std::vector<Roofline> out;
  for (auto& [type, roofline] : by_type) {
    roofline.type = type;
    roofline.memory = part.ceilings.memory;
    const auto peak = part.ceilings.arithmetic.find(type);
    if (peak != part.ceilings.arithmetic.end()) roofline.arithmetic = peak->second;
    if (roofline.memory || roofline.arithmetic) out.push_back(std::move(roofline));
  }
  set_axes(out);
  return out;
}

page::Html rooflines(const DevicePart& part, ordered_json& figures) {
  if (is_modelled(part.first())) {
    return html(R"(<p class="note">{} This device is modelled from published figures. It has no )"
                "measured ceilings, and none are drawn.</p>",
                origin_badge(part.first()));
  }
  if (!part.has_ceilings()) {
    return page::html(R"(<p class="note">No ceilings were measured on this device in this run, so )"
                      "no problem is compared with a roof. <code>fma</code> and <code>triad</code> "
                      "measure the ceilings; <code>{}</code> includes them.</p>",
                      page::measure_ceilings_command());
  }
  page::Html plots;
  for (const Roofline& roofline : rooflines_of(part)) {
    const std::string id = fmt::format("roofline-{}", figures.size());
    figures.push_back(figure_json(roofline, part, id));
    plots += figure(roofline, part, id);
  }
  page::Html out = ceilings_table(part);
  if (plots.empty()) return out;
  return html(
      R"({}<h4>Roofline</h4><p class="small">Attainable rate = min(peak, intensity × bandwidth) )"
      R"((Williams, Waterman &amp; Patterson 2009), with the roofs of the table above. Intensity )"
      R"(counts compulsory traffic, each operand once. Verified measurements only; operations )"
      R"(without arithmetic are not shown.</p>{}<div class="rooflines">{}</div>)",
      out, legend(part), plots);
}

}  // namespace assay::results::report
