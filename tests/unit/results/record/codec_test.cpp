#include "results/record/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "results/record/record.h"
#include "tests/schema/random_record.h"

namespace assay::results::record {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

struct Step {
  std::string name;
  std::optional<double> seconds;
};
template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Step>
void keys(Archive& archive, T& step) {
  archive("name", step.name, "What is done");
  archive("seconds", step.seconds);
}

/// Schema 1 has the way alone, schema 2 also its length, schema 3 also its steps.
struct Way {
  int schema = 3;
  std::string name;
  double metres = 0;
  std::vector<Step> steps;
};
template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Way>
void keys(Archive& archive, T& way) {
  archive("schema", way.schema);
  archive("name", way.name, "Its name");
  archive("metres", way.metres, Description("Its length").since_schema(2));
  archive("steps", way.steps, Description("How to go").since_schema(3));
}

Way way_of(const std::string& text, int schema) {
  const JsonDocument document(text, "way");
  JsonPath path = {nullptr, {}, "way"};
  path.topmost_schema = schema;
  Way out;
  JsonReader::read(document.root(), path, out);
  return out;
}

std::string refusal_of_way(const std::string& text, int schema) {
  try {
    way_of(text, schema);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// One member of each type that the codec knows.
struct Order {
  Mode mode = Mode::cold;
  bool urgent = false;
  std::int8_t level = 0;
  std::uint64_t seed = 0;
  std::vector<double> times;
  std::vector<std::string> names;
  std::vector<Step> steps;
  std::optional<Step> last;
  std::map<std::string, std::string> details;
  std::map<std::string, double> figures;
};
template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Order>
void keys(Archive& archive, T& order) {
  archive("mode", order.mode);
  archive("urgent", order.urgent);
  archive("level", order.level);
  archive("seed", order.seed);
  archive("times", order.times);
  archive("names", order.names);
  archive("steps", order.steps);
  archive("last", order.last);
  archive("details", order.details);
  archive("figures", order.figures);
}

Order full() {
  return {Mode::hot,
          true,
          -5,
          18446744073709551615u,
          {0.5, 1e-9},
          {"a", "b\"\n\x01"},
          {{"first", 1.5}, {"second", std::nullopt}},
          Step{"last", 2},
          {{"key", "value"}},
          {{"half_width", 0.25}}};
}

/// The same without the control character, for which reading gives a visible sign.
Order printable_order() {
  Order order = full();
  order.names.back() = "b\"\n";
  return order;
}

std::string refusal(const std::string& text) {
  try {
    decode<Order>(text, "order");
  } catch (const InputError& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "read without complaint";
}
/// The full order with one text in it replaced.
std::string refusal(const std::string& from, const std::string& to) {
  std::string text = encode(full());
  return refusal(text.replace(text.find(from), from.size(), to));
}

TEST(Codec, AKeyThatCameLaterIsNeitherReadNorWrittenInAnEarlierSchema) {
  const std::string first = R"({"schema":1,"name":"north"})";
  const std::string second = R"({"schema":2,"name":"north","metres":4.5})";
  EXPECT_EQ(way_of(first, 1).metres, 0);
  EXPECT_EQ(way_of(second, 2).metres, 4.5);
  EXPECT_EQ(encode(way_of(first, 1), {.schema = 1}), first);
  EXPECT_EQ(encode(way_of(second, 2), {.schema = 2}), second);
  EXPECT_EQ(encode(way_of(second, 2)), R"({"schema":2,"name":"north","metres":4.5,"steps":[]})");
  EXPECT_EQ(refusal_of_way(first, 2), "way: metres is missing");
  EXPECT_EQ(refusal_of_way(second, 1), "way: metres is not a key of a way");
}

TEST(Codec, WritesKeysInTheirOrder) {
  EXPECT_EQ(encode(full()),
            R"({"mode":"hot","urgent":true,"level":-5,"seed":18446744073709551615,)"
            R"("times":[0.5,1e-09],"names":["a","b\"\n\u0001"],)"
            R"("steps":[{"name":"first","seconds":1.5},{"name":"second","seconds":null}],)"
            R"("last":{"name":"last","seconds":2.0},"details":{"key":"value"},)"
            R"("figures":{"half_width":0.25}})");
}

TEST(Codec, ReadsWhatItWroteInAnyStyle) {
  const std::string text = encode(printable_order());
  EXPECT_EQ(encode(decode<Order>(text, "order")), text);
  const std::string indented = encode(printable_order(), {.indent = 2});
  EXPECT_EQ(encode(decode<Order>(indented, "order")), text);
  EXPECT_EQ(indented, ordered_json::parse(text).dump(2));
  EXPECT_EQ(encode(Order{}, {.indent = 2}), ordered_json::parse(encode(Order{})).dump(2));
}

TEST(Codec, TakesKeysInAnyOrder) {
  const ordered_json json = ordered_json::parse(encode(printable_order()));
  ordered_json reversed;
  std::vector<std::string> names;
  for (const auto& [key, value] : json.items()) names.insert(names.begin(), key);
  for (const std::string& key : names) reversed[key] = json[key];
  EXPECT_EQ(encode(decode<Order>(reversed.dump(), "order")), encode(printable_order()));
}

TEST(Codec, ReadsControlCharactersAsVisibleSigns) {
  const Order order = decode<Order>(encode(full()), "order");
  EXPECT_EQ(order.names.at(1), "b\"\n\u2401");
}

TEST(Codec, NamesThePlaceAndWhatIsWanted) {
  EXPECT_THAT(refusal("\"hot\"", "\"warm\""), HasSubstr("order: mode is not one of cold, hot"));
  EXPECT_THAT(refusal("\"hot\"", "1"), HasSubstr("order: mode is not one of cold, hot"));
  EXPECT_THAT(refusal("true", "1"), HasSubstr("urgent is not true or false"));
  EXPECT_THAT(refusal("-5", "-129"), HasSubstr("level is not a whole number from -128 to 127"));
  EXPECT_THAT(refusal("18446744073709551615", "-1"),
              HasSubstr("seed is not a whole number from 0 to 18446744073709551615"));
  EXPECT_THAT(refusal("18446744073709551615", "1.0"), HasSubstr("seed is not a whole number"));
  EXPECT_THAT(refusal("1e-09", "\"two\""), HasSubstr("times[1] is not a number or null"));
  EXPECT_THAT(refusal("\"a\"", "3"), HasSubstr("names[0] is not a string"));
  EXPECT_THAT(refusal("\"second\"", "null"), HasSubstr("steps[1].name is not a string"));
  EXPECT_THAT(refusal("\"value\"", "[]"), HasSubstr("details.key is not a string"));
  EXPECT_THAT(refusal("[0.5,1e-09]", "0.5"), HasSubstr("times is not an array of numbers"));
  EXPECT_THAT(refusal("{\"key\":\"value\"}", "[]"), HasSubstr("details is not an object"));
  EXPECT_THAT(refusal("[]"), HasSubstr("order: the text is not an object"));
}

TEST(Codec, NamesAKeyThatIsMissingUnknownOrThereTwice) {
  EXPECT_THAT(refusal("\"urgent\":true,", ""), HasSubstr("order: urgent is missing"));
  EXPECT_THAT(refusal("\"name\":\"last\",", ""), HasSubstr("last.name is missing"));
  EXPECT_THAT(refusal("\"name\":\"first\"", "\"name\":\"first\",\"colour\":1"),
              HasSubstr("steps[0].colour is not a key"));
  EXPECT_THAT(refusal("\"urgent\":true", "\"urgent\":true,\"urgent\":true"),
              HasSubstr("an object with each key once"));
}

TEST(Codec, RefusesWhatIsNotJson) {
  const std::string text = encode(full());
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_THAT(refusal(text.substr(0, length)), HasSubstr("order: not JSON"));
  }
  EXPECT_THAT(refusal(text + "x"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("-5", "-05"), HasSubstr("not JSON"));
}

TEST(Codec, ReplacesWhatIsNotUtf8AsOthersDo) {
  for (const char* text :
       {"bad \xff byte", "\xe2\x82", "\xe2\x82\xac", "\xed\xa0\x80", "\xf0\x9f\x98", "\xc0\xaf",
        "\xf4\x90\x80\x80", "a\x7f\x1f\\\"/", "\xc3\xa4\xc3"}) {
    EXPECT_EQ(encode(std::string(text)),
              ordered_json(std::string(text))
                  .dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  }
}

TEST(Codec, ReadsATextWhileAnotherOneIsRead) {
  const JsonDocument outer(R"({"name":"outer","seconds":1})", "step");
  EXPECT_EQ(decode<Step>(R"({"name":"inner","seconds":2})", "step").name, "inner");
  Step step;
  JsonReader::read(outer.root(), {nullptr, {}, "step"}, step);
  EXPECT_EQ(step.name, "outer");
}

TEST(Codec, WritesRecordsAsOtherReadersUnderstandThem) {
  RandomRecords random(11);
  for (int i = 0; i < 300; ++i) {
    const Record record = random.next();
    const std::string text = to_json(record);
    EXPECT_EQ(ordered_json::parse(text).dump(1), ordered_json::parse(to_json(record, 1)).dump(1));
    EXPECT_EQ(to_json(record_from_json(text)), text);
    EXPECT_EQ(to_json(record_from_json(to_json(record, 1))), text);
  }
}

TEST(Codec, LeavesSamplesOutWhereTheyAreKeptElsewhere) {
  Record record;
  record.device_seconds = record.host_seconds = {1, 2};
  record.notes = {{NoteKind::throttled, "text", {{"pauses", 3}}}};
  std::string text;
  append_text(text, record, Samples::none);
  Record back = record_from_json(text);
  EXPECT_TRUE(back.device_seconds.empty());
  EXPECT_EQ(back.notes.at(0).figures.at("pauses"), 3);
  back.device_seconds = back.host_seconds = {1, 2};
  EXPECT_EQ(to_json(back), to_json(record));
}

TEST(Names, AreReadWithAHintAtTheNearest) {
  EXPECT_EQ(require_named<Division>("native", "here"), Division::native);
  const auto told = [](std::string_view text) {
    try {
      require_named<Division>(text, "mine.toml:4: divisions");
    } catch (const InputError& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
    return std::string();
  };
  EXPECT_THAT(told("libary"), HasSubstr("mine.toml:4: divisions: there is no division `libary` / "
                                        "did you mean `library`?"));
  EXPECT_THAT(told("x"), HasSubstr("portable (the same kernel source on every device)"));
  EXPECT_THAT(told("unknown"), HasSubstr("there is no division")) << "of imports alone";
}

TEST(Names, AreThoseOfTheTables) {
  for (const Status status : Names<Status>::all) EXPECT_EQ(named<Status>(name(status)), status);
  EXPECT_EQ(name(Status::out_of_memory), "out-of-memory");
  EXPECT_EQ(name(Origin::modelled), "modelled");
  EXPECT_EQ(name(Mode::hot), "hot");
  EXPECT_EQ(name(NoteKind::bits_differ), "bits_differ");
  EXPECT_EQ(Names<Division>::all.size(), 6u);
}

}  // namespace
}  // namespace assay::results::record
