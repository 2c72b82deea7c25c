#include <fmt/format.h>

#include <map>

#include "results/fleet/fleet.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::results::fleet {

namespace {

/// "slowness was tested for 12 of 16 devices"; empty if for all of them.
std::string untested_text(const Fleet& fleet) {
  if (fleet.speed_tested == fleet.devices.size()) return "";
  if (fleet.speed_tested == 0) return "slowness was not tested";
  return fmt::format("slowness was tested for {} of {} devices", fleet.speed_tested,
                     fleet.devices.size());
}

std::string loss_text(const Fleet& fleet, const FleetWork& work) {
  std::string text =
      fmt::format("{} of the sum is lost in {} if all wait for the slowest device, {}",
                  page::percent_text(work.lost()), record::brief_problem(work.problem),
                  fleet.devices[work.slowest].place());
  if (!work.doubt.empty()) text += fmt::format(" (its result is doubtful: {})", work.doubt);
  return text;
}

}  // namespace

std::string headline(const Fleet& fleet) {
  std::map<std::size_t, bool> devices;
  for (const FleetFinding& finding : fleet.findings) devices[finding.device] = true;
  const std::string untested = untested_text(fleet);
  const FleetWork* loss = fleet.greatest_loss();
  std::string text;
  if (!devices.empty()) {
    text = page::counted(devices.size(), "outlier");
  } else if (fleet.speed_tested > 0) {
    text = untested.empty() && loss == nullptr ? "no outliers" : "no outlier was found";
  } else {
    text = "no fault was found";
  }
  if (!untested.empty()) text += "; " + untested;
  if (loss != nullptr && devices.empty()) text += "; " + loss_text(fleet, *loss);
  return text;
}

}  // namespace assay::results::fleet
