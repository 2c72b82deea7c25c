// Summaries of MLPerf Inference results become claims. The rows are made up, in the columns that
// summary_results.json of github.com/mlcommons/inference_results_v5.1 has, and in those of the CSV
// that tools/submission of github.com/mlcommons/inference writes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/claims/catalogue.h"
#include "results/exchange/format.h"
#include "results/exchange/mlperf_rows.h"

namespace assay::results::exchange::mlperf_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// One row; `changes` are "key": value pairs that come last and so replace those before.
std::string row(const std::string& changes = {}) {
  return R"({"ID": "9.9-0001", "Submitter": "Example", "Availability": "available",
    "Category": "closed", "Suite": "datacenter", "Platform": "Example_H100x8",
    "UsedModel": "llama2-70b-99.9", "Model": "llama2-70b-99.9", "Scenario": "Server",
    "Nodes": 2, "Accelerator": "NVIDIA H100-SXM-80GB", "a#": 8, "Software": "Example \"1\"",
    "Notes": "", "version": "v9.9", "weight_data_types": "fp8",
    "Details": "https://example.org/results_v9.9/tree/main/closed/Example",
    "Performance_Result": 32000.0, "Performance_Units": "Tokens/s")" +
         (changes.empty() ? "" : ", " + changes) + "}";
}

std::string list(const std::vector<std::string>& rows) {
  return fmt::format("[{}]", fmt::join(rows, ",\n"));
}

ImportedClaims claims_of(const std::string& content) {
  const ImportFile file = {"folder/summary.json", content, sha256(content),
                           "2026-01-02T03:04:05.000Z"};
  return find_importer("mlperf-inference", "--format").claims(file);
}

claims::Catalogue catalogue_of(const ImportedClaims& imported) {
  std::string name = (std::filesystem::temp_directory_path() / "assay-mlperf-XXXXXX").string();
  const int descriptor = mkstemp(name.data());
  EXPECT_GE(descriptor, 0);
  close(descriptor);
  std::ofstream(name) << imported.toml;
  claims::Catalogue catalogue = claims::extended_catalogue({name});
  std::filesystem::remove(name);
  return catalogue;
}

std::string refusal(const std::string& content) {
  try {
    claims_of(content);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MlperfInference, IsRecognised) {
  EXPECT_TRUE(is_mlperf_summary(list({row()})));
  EXPECT_TRUE(is_mlperf_summary("Organization,Division,MlperfModel,Scenario,Result\n"));
  EXPECT_FALSE(is_mlperf_summary(R"({"context": {}, "benchmarks": []})"));
  EXPECT_FALSE(is_mlperf_summary("id,problem,median\n"));
}

TEST(MlperfInference, BecomesARateOfOneAccelerator) {
  const ImportedClaims imported = claims_of(list({row()}));
  EXPECT_EQ(imported.claims, 1U);
  const claims::Catalogue catalogue = catalogue_of(imported);
  const claims::Claim& claim =
      claims::find_claim(catalogue, "mlperf-9-9-0001-llama2-70b-99-9-server");
  EXPECT_EQ(claim.system, "h100-sxm");
  EXPECT_EQ(claim.workload, "llama2-70b");
  EXPECT_EQ(claim.quantity, "rate.token.server.llama2-70b-99-9");
  EXPECT_EQ(claim.value->value, 2000);
  EXPECT_EQ(claim.standing, claims::Standing::benchmark);
  EXPECT_EQ(claim.conditions.at("type"), "f8");
  EXPECT_EQ(claim.conditions.at("parallelism"), "16 chips");
  EXPECT_THAT(claim.conditions.at("note"), HasSubstr("Example \"1\""));
  EXPECT_THAT(claim.quote,
              AllOf(HasSubstr("9.9-0001"), HasSubstr("2 nodes of 8"), HasSubstr("32000 Tokens/s")));
  EXPECT_THAT(claim.derived, HasSubstr("divided by 16 accelerators"));
  EXPECT_EQ(claim.source.publisher, "MLCommons");
  EXPECT_EQ(claim.source.url, "https://example.org/results_v9.9");
  EXPECT_EQ(claim.source.section, "summary.json");
  EXPECT_EQ(claim.source.read, "2026-01-02");
  EXPECT_EQ(claim.source.sha256, sha256(list({row()})));
  EXPECT_TRUE(catalogue.sets.contains("mlperf-inference-v9-9"));
}

TEST(MlperfInference, KeepsTheBestRowAndSaysWhatItLeavesOut) {
  const ImportedClaims imported = claims_of(list({
      row(),
      row(R"("ID": "9.9-0002", "Performance_Result": 36800.0)"),
      row(R"("Suite": "edge")"),
      row(R"("Performance_Units": "Samples/s")"),
      row(R"("Accelerator": "Another 9000")"),
      row(R"("Accelerator": "", "a#": "")"),
      row(R"("Category": "open", "UsedModel": "smaller")"),
  }));
  EXPECT_EQ(imported.claims, 1U);
  EXPECT_THAT(imported.toml, AllOf(HasSubstr("2300 token/s"), Not(HasSubstr("2000 token/s"))));
  EXPECT_THAT(imported.left_out,
              testing::UnorderedElementsAre(
                  "1 row not faster than another of the same accelerator",
                  "1 row of the suite edge", "1 row with no rate of tokens",
                  "1 row of Another 9000, which is no system of the catalogue",
                  "1 row without an accelerator", "1 row of another model than the benchmark's"));
}

TEST(MlperfInference, KeepsTheOpenDivisionApart) {
  const ImportedClaims imported =
      claims_of(list({row(), row(R"("ID": "9.9-0003", "Category": "open")")}));
  EXPECT_EQ(imported.claims, 2U);
  EXPECT_THAT(imported.toml, HasSubstr("rate.token.server.llama2-70b-99-9.open"));
}

TEST(MlperfInference, ReadsTheCsvOfTheSubmissionChecker) {
  const std::string heading =
      "Organization,Availability,Division,SystemType,Platform,Model,MlperfModel,Scenario,Result,"
      "number_of_nodes,accelerator_model_name,accelerators_per_node,framework,notes,Units,"
      "weight_data_types\r\n";
  const std::string content =
      heading +
      "Example,available,closed,datacenter,Example_H200x8,llama3_1-405b,llama3.1-405b,Offline,"
      "4000,1,NVIDIA H200-SXM-141GB,8,\"Runtime, \"\"2\"\"\",,Tokens/s,fp8\r\n";
  const ImportedClaims imported = claims_of(content);
  const claims::Catalogue catalogue = catalogue_of(imported);
  const claims::Claim& claim =
      claims::find_claim(catalogue, "mlperf-example-example-h200x8-llama3-1-405b-offline");
  EXPECT_EQ(claim.value->value, 500);
  EXPECT_EQ(claim.workload, "llama3-1-405b");
  EXPECT_THAT(claim.conditions.at("note"), HasSubstr("Runtime, \"2\""));
  EXPECT_EQ(refusal(heading + "Example,available\r\n"),
            "folder/summary.json:2: has 2 fields, the heading has 16");
}

TEST(MlperfInference, OfDamagedFilesIsAnErrorWithThePlace) {
  const std::string good = list({row(), row()});
  EXPECT_EQ(refusal("hello"), "folder/summary.json:1: is neither JSON nor a CSV with a heading");
  EXPECT_THAT(refusal(good.substr(0, good.size() - 20)),
              AllOf(HasSubstr("folder/summary.json:"), HasSubstr("is not JSON, or is cut off")));
  EXPECT_EQ(refusal("{}"), "folder/summary.json: is not a list of results");
  EXPECT_EQ(refusal("[]"), "folder/summary.json: has no results");
  EXPECT_EQ(refusal("[3]"), "folder/summary.json: [0]: is not an object");
  EXPECT_EQ(refusal(R"([{"UsedModel": "x", "Scenario": "Server"}])"),
            "folder/summary.json: [0]: Submitter: missing");
  EXPECT_EQ(refusal(list({row(), row(R"("Performance_Units": "Furlongs/s")")})),
            "folder/summary.json: [1]: Performance_Units: unknown unit `Furlongs/s`");
  EXPECT_EQ(refusal(list({row(R"("Performance_Result": "many")")})),
            "folder/summary.json: [0]: Performance_Result: `many` is not a number of 0 or more");
  EXPECT_EQ(refusal(list({row(R"("Nodes": 1e300)")})),
            "folder/summary.json: [0]: Nodes: `1e+300` is not a whole number up to 1000000");
  EXPECT_THAT(refusal(list({row(R"("Suite": "edge")")})), HasSubstr("no result is a rate"));
  // One file is one source: figures of another round would be quoted as of this one.
  EXPECT_EQ(refusal(list({row(), row(R"("version": "v8.8")")})),
            "folder/summary.json: [1]: version: `v8.8`, but `v9.9` at folder/summary.json: [0]");
}

TEST(MlperfInference, HasNoRecords) {
  const std::string content = list({row()});
  const ImportFile file = {"summary.json", content, sha256(content), "2026-01-02T03:04:05.000Z"};
  EXPECT_THROW(import_file(recognise(file), file), InputError);
}

TEST(MlperfInference, LeavesOutWhatIsInTheCatalogueAlready) {
  const claims::Catalogue catalogue = claims::built_in_catalogue();
  const claims::Claim& known = claims::find_claim(catalogue, "mlperf-5-1-0071-deepseek-r1-server");
  EXPECT_EQ(known.system, "gb200");
  EXPECT_EQ(known.value->value, 2327);
  const std::string again = row(
      R"("ID": "5.1-0071", "Model": "deepseek-r1", "UsedModel": "deepseek-r1",
         "Accelerator": "NVIDIA GB200", "a#": 4)");
  const ImportedClaims imported = claims_of(list({again, row()}));
  EXPECT_EQ(imported.claims, 1U);
  EXPECT_THAT(imported.left_out, testing::Contains("1 row in the catalogue already"));
}

}  // namespace
}  // namespace assay::results::exchange::mlperf_test
