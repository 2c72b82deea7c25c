#include "results/fleet/page.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "results/page/html.h"
#include "results/page/page.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/report/sections.h"

namespace assay::results::fleet {

namespace {

page::Html fault_badge(FleetFault fault) {
  return should_drain(fault) ? report::badge("refuted", "▼", name(fault))
                             : report::badge("inconclusive", "◆", name(fault));
}

page::Html findings_table(const Fleet& fleet) {
  if (fleet.findings.empty()) return {};
  page::Html rows;
  for (const FleetFinding& finding : fleet.findings) {
    const FleetDevice& device = fleet.devices[finding.device];
    rows += html(
        "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td>"
        "<td>{}</td></tr>\n",
        fault_badge(finding.fault), device.place(), device.serial, finding.text,
        finding.problem.empty() ? std::string("over all problems")
                                : record::brief_problem(finding.problem),
        finding.count);
  }
  return html(
      "<div class=\"table\"><table><thead><tr><th>Fault</th><th>Where</th><th>Serial</th>"
      "<th>What</th><th>Largest for</th><th>Problems</th></tr></thead><tbody>\n{}"
      "</tbody></table></div>\n",
      rows);
}

/// The colour class of a device, from 0 (fast) to 8 (clearly slow).
int shade(double slowness) {
  const double percent = 100 * std::expm1(slowness);
  return static_cast<int>(std::clamp(std::lround(percent / 2) + 2, 0L, 8L));
}

constexpr int kCell = 16, kGap = 2, kLabel = 120;

page::Html cell(const Fleet& fleet, std::size_t device, const FleetFinding* finding, int x, int y) {
  const FleetDevice& one = fleet.devices[device];
  const bool known = !std::isnan(one.slowness);
  std::string words = one.place();
  if (!one.serial.empty()) words += ", " + one.serial;
  words += known ? fmt::format(": {} compared with the median device",
                               page::change_text(std::expm1(one.slowness)))
                 : ": not measured";
  if (finding != nullptr) words += fmt::format("; {}: {}", name(finding->fault), finding->text);
  page::Html out = page::html(
      "<rect class=\"heat{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title>"
      "</rect>\n",
      known ? std::to_string(shade(one.slowness)) : std::string("none"), x, y, kCell, kCell, words);
  if (finding != nullptr) {
    out += page::html("<text class=\"mark\" x=\"{}\" y=\"{}\">{}</text>\n", x + kCell / 2,
                      y + kCell - 4,
                      finding->fault < FleetFault::slow ? "X"
                      : should_drain(finding->fault)    ? "!"
                                                        : "*");
  }
  return out;
}

/// Hosts in rows, grouped by rack, and slots in columns.
page::Html heat_map(const Fleet& fleet) {
  std::map<std::size_t, const FleetFinding*> worst;
  for (const FleetFinding& finding : fleet.findings) worst.try_emplace(finding.device, &finding);
  std::vector<std::string> slots;
  for (const FleetDevice& device : fleet.devices) {
    if (std::find(slots.begin(), slots.end(), device.slot) == slots.end()) {
      slots.push_back(device.slot);
    }
  }
  std::sort(slots.begin(), slots.end(), record::naturally_less);
  page::Html shapes;
  int y = 0, rows = 0;
  std::string host, rack;
  for (std::size_t device = 0; device < fleet.devices.size(); ++device) {
    const FleetDevice& one = fleet.devices[device];
    if (rows == 0 || one.host != host || one.rack != rack) {
      y += rows == 0 ? 0 : kCell + kGap + (one.rack != rack ? 8 : 0);
      host = one.host;
      rack = one.rack;
      ++rows;
      shapes += page::html("<text class=\"seat\" x=\"{}\" y=\"{}\">{}</text>\n", kLabel - 6,
                           y + kCell - 4, rack.empty() ? host : rack + " " + host);
    }
    const auto slot = std::find(slots.begin(), slots.end(), one.slot) - slots.begin();
    const auto found = worst.find(device);
    shapes += cell(fleet, device, found == worst.end() ? nullptr : found->second,
                   kLabel + static_cast<int>(slot) * (kCell + kGap), y);
  }
  const int width = kLabel + static_cast<int>(slots.size()) * (kCell + kGap);
  return html(
      "<figure class=\"fleet\"><svg role=\"img\" aria-label=\"Map of devices by host and slot\" "
      "viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\">\n{}</svg>\n<figcaption>One row per "
      "host, one column per slot. Colour: mean time of a device relative to the median device, "
      "from "
      "4% faster to 12% slower. X: other output, wrong, failed or missing; !: slow or "
      "throttled; *: hot, noisy or high power.</figcaption></figure>\n",
      width, y + kCell, width, y + kCell, shapes);
}

page::Html synchronous_table(const Fleet& fleet) {
  page::Html rows;
  for (const FleetWork& work : fleet.work) {
    const std::string_view unit = !work.flop ? "B/s" : work.integer ? "OP/s" : "FLOP/s";
    rows += page::html(
        "<tr><th>{}<br><small>{}</small></th><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>"
        "<td>{}</td></tr>\n",
        record::brief_problem(work.problem), work.implementation, work.devices,
        page::scaled_text(work.total_rate, unit), page::scaled_text(work.synchronous_rate, unit),
        page::percent_text(work.lost()),
        fleet.devices[work.slowest].place() + (work.doubt.empty() ? "" : " (" + work.doubt + ")"));
  }
  return html(
      "<h3>Synchronous work</h3>\n<p>Work that all devices do in step runs at the rate of the "
      "slowest "
      "device.</p>\n<div class=\"table\"><table><thead><tr><th>Problem</th>"
      "<th class=\"number\">Devices</th><th class=\"number\">Sum</th>"
      "<th class=\"number\">At the rate of the slowest</th><th class=\"number\">Lost</th>"
      "<th>Slowest</th></tr></thead><tbody>\n{}</tbody></table></div>\n",
      rows);
}

page::Html section(const Fleet& fleet) {
  page::Html untested;
  for (const std::string& why : fleet.untested)
    untested += page::html("<p>Untested: {}.</p>\n", why);
  return html(
      "<section>\n<h2>{} × {}</h2>\n<p><strong>{}</strong></p>\n{}{}{}{}<p>{} tests were made; the "
      "probability that any of "
      "them "
      "gives a false finding in a fleet without outliers is at most {}.</p>\n</section>\n",
      fleet.devices.size(), fleet.name, headline(fleet), findings_table(fleet), untested,
      heat_map(fleet), synchronous_table(fleet), fleet.tests,
      page::target_text(fleet.options.level));
}

}  // namespace

std::string fleet_html(std::span<const Fleet> fleets, const FleetPage& page) {
  page::Page out;
  out.title = page.title;
  out.addition = "fleet";
  out.body = page::html("<header><h1>{}</h1></header>\n<main>\n", page.title);
  for (const Fleet& fleet : fleets) out.body += section(fleet);
  out.body +=
      page::html("</main>\n<footer><p>Made by Assay {}.</p></footer>\n", page.assay_version);
  return page_html(out);
}

}  // namespace assay::results::fleet
