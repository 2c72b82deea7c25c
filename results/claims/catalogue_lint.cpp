#include "results/claims/catalogue_lint.h"

#include <fmt/format.h>

#include "results/record/pattern.h"

namespace assay::results::claims {
namespace {

bool is_date(const std::string& text, bool whole) {
  static const record::Pattern day("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  static const record::Pattern any("[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?");
  return whole ? day.fits(text) : any.fits(text);
}

void check_dates(const Source& source, const std::string& table, std::vector<Lack>& out) {
  if (source.date.empty()) {
    out.push_back({"no date of publication in " + table,
                   fmt::format("add date = \"YYYY-MM-DD\" to {}, or YYYY-MM or YYYY", table)});
  } else if (!is_date(source.date, false)) {
    out.push_back({fmt::format("`{}` in {} is no date", source.date, table),
                   "write date = \"YYYY-MM-DD\", YYYY-MM or YYYY"});
  }
  if (source.read.empty()) {
    out.push_back({"no date of reading in " + table,
                   fmt::format("read the source and add read = \"YYYY-MM-DD\" to {}", table)});
  } else if (!is_date(source.read, true)) {
    out.push_back(
        {fmt::format("`{}` in {} is no day", source.read, table), "write read = \"YYYY-MM-DD\""});
  } else if (is_date(source.date, false) &&
             source.read.substr(0, source.date.size()) < source.date) {
    out.push_back({fmt::format("{} was read on {}, before it was published", table, source.read),
                   "correct `date` or `read`"});
  }
}

}  // namespace

std::vector<Lack> lacks(const Claim& claim) {
  std::vector<Lack> out;
  if (!claim.derived.empty()) return out;
  static const record::Pattern digest("[0-9a-f]{64}");
  const std::string table = fmt::format("[sources.{}]", claim.source_key);
  if (claim.quote.find_first_not_of(" \t\n") == std::string::npos) {
    out.push_back(
        {"no quote",
         "add quote = \"the source's own words\"; if nobody stated it, derived = \"how it "
         "follows\""});
  }
  check_dates(claim.source, table, out);
  if (!claim.source.sha256.empty() && !digest.fits(claim.source.sha256)) {
    out.push_back({fmt::format("the sha256 in {} is none", table),
                   "write the 64 digits that sha256sum prints, or leave it out"});
  }
  return out;
}

InputError incomplete(const Place& place, const Claim& claim, const std::vector<Lack>& missing) {
  std::string what, hint;
  for (const Lack& lack : missing) {
    what += (what.empty() ? "" : "; ") + lack.what;
    hint += (hint.empty() ? "" : "; ") + lack.hint;
  }
  return InputError(fmt::format("{}: claim `{}`: {}", place.text(), claim.id, what), hint);
}

}  // namespace assay::results::claims
