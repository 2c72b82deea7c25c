#include "results/record/parse_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace assay::results::record {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ParseJson, OrdinaryTextIsParsed) {
  EXPECT_EQ(parse_json<json>(R"({"a": ["[[[", 1, "\"{{{"]})")["a"][1], 1);
  EXPECT_TRUE(parse_json<json>("{").is_discarded());
  EXPECT_TRUE(parse_json<json>("").is_discarded());
}

TEST(ParseJson, DeepTextIsNotParsed) {
  for (const std::string one : {"[", "{\"a\":"}) {
    std::string deep;
    for (int i = 0; i < 50000; ++i) deep += one;
    EXPECT_THAT(json_excess(deep), HasSubstr("64 levels"));
    EXPECT_TRUE(parse_json<json>(deep).is_discarded());
  }
  EXPECT_EQ(json_excess(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_NE(json_excess(std::string(65, '[') + std::string(65, ']')), "");
}

TEST(ParseJson, LargeTextIsNotParsed) {
  std::string many = "[";
  for (int i = 0; i < 2'000'001; ++i) many += "1,";
  EXPECT_THAT(json_excess(many), HasSubstr("2 million values"));
  EXPECT_THAT(json_excess(std::string((std::size_t{64} << 20) + 1, ' ')), HasSubstr("64 MiB"));
}

}  // namespace
}  // namespace assay::results::record
