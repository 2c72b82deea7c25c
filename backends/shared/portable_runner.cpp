#include "backends/shared/portable_runner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "backends/sdk/host_time.h"
#include "kernels/operation.h"
#include "kernels/sha256.h"

namespace assay::backends {
namespace {

using kernels::PortableKernel;
using kernels::PortableParameters;
using kernels::Problem;
using nlohmann::json;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

std::string cache_key(const PortableKernel& kernel, const Problem& problem,
                      const PortableRuntime& runtime) {
  return fmt::format("{} | {} | {} | {}", runtime.device, runtime.driver,
                     kernels::portable_source_sha256(kernel).substr(0, 16), problem_class(problem));
}

/// A missing or damaged file counts as empty: it is only a cache.
json read_cache() {
  std::ifstream file(tuning_cache_path());
  json all = json::parse(file, nullptr, false);
  return all.is_object() ? all : json::object();
}

std::optional<PortableParameters> remembered(const std::string& key) {
  const json all = read_cache();
  const auto entry = all.find(key);
  if (entry == all.end() || !entry->is_object()) return std::nullopt;
  PortableParameters parameters;
  for (const auto& [name, value] : entry->items()) {
    if (!value.is_number_integer()) return std::nullopt;
    parameters[name] = value.get<std::int64_t>();
  }
  return parameters;
}

/// Removes what writers left behind that were killed more than a minute ago.
void remove_drafts(const std::filesystem::path& path) {
  const std::string before = path.filename().string() + ".";
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path.parent_path(), error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(before) || name.size() != before.size() + 6) continue;
    std::error_code unknown;
    const auto changed = std::filesystem::last_write_time(entry->path(), unknown);
    const auto age = std::filesystem::file_time_type::clock::now() - changed;
    if (!unknown && age > std::chrono::minutes(1)) std::filesystem::remove(entry->path(), unknown);
  }
}

/// Replaces the file in one step, so that readers never see half of it. Returns what failed.
std::string remember(const std::string& key, const PortableParameters& parameters) {
  const std::filesystem::path path = tuning_cache_path();
  if (path.empty()) return "no place to keep it: HOME is not set";
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  json all = read_cache();
  all[key] = parameters;
  remove_drafts(path);
  // A new file with a name that no one can foresee: a link that lies there already is not followed.
  std::string draft = path.string() + ".XXXXXX";
  const int descriptor = mkostemp(draft.data(), O_CLOEXEC);
  if (descriptor < 0) return "not kept: " + draft + " cannot be written";
  const std::string text = all.dump(1) + '\n';
  const bool written = write(descriptor, text.data(), text.size()) == std::ssize(text);
  if (close(descriptor) != 0 || !written) {
    unlink(draft.c_str());
    return "not kept: " + draft + " cannot be written";
  }
  std::filesystem::rename(draft, path, error);
  return error ? "not kept: " + error.message() : "";
}

struct Candidate {
  PortableProgram program;
  PortableParameters parameters;
};

PortableProgram compiled(const PortableKernel& kernel, const Problem& problem,
                         const PortableRuntime& runtime, const PortableParameters& parameters) {
  return runtime.compile(kernels::portable_text(kernel, runtime.target, problem, parameters));
}

/// The best of a few launches after one that warms up; few where one takes long.
double seconds_of(const PortableKernel& kernel, const Problem& problem,
                  const PortableRuntime& runtime, const Candidate& candidate, double best) {
  const auto launches = kernel.launches(problem, candidate.parameters);
  const std::int64_t scratch = kernel.scratch_bytes(problem, candidate.parameters);
  double seconds = runtime.time(candidate.program, launches, scratch);
  const int more = seconds > 3 * best ? 0 : std::clamp(static_cast<int>(0.1 / seconds), 2, 10);
  for (int i = 0; i < more; ++i) {
    seconds = std::min(seconds, runtime.time(candidate.program, launches, scratch));
  }
  return seconds;
}

Candidate tuned(const PortableKernel& kernel, const Problem& problem,
                const PortableRuntime& runtime, std::map<std::string, std::string>& details) {
  const auto candidates = kernel.candidates(problem, runtime.target);
  Candidate best;
  double least = std::numeric_limits<double>::infinity();
  std::string log;
  std::size_t tried = 0, refused = 0;
  const auto begin = sdk::SteadyClock::now();
  for (const PortableParameters& parameters : candidates) {
    // At least one working candidate is needed, even beyond the time limit.
    if (best.program != nullptr && sdk::seconds_since(begin) >= runtime.tune_seconds) break;
    ++tried;
    try {
      Candidate next{compiled(kernel, problem, runtime, parameters), parameters};
      const double seconds = seconds_of(kernel, problem, runtime, next, least);
      log += fmt::format("{}{}: {:.4g} s", log.empty() ? "" : "; ",
                         kernels::parameters_text(parameters), seconds);
      if (seconds < least) best = std::move(next), least = seconds;
    } catch (const std::exception& error) {
      if (++refused == candidates.size()) throw;
      log += fmt::format("{}{}: {}", log.empty() ? "" : "; ", kernels::parameters_text(parameters),
                         std::string(error.what()).substr(0, 120));
    }
  }
  details["tuning"] = fmt::format("fastest of {} candidates", tried);
  if (tried < candidates.size()) {
    details["tuning"] += fmt::format(", {} more not tried: the limit of {:.0f} s was reached",
                                     candidates.size() - tried, runtime.tune_seconds);
  }
  details["tuning.times"] = log;
  return best;
}

/// The first candidate that the device takes: some runtimes refuse at the launch what they have
/// compiled, since a block needs more memory or registers than a device has. Throws what the first
/// one threw if it takes none.
Candidate first_taken(const PortableKernel& kernel, const Problem& problem,
                      const PortableRuntime& runtime,
                      const std::vector<PortableParameters>& candidates,
                      std::map<std::string, std::string>& details) {
  std::exception_ptr first;
  std::string refused;
  for (const PortableParameters& parameters : candidates) {
    try {
      Candidate next{compiled(kernel, problem, runtime, parameters), parameters};
      runtime.time(next.program, kernel.launches(problem, parameters),
                   kernel.scratch_bytes(problem, parameters));
      if (!refused.empty()) details["tuning.refused"] = refused;
      return next;
    } catch (const std::exception& error) {
      if (first == nullptr) first = std::current_exception();
      refused +=
          fmt::format("{}{}: {}", refused.empty() ? "" : "; ", kernels::parameters_text(parameters),
                      std::string(error.what()).substr(0, 120));
    }
  }
  std::rethrow_exception(first);
}

Candidate chosen(const PortableKernel& kernel, const Problem& problem,
                 const PortableRuntime& runtime, std::map<std::string, std::string>& details) {
  const std::string key = cache_key(kernel, problem, runtime);
  if (runtime.tune) {
    Candidate best = tuned(kernel, problem, runtime, details);
    if (const std::string failure = remember(key, best.parameters); !failure.empty()) {
      details["tuning.cache"] = failure;
    }
    return best;
  }
  auto candidates = kernel.candidates(problem, runtime.target);
  // Only if it is still in the declared set: the file is not trusted beyond that.
  const auto kept = remembered(key);
  const auto at = kept ? std::ranges::find(candidates, *kept) : candidates.end();
  const bool known = at != candidates.end();
  if (known) std::rotate(candidates.begin(), at, at + 1);
  Candidate taken = first_taken(kernel, problem, runtime, candidates, details);
  const bool is_first = taken.parameters == candidates.front();
  details["tuning"] = is_first && known ? "kept from an earlier tuning"
                      : is_first
                          ? fmt::format("none: the first of {} candidates", candidates.size())
                          : fmt::format("none: the first of {} candidates that the device takes",
                                        candidates.size());
  return taken;
}

}  // namespace

PortableChoice choose_portable(const PortableKernel& kernel, const Problem& problem,
                               const PortableRuntime& runtime) {
  PortableChoice choice;
  Candidate candidate = chosen(kernel, problem, runtime, choice.details);
  choice.program = std::move(candidate.program);
  choice.parameters = std::move(candidate.parameters);
  choice.launches = kernel.launches(problem, choice.parameters);
  choice.scratch_bytes = kernel.scratch_bytes(problem, choice.parameters);
  choice.details["source.sha256"] = kernels::portable_source_sha256(kernel);
  choice.details["text.sha256"] =
      sha256(kernels::portable_text(kernel, runtime.target, problem, choice.parameters));
  choice.details["prelude"] = runtime.target.prelude;
  choice.details["parameters"] = kernels::parameters_text(choice.parameters);
  const auto macros = kernel.macros(problem, runtime.target);
  if (const auto tile = macros.find("TILE"); tile != macros.end()) {
    choice.details["tile_multiply"] = tile->second;
  }
  if (choice.scratch_bytes > 0) {
    choice.details["workspace_bytes"] = std::to_string(choice.scratch_bytes);
  }
  return choice;
}

std::string problem_class(const Problem& problem) {
  std::string out(problem.operation().name);
  for (const kernels::Field& field : problem.operation().fields) {
    if (field.kind == kernels::FieldKind::seed || field.name == "dist") continue;
    if (field.kind == kernels::FieldKind::dimension ||
        (field.kind == kernels::FieldKind::limit && problem.limit(field.name) > 0)) {
      const auto value = static_cast<std::uint64_t>(problem.dimension(field.name));
      out += fmt::format(" {}~2^{}", field.name, std::bit_width(value - 1));
    } else {
      out += fmt::format(" {}={}", field.name, problem.field_text(field.name));
    }
  }
  return out;
}

std::string tuning_cache_path() {
  // A relative XDG_CACHE_HOME must be ignored (XDG Base Directory Specification 0.8).
  std::filesystem::path folder = variable("XDG_CACHE_HOME");
  if (!folder.is_absolute()) {
    const std::string home = variable("HOME");
    if (home.empty()) return {};
    folder = std::filesystem::path(home) / ".cache";
  }
  return (folder / "assay" / "tuning.json").string();
}

}  // namespace assay::backends
