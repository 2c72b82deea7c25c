#include "results/claims/catalogue_lint.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "results/claims/characters.h"
#include "results/record/pattern.h"

namespace assay::results::claims {
namespace {

/// Whether it is a day of the calendar, or with `whole` false also a month or a year.
bool is_date(const std::string& text, bool whole) {
  static const record::Pattern any("(19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?");
  if (!any.fits(text) || (whole && text.size() < 10)) return false;
  const auto part = [&](std::size_t at, std::size_t length) {
    return at < text.size() ? std::stoi(text.substr(at, length)) : 1;
  };
  using std::chrono::day, std::chrono::month, std::chrono::year;
  return std::chrono::year_month_day(year(part(0, 4)), month(static_cast<unsigned>(part(5, 2))),
                                     day(static_cast<unsigned>(part(8, 2))))
      .ok();
}

/// Tomorrow in UTC, which may be today elsewhere: "2026-11-30".
std::string tomorrow() {
  const std::chrono::year_month_day date(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) +
      std::chrono::days(1));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

/// Whether a valid date has not come yet.
bool is_future(const std::string& text) {
  return text > tomorrow().substr(0, text.size());
}

void check_dates(const Source& source, const std::string& table, std::vector<Lack>& out) {
  if (source.date.empty()) {
    out.push_back({"no date of publication in " + table,
                   fmt::format("add date = \"YYYY-MM-DD\" to {}, or YYYY-MM or YYYY", table)});
  } else if (!is_date(source.date, false)) {
    out.push_back({fmt::format("`{}` in {} is no date", source.date, table),
                   "write date = \"YYYY-MM-DD\", YYYY-MM or YYYY"});
  } else if (is_future(source.date)) {
    out.push_back(
        {fmt::format("{} is dated {}, in the future", table, source.date), "correct `date`"});
  }
  if (source.read.empty()) {
    out.push_back({"no date of reading in " + table,
                   fmt::format("read the source and add read = \"YYYY-MM-DD\" to {}", table)});
  } else if (!is_date(source.read, true)) {
    out.push_back(
        {fmt::format("`{}` in {} is no day", source.read, table), "write read = \"YYYY-MM-DD\""});
  } else if (is_future(source.read)) {
    out.push_back(
        {fmt::format("{} was read on {}, in the future", table, source.read), "correct `read`"});
  } else if (is_date(source.date, false) &&
             source.read.substr(0, source.date.size()) < source.date) {
    out.push_back({fmt::format("{} was read on {}, before it was published", table, source.read),
                   "correct `date` or `read`"});
  }
}

void check_address(const std::string& key, const std::string& address, const std::string& table,
                   std::vector<Lack>& out) {
  if (address.empty() || address.starts_with("https://") || address.starts_with("http://")) return;
  out.push_back({fmt::format("the {} in {} is no address of the web", key, table),
                 fmt::format("write {} = \"https://…\", or leave it out", key)});
}

}  // namespace

std::vector<Lack> lacks(const Claim& claim) {
  std::vector<Lack> out;
  if (!claim.derived.empty()) return out;
  static const record::Pattern digest("[0-9a-f]{64}");
  const std::string table = fmt::format("[sources.{}]", claim.source_key);
  if (is_blank(claim.quote)) {
    out.push_back(
        {"no quote",
         "add quote = \"the source's own words\"; if nobody stated it, derived = \"how it "
         "follows\""});
  }
  check_dates(claim.source, table, out);
  check_address("url", claim.source.url, table, out);
  check_address("archive", claim.source.archive, table, out);
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
