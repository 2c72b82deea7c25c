#include "results/exchange/nccl_own.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/exchange/nccl_lines.h"
#include "results/exchange/series.h"
#include "results/record/listing.h"

namespace assay::results::exchange {
namespace {

constexpr std::string_view kProblem = " problem=";

}  // namespace

std::string nccl_own_text(const record::Record& record) {
  return fmt::format("assay: repetition={} mode={} device={} implementation={}{}{}",
                     record.repetition, record::name(record.settings.mode),
                     device_key(record.device), record.implementation.name, kProblem,
                     record.problem);
}

std::optional<NcclOwnLine> nccl_own_line(std::string_view comment) {
  const std::size_t problem = comment.find(kProblem);
  Words words = words_of(comment.substr(0, problem));
  if (problem == std::string_view::npos || words.empty() || words.front() != "assay:") {
    return std::nullopt;
  }
  std::map<std::string, std::string> values;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) values[word.substr(0, equals)] = word.substr(equals + 1);
  }
  NcclOwnLine line;
  line.implementation = values["implementation"];
  line.device = values["device"];
  const auto mode = record::named<record::Mode>(values["mode"]);
  if (!mode || line.implementation.empty() || line.device.empty()) return std::nullopt;
  line.mode = *mode;
  const std::string& repetition = values["repetition"];
  std::from_chars(repetition.data(), repetition.data() + repetition.size(), line.repetition);
  try {
    line.problem = kernels::Problem::parse(comment.substr(problem + kProblem.size())).text();
  } catch (const InputError&) {
    return std::nullopt;
  }
  return line;
}

void apply(const NcclOwnLine& line, record::Record& record) {
  const auto problem = kernels::Problem::parse(line.problem);
  record.problem = line.problem;
  record.operation = problem.operation().name;
  record.work = problem.operation().work(problem);
  record.implementation.name = line.implementation;
  record.implementation.division = division_of(line.implementation);
  record.settings.mode = line.mode;
  record.repetition = line.repetition;
  take_device_key(line.device, record.device);
  record.device.kind = "unknown";
  record.implementation.details.erase("iterations");
  record.implementation.details["time"] = "median of the slowest rank";
}

}  // namespace assay::results::exchange
