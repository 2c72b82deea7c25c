#include "results/record/schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace assay::results::record {
namespace {

TEST(RecordSchema, IsPublishedAsTheKeysHaveIt) {
  const std::string file = ASSAY_SOURCE_DIR "/results/schema/record.schema.json";
  if (std::getenv("ASSAY_WRITE_SCHEMA") != nullptr) std::ofstream(file) << record_schema();
  std::ifstream in(file);
  const std::string published((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(published, record_schema())
      << "write it anew: ASSAY_WRITE_SCHEMA=1 unit_results --gtest_filter=RecordSchema.*";
}

}  // namespace
}  // namespace assay::results::record
