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

TEST(ParseJson, ObjectsOfThousandsOfKeysAreNotParsed) {
  const auto object = [](int keys) {
    std::string text = "{";
    for (int i = 0; i < keys; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":[1,2]";
    return text + "}";
  };
  EXPECT_EQ(json_excess(object(4096)), "");
  EXPECT_THAT(json_excess(object(4097)), HasSubstr("4096 keys"));
  EXPECT_EQ(json_excess("[" + object(4096) + "," + object(4096) + "]"), "");
  std::string list = "[1";
  for (int i = 0; i < 5000; ++i) list += ",1";
  EXPECT_EQ(json_excess(list + "]"), "");
}

TEST(ParseJson, TheFirstOfEqualKeysIsTakenOnRequest) {
  const char* const text =
      R"([{"a": 1, "b": {"a": 2, "a": 3}, "a": {"c": [{"b": 4}]}, "b": 5}, {"a": 6}])";
  EXPECT_EQ(parse_first_of_keys<json>(text).dump(), R"([{"a":1,"b":{"a":2}},{"a":6}])");
  EXPECT_EQ(parse_json<json>(text)[0]["b"], 5);
  EXPECT_TRUE(parse_first_of_keys<json>("{").is_discarded());
}

}  // namespace
}  // namespace assay::results::record
