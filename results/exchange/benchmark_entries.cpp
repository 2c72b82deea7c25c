#include "results/exchange/benchmark_entries.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

namespace assay::results::exchange {
namespace {

/// What versions before 1.5 put behind a name for a statistic, and what a complexity fit is called.
constexpr std::array<std::string_view, 6> kStatistics = {"mean", "median", "stddev",
                                                         "cv",   "BigO",   "RMS"};

struct Statistic {
  std::string base, name;
};

/// Reads "BM_a_mean"; nullopt if the name does not end like a statistic.
std::optional<Statistic> statistic_in(const std::string& name) {
  for (const std::string_view statistic : kStatistics) {
    const std::string end = "_" + std::string(statistic);
    if (name.size() > end.size() && name.ends_with(end)) {
      return Statistic{name.substr(0, name.size() - end.size()), std::string(statistic)};
    }
  }
  return std::nullopt;
}

/// Sorts entries into benchmarks, in the order of the file.
class Sorter {
 public:
  explicit Sorter(const ordered_json& benchmarks) {
    for (const ordered_json& entry : benchmarks) {
      if (entry.is_object()) ++names_[text_of(entry, "name")];
    }
  }

  /// Returns the reason if the entry is left out; else "".
  std::string take(const ordered_json& entry) {
    if (!entry.is_object() || text_of(entry, "name").empty()) return "has no name";
    if (entry.contains("run_type")) {
      const std::string type = text_of(entry, "run_type");
      if (type != "iteration" && type != "aggregate") {
        return "its run_type is neither iteration nor aggregate";
      }
      take_typed(entry);
      return "";
    }
    return take_untyped(entry);
  }

  std::vector<BenchmarkEntries> sorted() && {
    split_unrelated();
    return std::move(out_);
  }

 private:
  /// One benchmark is known by its name and, since 1.6, by its numbers.
  static std::string key_of(const ordered_json& entry, const std::string& name) {
    const double family = number_of(entry, "family_index"),
                 instance = number_of(entry, "per_family_instance_index");
    return std::isnan(family) ? name : fmt::format("{}\n{} {}", name, family, instance);
  }

  BenchmarkEntries& add(const std::string& name, const std::string& key) {
    places_[key] = out_.size();
    out_.push_back({name, ++registered_[name], {}, {}});
    return out_.back();
  }

  BenchmarkEntries& find_or_add(const std::string& name, const std::string& key) {
    const auto place = places_.find(key);
    return place == places_.end() ? add(name, key) : out_[place->second];
  }

  void take_typed(const ordered_json& entry) {
    const std::string run_name = text_of(entry, "run_name");
    const std::string name = run_name.empty() ? text_of(entry, "name") : run_name;
    std::string key = key_of(entry, name);
    const bool statistic = text_of(entry, "run_type") == "aggregate";
    if (statistic && key == name && last_key_.contains(name)) key = last_key_[name];
    last_key_[name] = key;
    BenchmarkEntries* benchmark = &find_or_add(name, key);
    if (statistic) {
      const std::string kind = text_of(entry, "aggregate_name");
      // A statistic that comes a second time belongs to another benchmark of the same name.
      if (benchmark->aggregates.contains(kind)) benchmark = &add(name, key);
      benchmark->aggregates.emplace(kind, &entry);
      return;
    }
    // A repetition that comes a second time belongs to another benchmark of the same name.
    const double index = number_of(entry, "repetition_index");
    const double repetitions = number_of(entry, "repetitions");
    const bool complete =
        repetitions > 0 && static_cast<double>(benchmark->iterations.size()) >= repetitions;
    if (complete || (!std::isnan(index) && !seen_[key].insert(index).second)) {
      benchmark = &add(name, key);
      seen_[key].clear();
      seen_[key].insert(index);
    }
    benchmark->iterations.push_back(&entry);
  }

  std::string take_untyped(const ordered_json& entry) {
    const std::string name = text_of(entry, "name");
    const auto statistic = statistic_in(name);
    if (statistic && is_statistic(*statistic)) {
      BenchmarkEntries* benchmark = &find_or_add(statistic->base, statistic->base);
      const bool again = benchmark->aggregates.contains(statistic->name);
      // Of another benchmark of that name, if only statistics were written.
      const bool other = again && benchmark->iterations.empty();
      if (other) benchmark = &add(statistic->base, statistic->base);
      if (other || !again) {
        benchmark->aggregates.emplace(statistic->name, &entry);
        last_ = statistic->base;
        after_statistics_ = true;
        return "";
      }
    }
    if (after_statistics_ && names_[name] == 1 && name.starts_with(last_ + "_")) {
      return fmt::format("taken for a statistic of {}, which it follows", last_);
    }
    const bool continues = name == last_ && !after_statistics_ && places_.contains(name);
    BenchmarkEntries& benchmark = continues ? out_[places_[name]] : add(name, name);
    benchmark.iterations.push_back(&entry);
    untyped_.insert(name);
    last_ = name;
    after_statistics_ = false;
    return "";
  }

  /// Whether it follows the repetitions of its benchmark; or whether no repetitions are there, but
  /// other statistics.
  bool is_statistic(const Statistic& statistic) {
    const auto place = places_.find(statistic.base);
    if (place != places_.end() && statistic.base == last_) {
      return after_statistics_ || out_[place->second].iterations.size() > 1;
    }
    const auto base = names_.find(statistic.base);
    if (base != names_.end() && base->second < 2) return false;
    if (statistic.name == "BigO" || statistic.name == "RMS") {
      return names_.contains(statistic.base + "_BigO") && names_.contains(statistic.base + "_RMS");
    }
    return names_.contains(statistic.base + "_mean") && names_.contains(statistic.base + "_stddev");
  }

  /// Without "run_type", several times under one name are repetitions only if statistics of them
  /// follow. Otherwise benchmarks were registered under one name.
  void split_unrelated() {
    std::vector<BenchmarkEntries> out;
    std::map<std::string, std::size_t> registered;
    for (BenchmarkEntries& benchmark : out_) {
      const bool split = untyped_.contains(benchmark.name) && benchmark.aggregates.empty();
      if (!split) {
        benchmark.of_this_name = ++registered[benchmark.name];
        out.push_back(std::move(benchmark));
        continue;
      }
      for (const ordered_json* iteration : benchmark.iterations) {
        out.push_back({benchmark.name, ++registered[benchmark.name], {iteration}, {}});
      }
    }
    out_ = std::move(out);
  }

  std::vector<BenchmarkEntries> out_;
  std::map<std::string, std::size_t> places_, registered_, names_;
  std::map<std::string, std::set<double>> seen_;  ///< indices of repetitions
  std::map<std::string, std::string> last_key_;   ///< by name
  std::set<std::string> untyped_;
  std::string last_;
  bool after_statistics_ = false;
};

}  // namespace

std::string text_of(const ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_of(const ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : std::nan("");
}

bool is_true(const ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::vector<BenchmarkEntries> benchmarks_of(
    const ordered_json& benchmarks,
    const std::function<void(const std::string& where, const std::string& reason)>& leave_out) {
  Sorter sorter(benchmarks);
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    const std::string reason = sorter.take(benchmarks[i]);
    if (reason.empty()) continue;
    const std::string name =
        benchmarks[i].is_object() ? text_of(benchmarks[i], "name") : std::string();
    leave_out(name.empty() ? fmt::format("benchmarks[{}]", i) : name, reason);
  }
  return std::move(sorter).sorted();
}

}  // namespace assay::results::exchange
