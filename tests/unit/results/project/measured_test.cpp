#include "results/project/measured.h"

#include <gmock/gmock.h>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/claims/evidence.h"

namespace assay::results::project {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A verified record of an H800 that reached so many FLOP/s, or B/s.
record::Record record_of(const std::string& text, const std::string& implementation, double rate) {
  const auto problem = kernels::Problem::parse(text);
  record::Record record;
  record.id = "0123456789abcdef";
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.work = problem.operation().work(problem);
  record.device.backend = "nvidia";
  record.device.name = "NVIDIA H800";
  record.device.kind = "gpu";
  record.implementation = {implementation,
                           record::require_named<record::Division>(
                               implementation.substr(0, implementation.find('/')), "test"),
                           {}};
  record.check.outcome = kernels::Outcome::right;
  const bool streams = record.operation == "triad";
  const double seconds = (streams ? record.work.bytes : record.work.flop) / rate;
  record.device_seconds.assign(20, seconds);
  record.summary = statistics::summarize(record.device_seconds);
  return record;
}

class FromMeasured : public testing::Test {
 protected:
  const claims::Catalogue catalogue_ = claims::built_in_catalogue();
  const claims::System& h800_ = catalogue_.systems.at("h800-sxm");
  std::vector<std::string> rules_;

  double value_of(const std::string& name, const std::vector<record::Record>& records) {
    const auto inputs = with_measured(inputs_of(catalogue_, h800_, nullptr, {"peak.bf16"}),
                                      catalogue_, h800_, records, rules_);
    for (const Input& input : inputs) {
      if (input.name == name) return input.value;
    }
    return 0;
  }
};

TEST_F(FromMeasured, UsesTheFastestOfAClassAndNamesTheRule) {
  const std::string large = "matmul m=8192 n=8192 k=8192 a=bf16";
  EXPECT_NEAR(value_of("efficiency.matmul", {record_of(large, "library/cublas", 600e12),
                                             record_of(large, "native/mine", 700e12)}),
              700.0 / 989, 1e-6);
  EXPECT_THAT(rules_, ElementsAre(HasSubstr("native/mine")));
}

TEST_F(FromMeasured, KeepsAssumptionsWithoutMeasurements) {
  const auto assumed = nominal(inputs_of(catalogue_, h800_, nullptr, {}));
  EXPECT_EQ(value_of("efficiency.grouped",
                     {record_of("matmul m=8192 n=8192 k=8192 a=bf16", "library/cublas", 6e14)}),
            assumed["efficiency.grouped"]);
}

TEST_F(FromMeasured, IgnoresSmallPortableAndWrongResults) {
  const std::string large = "matmul m=8192 n=8192 k=8192 a=bf16";
  std::vector<record::Record> records = {
      record_of(large, "library/cublas", 500e12), record_of(large, "portable/tile", 900e12),
      record_of("matmul m=64 n=64 k=64 a=bf16", "library/cublas", 900e12),
      record_of(large, "library/cublas", 900e12)};
  records.back().status = record::Status::wrong;
  EXPECT_NEAR(value_of("efficiency.matmul", records), 500.0 / 989, 1e-6);
}

TEST_F(FromMeasured, IgnoresTimesThatCannotBeTrue) {
  const std::string large = "matmul m=8192 n=8192 k=8192 a=bf16";
  std::vector<record::Record> records = {record_of(large, "library/cublas", 500e12),
                                         record_of(large, "native/mine", 900e12)};
  records.back().phases.warm_up = 1;
  records.back().phases.launches = 9;
  EXPECT_NEAR(value_of("efficiency.matmul", records), 500.0 / 989, 1e-6);
  records.erase(records.begin());
  EXPECT_THROW(value_of("efficiency.matmul", records), InputError);
}

TEST_F(FromMeasured, ComparesMemoryWithItsBandwidth) {
  EXPECT_NEAR(value_of("efficiency.memory",
                       {record_of("triad n=268435456 type=f32", "native/stream", 3e12)}),
              3000.0 / 3350, 1e-3);
}

TEST_F(FromMeasured, RefusesRecordsOfAnotherKindOfDevice) {
  std::vector<record::Record> records = {
      record_of("matmul m=8192 n=8192 k=8192 a=bf16", "library/cublas", 500e12)};
  records[0].device.name = "AMD EPYC";
  EXPECT_THROW(value_of("efficiency.matmul", records), InputError);
}

}  // namespace
}  // namespace assay::results::project
