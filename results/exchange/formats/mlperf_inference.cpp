// Reads summaries of MLPerf Inference results. A result is a rate of other people's machines in one
// scenario of a model, which no record can hold; it becomes a claim about the accelerator.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "kernels/error.h"
#include "results/claims/catalogue.h"
#include "results/claims/serving.h"
#include "results/exchange/format.h"
#include "results/exchange/mlperf_rows.h"
#include "results/page/text.h"

namespace assay::results::exchange {

extern const Importer mlperf_inference_importer;

namespace {

using Names = std::map<std::string, std::string, std::less<>>;

/// Accelerators as submissions name them, and the systems of the catalogue that they are.
const Names& systems() {
  static const Names all = {
      {"NVIDIA B200-SXM-180GB", "b200-sxm"},
      {"NVIDIA GB200", "gb200"},
      {"NVIDIA GB300", "gb300"},
      {"NVIDIA GH200 Grace Hopper Superchip 144GB", "gh200"},
      {"NVIDIA H100-SXM-80GB", "h100-sxm"},
      {"NVIDIA H200-SXM-141GB", "h200-sxm"},
      {"AMD Instinct MI300X 192GB HBM3", "mi300x"},
      {"AMD Instinct MI325X 256GB HBM3e", "mi325x"},
      {"AMD Instinct MI355X 288GB HBM3e", "mi355x"},
  };
  return all;
}

/// Models of the benchmark, and the workloads of the catalogue that they are.
const Names& workloads() {
  static const Names all = {
      {"deepseek-r1", "deepseek-r1"},    {"llama2-70b-99", "llama2-70b"},
      {"llama2-70b-99.9", "llama2-70b"}, {"llama3.1-405b", "llama3-1-405b"},
      {"llama3.1-8b", "llama3-1-8b"},
  };
  return all;
}

/// A word of an id: "llama2-70b-99.9" is "llama2-70b-99-9".
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain) {
      out += lower;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

/// A TOML string in quotes.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    out += control ? ' ' : c;
  }
  return out + "\"";
}

/// Four significant digits, all digits of an integer.
std::string rate_text(double rate) {
  const int integer_digits = rate >= 1 ? static_cast<int>(std::log10(rate)) + 1 : 1;
  return fmt::format("{:.{}f}", rate, std::max(0, 4 - integer_digits));
}

double accelerators(const MlperfRow& row) {
  return row.nodes * row.accelerators_per_node;
}

double rate(const MlperfRow& row) {
  return row.result / accelerators(row);
}

/// Why a row does not become a claim; empty if it does.
std::string obstacle(const MlperfRow& row, const claims::Catalogue& catalogue) {
  static const std::set<std::string, std::less<>> others = {
      "Samples/s", "Queries/s", "Latency (ms)", "Watts", "millijoules", "millijoules/Stream"};
  if (row.units != "Tokens/s" && !others.contains(row.units)) {
    throw InputError(
        fmt::format("{}: Performance_Units: unknown unit `{}`", row.place, row.units),
        "units are Tokens/s, Samples/s, Queries/s, Latency (ms), Watts and millijoules");
  }
  if (row.units != "Tokens/s") return "with no rate of tokens";
  if (row.suite.find("datacenter") == std::string::npos) return "of the suite " + row.suite;
  if (row.category != "closed" && row.category != "open") return "of the division " + row.category;
  // The closed division allows no other model; it may only be spelt in another way.
  if (row.category == "open" && row.used_model != row.model) {
    return "of another model than the benchmark's";
  }
  if (row.accelerator.empty() || accelerators(row) < 1) return "without an accelerator";
  const auto system = systems().find(row.accelerator);
  if (system == systems().end() || !catalogue.systems.contains(system->second)) {
    return fmt::format("of {}, which is no system of the catalogue", row.accelerator);
  }
  return {};
}

/// "rate.token.server.deepseek-r1"; results of the open division are apart.
std::string quantity_of(const MlperfRow& row) {
  return fmt::format("rate.token.{}.{}{}", slug(row.scenario), slug(row.model),
                     row.category == "open" ? ".open" : "");
}

/// The best row of each system and quantity, and from how many it was chosen.
struct Best {
  const MlperfRow* row = nullptr;
  std::size_t of = 0;
};
using BestRows = std::map<std::pair<std::string, std::string>, Best>;

BestRows best_of(const std::vector<MlperfRow>& rows, const claims::Catalogue& catalogue,
                 std::map<std::string, std::size_t>& left_out) {
  BestRows out;
  for (const MlperfRow& row : rows) {
    if (const std::string why = obstacle(row, catalogue); !why.empty()) {
      ++left_out[why];
      continue;
    }
    Best& best = out[{systems().find(row.accelerator)->second, quantity_of(row)}];
    if (++best.of > 1) ++left_out["not faster than another of the same accelerator"];
    if (best.row == nullptr || rate(row) > rate(*best.row)) best.row = &row;
  }
  return out;
}

std::string conditions_of(const MlperfRow& row, std::size_t of) {
  static const std::set<std::string> types = {"f64", "f32", "tf32", "bf16", "f16",
                                              "f8",  "i8",  "f4",   "i4"};
  std::string out = "{ ";
  if (const std::string type = claims::type_name(row.weight_types); types.contains(type)) {
    out += fmt::format("type = {}, ", toml_text(type));
  }
  const std::string chosen =
      of == 1 ? "the only result" : fmt::format("the best of {} results", of);
  std::string note = fmt::format("{} division, {}; {}", row.category, row.availability, chosen);
  if (!row.software.empty()) note += "; " + row.software;
  if (!row.notes.empty()) note += "; " + row.notes;
  return out + fmt::format("parallelism = \"{} chips\", note = {} }}", accelerators(row),
                           toml_text(note));
}

std::string id_of(const MlperfRow& row) {
  const std::string name = row.id.empty() ? row.submitter + " " + row.platform : row.id;
  return slug(fmt::format("mlperf {} {} {}", name, row.model, row.scenario));
}

std::string claim_of(const std::string& system, const std::string& quantity, const Best& best,
                     const std::string& set, const claims::Catalogue& catalogue) {
  const MlperfRow& row = *best.row;
  const std::string value = rate_text(rate(row));
  std::string out = "\n[[claim]]\n";
  const auto line = [&](std::string_view key, std::string_view text) {
    out += fmt::format("{} = {}\n", key, toml_text(text));
  };
  line("id", id_of(row));
  line("statement",
       fmt::format("{} reaches {} token/s a chip in the {} scenario of {}",
                   catalogue.systems.at(system).name, value, slug(row.scenario), row.model));
  line("quote",
       fmt::format("{} | {} | {} | {} of {} {} | {} | {} | {} {}", row.id, row.submitter,
                   row.platform, page::counted(static_cast<std::size_t>(row.nodes), "node"),
                   row.accelerators_per_node, row.accelerator, row.used_model, row.scenario,
                   row.result_text, row.units));
  line("derived", fmt::format("{} token/s divided by {} accelerators; the row has the rate of all",
                              row.result_text, accelerators(row)));
  out += fmt::format("sets = [{}]\n", toml_text(set));
  line("system", system);
  const auto workload = workloads().find(row.model);
  if (workload != workloads().end() && catalogue.workloads.contains(workload->second)) {
    line("workload", workload->second);
  }
  line("quantity", quantity);
  line("value", value + " token/s");
  out += fmt::format("conditions = {}\n", conditions_of(row, best.of));
  line("standing", "benchmark");
  line("source", "summary");
  line("decide", row.details.empty() ? "run the submission's code" : "run " + row.details);
  return out;
}

/// "https://github.com/mlcommons/inference_results_v5.1" of a submission's address.
std::string repository_of(const std::vector<MlperfRow>& rows) {
  const std::string& details = rows.front().details;
  return details.substr(0, details.find("/tree/"));
}

std::string head_of(const ImportFile& file, const std::vector<MlperfRow>& rows,
                    const std::string& set, bool known) {
  const std::string& version = rows.front().version;
  const std::string title = version.empty() ? "MLPerf Inference" : "MLPerf Inference " + version;
  std::string out =
      "# Rates of tokens in MLPerf Inference, each divided by the submission's accelerators: the\n"
      "# best result of each accelerator in each scenario of a model.\n\n[sources.summary]\n";
  out += fmt::format("title = {}\npublisher = \"MLCommons\"\n", toml_text(title + " results"));
  if (const std::string url = repository_of(rows); !url.empty()) {
    out += fmt::format("url = {}\n", toml_text(url));
  }
  out += fmt::format("section = {}\nread = {}\nsha256 = {}\n", toml_text(file.base_name()),
                     toml_text(file.changed.substr(0, 10)), toml_text(file.sha256));
  if (known) return out;
  return out + fmt::format("\n[[set]]\nid = {}\ntitle = {}\n", toml_text(set),
                           toml_text(title + ": rates of tokens an accelerator"));
}

/// The file becomes one source and one set, so its rows must be of one round of results.
void require_one_version(const std::vector<MlperfRow>& rows) {
  for (const MlperfRow& row : rows) {
    if (row.version == rows.front().version) continue;
    throw InputError(fmt::format("{}: version: `{}`, but `{}` at {}", row.place, row.version,
                                 rows.front().version, rows.front().place),
                     "import the results of each version from a file of their own");
  }
}

ImportedClaims read_mlperf_inference(const ImportFile& file) {
  const std::vector<MlperfRow> rows = read_mlperf_rows(file);
  require_one_version(rows);
  const claims::Catalogue catalogue = claims::built_in_catalogue();
  std::map<std::string, std::size_t> left_out;
  BestRows best = best_of(rows, catalogue, left_out);
  left_out["in the catalogue already"] = std::erase_if(best, [&](const auto& one) {
    return std::ranges::find(catalogue.claims, id_of(*one.second.row), &claims::Claim::id) !=
           catalogue.claims.end();
  });
  if (best.empty()) {
    throw InputError(
        fmt::format("{}: no result is a rate of tokens of a system of the catalogue and new",
                    file.name),
        "`assay systems` lists the systems");
  }
  const std::string set = slug("mlperf inference " + rows.front().version);
  ImportedClaims out;
  out.toml = head_of(file, rows, set, catalogue.sets.contains(set));
  for (const auto& [key, row] : best) {
    out.toml += claim_of(key.first, key.second, row, set, catalogue);
  }
  out.claims = best.size();
  for (const auto& [why, count] : left_out) {
    if (count > 0) out.left_out.push_back(fmt::format("{} {}", page::counted(count, "row"), why));
  }
  return out;
}

}  // namespace

const Importer mlperf_inference_importer = {"mlperf-inference",
                                            "MLPerf Inference summary, JSON or CSV; becomes claims",
                                            is_mlperf_summary, nullptr, read_mlperf_inference};

}  // namespace assay::results::exchange
