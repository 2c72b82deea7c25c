#include "results/record/schema.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "kernels/error.h"
#include "tests/schema/random_record.h"

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

std::string read(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// These files are never written anew: stores and bundles hold such records for years.
TEST(RecordSchema, RecordsOfEverySchemaAreReadAndWrittenUnchanged) {
  for (int schema = 1; schema <= kRecordSchema; ++schema) {
    const std::string file =
        fmt::format("{}/tests/schema/record-{}.json", ASSAY_SOURCE_DIR, schema);
    if (std::getenv("ASSAY_WRITE_SCHEMA") != nullptr && !std::ifstream(file)) {
      std::ofstream(file) << to_json(RandomRecords(1).next(), 2) << "\n";
    }
    const std::string text = read(file);
    try {
      const Record record = record_from_json(text);
      EXPECT_EQ(record.schema, schema);
      EXPECT_EQ(to_json(record, 2) + "\n", text) << file;
    } catch (const InputError& error) {
      ADD_FAILURE() << file << ": " << error.what()
                    << "; a further key raises kRecordSchema and has since_schema()";
    }
  }
}

}  // namespace
}  // namespace assay::results::record
