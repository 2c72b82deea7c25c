#include "results/project/validation.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "results/project/cases.h"

namespace assay::results::project {

namespace {

ValidationRow row_of(const claims::Catalogue& catalogue, const toml::table& table,
                     std::uint64_t seed, int draws) {
  ValidationRow out;
  out.claim = table["claim"].value_or(std::string());
  const claims::Claim& claim = find_claim(catalogue, out.claim);
  out.statement = claim.statement;
  out.kind = table["kind"].value_or(std::string());
  out.system = table["system"].value_or(std::string());
  out.fitted = table["fitted"].value_or(false);
  out.note = table["note"].value_or(std::string());
  out.unit = claim.value->unit;
  out.published = claim.value->written;
  const Projected projected = project_case(catalogue, table, seed, draws);
  const double scale = claims::parse_unit(out.unit).scale;
  out.projected = {projected.value / scale,
                   {projected.interval.lower / scale, projected.interval.upper / scale}};
  return out;
}

bool counts(const ValidationRow& row, const std::string& kind) {
  return !row.fitted && (kind.empty() || row.kind == kind);
}

}  // namespace

double Validation::held_out_error(const std::string& kind) const {
  std::vector<double> errors;
  for (const ValidationRow& row : rows) {
    if (counts(row, kind)) errors.push_back(std::abs(row.error()));
  }
  return errors.empty() ? 0 : statistics::median(errors);
}

std::size_t Validation::held_out(const std::string& kind) const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const ValidationRow& row) { return counts(row, kind); }));
}

std::size_t Validation::held_out_inside(const std::string& kind) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(),
                    [&](const ValidationRow& row) { return counts(row, kind) && row.inside(); }));
}

Validation validate(const claims::Catalogue& catalogue, std::uint64_t seed, int draws) {
  Validation out;
  for (const toml::table& row : validation_rows()) {
    out.rows.push_back(row_of(catalogue, row, seed, draws));
  }
  return out;
}

}  // namespace assay::results::project
