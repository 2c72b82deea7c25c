#include "results/project/measured.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "kernels/error.h"
#include "kernels/problem.h"
#include "results/claims/evidence.h"
#include "results/claims/recognition.h"
#include "results/page/quantity_text.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::results::project {

namespace {

/// Least uncertainty of a measured share, since other shapes of the class reach other shares.
constexpr double kLeastSpreadMeasured = 0.05;
/// In smaller problems, launch overhead and tails dominate.
constexpr double kLeastFlop = 1e10;

struct Class {
  const char *input, *operation;
  bool of_memory;
  const char* type_field;  ///< field of the problem with the type that selects the peak
};

constexpr std::array kClasses = {
    Class{"efficiency.matmul", "matmul", false, "a"},
    Class{"efficiency.grouped", "grouped_matmul", false, "a"},
    Class{"efficiency.attention", "attention", false, "type"},
    Class{"efficiency.decode-attention", "mla_decode", false, "type"},
    Class{"efficiency.memory", "triad", true, ""},
};

/// Whether it is evidence and its times are not suspect.
bool is_usable(const record::Record& record) {
  return is_evidence(record) && !trust::may_be_false(record);
}

/// The share of the published figure that a record reached; absent if the record is not of the
/// class or no figure is published.
std::optional<double> share_of(const Class& one, const record::Record& record,
                               const claims::Catalogue& catalogue, const claims::System& endpoint) {
  if (record.operation != one.operation || !is_usable(record)) return std::nullopt;
  if (!one.of_memory && record.work.flop < kLeastFlop) return std::nullopt;
  // If the operands fit into a cache, the rate is not that of the memory.
  if (one.of_memory && record.work.bytes < 4.0 * static_cast<double>(record.device.cache_bytes)) {
    return std::nullopt;
  }
  std::string quantity = "memory.bandwidth";
  if (!one.of_memory) {
    const auto problem = kernels::Problem::parse(record.problem);
    quantity = "peak." + problem.field_text(one.type_field);
    if (quantity.starts_with("peak.f8")) quantity = "peak.f8";
  }
  try {
    const double figure = figure_input(catalogue, endpoint, quantity).value;
    return (one.of_memory ? byte_rate(record) : flop_rate(record)) / figure;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

void replace(std::vector<Input>& inputs, const Class& one, const record::Record& record,
             double share, std::vector<std::string>& rules) {
  const auto input = std::find_if(inputs.begin(), inputs.end(),
                                  [&](const Input& known) { return known.name == one.input; });
  if (input == inputs.end()) return;
  input->value = std::min(1.0, share);
  input->spread = std::max(kLeastSpreadMeasured, record.summary.half_width() / 1.96);
  input->assumed = false;
  input->source = fmt::format("measured: {} of {} on {}, record {}", record.implementation.name,
                              record::brief_problem(record.problem), record.device.name,
                              record.id.substr(0, 8));
  const trust::Trust trust = trust::trust_of(record);
  if (trust.may_be_off()) input->source += fmt::format(" (doubtful: {})", trust.text());
  rules.push_back(
      fmt::format("{} = {}: the share that {} reached in {}, used for every shape "
                  "of its class",
                  one.input, page::three_digits(input->value), record.implementation.name,
                  record::brief_problem(record.problem)));
}

}  // namespace

std::vector<Input> with_measured(std::vector<Input> inputs, const claims::Catalogue& catalogue,
                                 const claims::System& endpoint,
                                 std::span<const record::Record> records,
                                 std::vector<std::string>& rules) {
  const bool any = std::any_of(records.begin(), records.end(), [&](const record::Record& record) {
    return matches(endpoint, record.device) && is_usable(record);
  });
  if (!any) {
    throw InputError(
        fmt::format("there is no verified record of {}", endpoint.name),
        "use a run on this device, or none: figures measured on one kind of device are "
        "not scaled to another");
  }
  for (const Class& one : kClasses) {
    const record::Record* best = nullptr;
    // A share that may be off by more than its interval serves only where there is no other.
    std::pair<bool, double> most{false, 0};
    for (const record::Record& record : records) {
      if (!matches(endpoint, record.device)) continue;
      const auto share = share_of(one, record, catalogue, endpoint);
      if (!share) continue;
      const std::pair<bool, double> found{!trust::trust_of(record).may_be_off(), *share};
      if (found > most) {
        most = found;
        best = &record;
      }
    }
    if (best != nullptr) replace(inputs, one, *best, most.second, rules);
  }
  return inputs;
}

}  // namespace assay::results::project
