#include "harness/cli/run/claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/claims/text.h"
#include "harness/cli/hints.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/claims/recognition.h"
#include "results/claims/test_mode.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::run {

using results::claims::Claim;
using results::claims::Verdict;
using results::record::DeviceIdentity;
using results::record::Mode;

void add_problems_of_claims(const RunOptions& options,
                            std::vector<harness::plan::SuiteProblem>& problems) {
  if (options.claims.empty()) return;
  const results::claims::Catalogue& catalogue = load_catalogue(options.catalogue);
  for (const std::string& id : options.claims) {
    const results::claims::Claim& claim = with_hint(
        "`assay claims` lists the claims", [&]() -> const auto& {
          return find_claim(catalogue, id);
        });
    if (!claim.test || claim.test->run.empty()) {
      throw InputError(
          fmt::format("--for-claim {}: a measurement of one device cannot decide it", id),
          !claim.untestable.empty() ? "it is untestable: " + claim.untestable
          : claim.decide.empty()    ? "add a [claim.test] to the claim"
                                    : "to decide it: " + claim.decide);
    }
    harness::plan::MeasurementOptions how;
    how.mode = options.what.measurement.mode.value_or(mode_of(*claim.test));
    how.budget_seconds = kClaimBudgetSeconds;
    if (needs_energy(*claim.test)) how.burn_seconds = kClaimBurnSeconds;
    for (const std::string& text : claim.test->run) {
      const auto problem = kernels::Problem::parse(text);
      const bool known = std::ranges::any_of(problems, [&](const auto& other) {
        const Mode mode = options.what.measurement.mode.value_or(
            other.measurement.mode.value_or(results::record::Settings().mode));
        return mode == *how.mode && other.problem.text() == problem.text();
      });
      if (!known) problems.push_back({problem, id, how});
    }
  }
}

void require_devices_of_claims(const RunOptions& options, std::span<const DeviceIdentity> devices) {
  if (options.claims.empty()) return;
  const results::claims::Catalogue& catalogue = load_catalogue(options.catalogue);
  for (const std::string& id : options.claims) {
    const Claim& claim = find_claim(catalogue, id);
    if (claim.system.empty()) continue;
    const results::claims::System& system = catalogue.systems.at(claim.system);
    if (std::ranges::any_of(
            devices, [&](const DeviceIdentity& device) { return matches(system, device); })) {
      continue;
    }
    std::string here;
    for (const DeviceIdentity& device : devices) {
      here += fmt::format("{}{} ({})", here.empty() ? "" : ", ",
                          results::record::device_key(device), device.name);
    }
    throw InputError(
        fmt::format("--for-claim {}: the claim is about {}, and {}", id, system.name,
                    here.empty() ? std::string("no device was found here")
                                 : fmt::format("the devices here are {}", here)),
        fmt::format("run it where `assay devices` lists a {}; here `assay check` names the claims "
                    "about this machine",
                    system.name));
  }
}

ClaimVerdicts judge_claims(const RunOptions& options,
                           std::span<const results::record::Record> records) {
  ClaimVerdicts out;
  if (options.claims.empty()) return out;
  out.catalogue = &load_catalogue(options.catalogue);
  results::claims::Judge judge(*out.catalogue, records);
  for (const std::string& id : options.claims) {
    out.verdicts.push_back(judge.verdict(find_claim(*out.catalogue, id)));
  }
  return out;
}

std::string text_of(const ClaimVerdicts& judged) {
  std::string out;
  for (const Verdict& verdict : judged.verdicts) {
    const std::string reason =
        fmt::format("{}: {}: {}", verdict.claim, name(verdict.kind), verdict.reason);
    out += (out.empty() ? "\n" : "") + harness::terminal::wrapped(reason, 0);
  }
  return out;
}

nlohmann::ordered_json to_json(const ClaimVerdicts& judged) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Verdict& verdict : judged.verdicts) {
    out.push_back(claims::to_json(find_claim(*judged.catalogue, verdict.claim), verdict));
  }
  return out;
}

bool any_refuted(const ClaimVerdicts& judged) {
  return std::ranges::any_of(judged.verdicts, [](const Verdict& verdict) {
    return verdict.kind == results::claims::VerdictKind::refuted;
  });
}

}  // namespace assay::cli::run
