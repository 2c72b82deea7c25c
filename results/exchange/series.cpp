#include "results/exchange/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "kernels/error.h"
#include "kernels/problem.h"
#include "results/record/ceilings.h"
#include "results/record/listing.h"

namespace assay::results::exchange {

namespace {

constexpr std::string_view kRepetition = "/repetition:";

/// Takes the repetition off the end of a name.
std::uint32_t take_repetition(std::string_view& name) {
  const std::size_t at = name.rfind(kRepetition);
  if (at == std::string_view::npos) return 0;
  std::uint32_t repetition = 0;
  const char* const end = name.data() + name.size();
  const auto [rest, error] =
      std::from_chars(name.data() + at + kRepetition.size(), end, repetition);
  if (error != std::errc() || rest != end) return 0;
  name = name.substr(0, at);
  return repetition;
}

}  // namespace

std::string BenchmarkName::text() const {
  return fmt::format("{}/{}/{}/{}{}", problem, implementation, device, record::name(mode),
                     repetition == 0 ? "" : fmt::format("{}{}", kRepetition, repetition));
}

std::optional<BenchmarkName> BenchmarkName::parse(std::string_view name) {
  if (name.ends_with(kManualTime)) name.remove_suffix(kManualTime.size());
  const std::uint32_t repetition = take_repetition(name);
  const std::size_t first = name.find('/'), mode = name.rfind('/');
  if (first == std::string_view::npos || mode <= first) return std::nullopt;
  const std::size_t device = name.rfind('/', mode - 1);
  if (device <= first || device == std::string_view::npos) return std::nullopt;
  BenchmarkName out;
  out.repetition = repetition;
  out.implementation = name.substr(first + 1, device - first - 1);
  out.device = name.substr(device + 1, mode - device - 1);
  const auto known = record::named<record::Mode>(name.substr(mode + 1));
  if (!known) return std::nullopt;
  out.mode = *known;
  try {
    out.problem = kernels::Problem::parse(name.substr(0, first)).text();
  } catch (const InputError&) {
    return std::nullopt;
  }
  return out;
}

BenchmarkName benchmark_name(const record::Record& record) {
  return {record.problem, record.implementation.name, device_key(record.device),
          record.settings.mode, record.repetition};
}

void take_device_key(const std::string& key, record::DeviceIdentity& device) {
  const std::size_t colon = key.find(':');
  device.backend = key.substr(0, colon);
  if (colon == std::string::npos) return;
  std::from_chars(key.data() + colon + 1, key.data() + key.size(), device.index);
}

std::vector<const record::Record*> newest_of_each(
    std::span<const record::Record> records,
    const std::function<std::string(const record::Record&)>& key) {
  std::map<std::string, const record::Record*> newest;
  for (const record::Record& record : records) {
    const record::Record*& slot = newest[key(record)];
    if (slot == nullptr || slot->started <= record.started) slot = &record;
  }
  std::vector<const record::Record*> out;
  for (const record::Record* record : in_order(records)) {
    if (newest.at(key(*record)) == record) out.push_back(record);
  }
  return out;
}

std::vector<const record::Record*> middle_of_each(
    std::span<const record::Record> records,
    const std::function<std::string(const record::Record&)>& key) {
  std::map<std::string, std::vector<const record::Record*>> repeated;
  for (const record::Record& record : records) repeated[key(record)].push_back(&record);
  std::vector<const record::Record*> out;
  for (const record::Record* newest : newest_of_each(records, key)) {
    std::vector<const record::Record*> same_run;
    for (const record::Record* record : repeated.at(key(*newest))) {
      if (record->run == newest->run) same_run.push_back(record);
    }
    const auto middle = same_run.begin() + static_cast<std::ptrdiff_t>((same_run.size() - 1) / 2);
    std::ranges::nth_element(same_run, middle, {}, [](const record::Record* record) {
      return std::tuple(record->summary.median, record->id);
    });
    const auto bad = std::ranges::find_if(same_run, [](const record::Record* one) {
      return one->status != record::Status::ok || one->check.outcome == kernels::Outcome::wrong ||
             one->check.outcome == kernels::Outcome::suspicious;
    });
    out.push_back(bad == same_run.end() ? *middle : *bad);
  }
  return out;
}

record::Division division_of(const std::string& implementation) {
  const std::string_view leading =
      std::string_view(implementation).substr(0, implementation.find('/'));
  return record::named<record::Division>(leading).value_or(record::Division::unknown);
}

}  // namespace assay::results::exchange
