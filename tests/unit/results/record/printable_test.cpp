#include "results/record/printable.h"

#include <gtest/gtest.h>

#include "results/record/record.h"
#include "results/record/texts.h"

namespace assay::results::record {
namespace {

TEST(Printable, ShowsControlCharactersAsSigns) {
  EXPECT_EQ(printable("a\033[2Jb\ac\rd\x7f"), "a␛[2Jb␇c␍d␡");
  EXPECT_EQ(printable("a\tb\nc"), "a\tb\nc");
  EXPECT_EQ(printable_line("a\tb\nc"), "a␉b␊c");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m \xe2\x80\xae \xe2\x81\xa6"),
            "\xef\xbf\xbd"
            "31m \xef\xbf\xbd \xef\xbf\xbd");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a␀b");
  for (const char* text : {"", "plain", "aΩ日😀 “x” — ±", "\xc2\xa0\xe2\x80\xa6"}) {
    EXPECT_EQ(printable(text), text);
    EXPECT_TRUE(is_printable(text));
  }
  EXPECT_FALSE(is_printable("\033"));
}

TEST(Printable, ReplacesEscapesInJsonAndKeepsOthers) {
  EXPECT_TRUE(needs_printable_json(R"({"a": "\u001b[2J"})"));
  EXPECT_EQ(printable_json(R"({"a": "\u001b[2J\u0007\r\b\f\u009b\u202e"})"),
            "{\"a\": \"␛[2J␇␍␈␌\xef\xbf\xbd\xef\xbf\xbd\"}");
  for (const char* json : {R"({"a": "\\u001b"})", R"({"a": "\n\t\"\\"})", R"({"a": "\u00e9"})"}) {
    EXPECT_FALSE(needs_printable_json(json)) << json;
    EXPECT_EQ(printable_json(json), json);
  }
}

TEST(Printable, IsEveryTextOfARecordThatIsRead) {
  Record record;
  record.reason = "gone\033[2J\nall right";
  record.device.name = "x\033]0;title\a";
  record.implementation.details["label"] = "\x9b";
  const Record back = record_from_json(to_json(record));
  EXPECT_EQ(back.reason, "gone␛[2J\nall right");
  EXPECT_EQ(back.device.name, "x␛]0;title␇");
}

TEST(Texts, AreMaskedWithTheirEnvironments) {
  RecordSet set;
  Record record;
  record.id = "0badcafe-0000-4000-8000-000000000000";
  record.reason = "GET https://ada:kept-quiet@x.example/";
  record.environment = "old";
  set.records.push_back(record);
  set.runs.push_back({.id = "r", .command = "assay run --token kept-quiet", .environment = "old"});
  set.environments["old"] = R"({"variables":{"A":"password=kept-quiet"}})";
  EXPECT_FALSE(first_secret(set.records[0]).empty());
  EXPECT_FALSE(first_secret(set.runs[0]).empty());
  EXPECT_FALSE(first_secret(set.environments["old"]).empty());
  std::vector<std::string> places;
  EXPECT_EQ(mask_secrets(set, &places), 3U);
  EXPECT_EQ(places, (std::vector<std::string>{"record 0badcafe", "run r", "environment old"}));
  EXPECT_EQ(set.records[0].reason, "GET https://[masked]@x.example/");
  ASSERT_EQ(set.environments.size(), 1U);
  EXPECT_EQ(set.environments.begin()->second, R"({"variables":{"A":"password=[masked]"}})");
  EXPECT_EQ(set.records[0].environment, set.environments.begin()->first);
  EXPECT_EQ(set.runs[0].environment, set.environments.begin()->first);
  EXPECT_EQ(mask_secrets(set), 0U);
}

}  // namespace
}  // namespace assay::results::record
