#include "results/record/toml_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kernels/error.h"

namespace assay::results::record::toml_text_test {
namespace {

using testing::HasSubstr;

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string refusal(const std::string& text) {
  try {
    parse_toml(text, "mine.toml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(TomlText, OrdinaryTextIsParsed) {
  const toml::table table = parse_toml(
      "a.b.c = 1.5\n[x.y] # ((( [[[ ...\nt = \"\"\"say \"\"no\"\" to [[[\"\"\"\"\"\nl = '{{{'\n"
      "m = [[1, 2], [3]]\nd = 2026-01-01T00:00:00.5\n",
      "mine.toml");
  EXPECT_EQ(table["a"]["b"]["c"].value<double>(), 1.5);
  EXPECT_EQ(table["x"]["y"]["t"].value<std::string>(), "say \"\"no\"\" to [[[\"\"");
}

TEST(TomlText, KeysOfManyPartsAreRefusedWithTheirLine) {
  const std::string dots = repeated("a.", 50000) + "a";
  for (const std::string& text :
       {dots + " = 1", "[" + dots + "]", "[[" + dots + "]]", "x = {" + dots + " = 1}",
        repeated("'a' . ", 50000) + "a = 1", "x = { s = \"\"\"t\"\"\"\", " + dots + " = 1 }"}) {
    EXPECT_THAT(refusal("\n" + text + "\n"), HasSubstr("mine.toml:2: a key has more than 32 parts"))
        << text.substr(0, 30);
  }
}

TEST(TomlText, DeepValuesAreRefused) {
  for (const char* one : {"[", "{a=", "{a.a.a.a.a.a.a.a="}) {
    EXPECT_THAT(refusal("x = " + repeated(one, 250)), HasSubstr("nested more than 32 levels"));
  }
  EXPECT_EQ(refusal("x = " + repeated("[", 32) + repeated("]", 32)), "");
}

TEST(TomlText, LargeFilesAreRefused) {
  EXPECT_THAT(refusal("# " + std::string(std::size_t{9} << 20, 'x')), HasSubstr("more than 8 MiB"));
  EXPECT_THAT(refusal("x = [" + repeated("1,", 1'000'001) + "1]"), HasSubstr("1000000 values"));
}

TEST(TomlText, OtherErrorsHaveTheirLine) {
  EXPECT_THAT(refusal("a = 1\nb = \n"), HasSubstr("mine.toml:2: "));
  EXPECT_THAT(refusal("a = \"no end"), HasSubstr("mine.toml:1: "));
  EXPECT_THAT(refusal("a = \"\\"), HasSubstr("mine.toml:1: "));
}

}  // namespace
}  // namespace assay::results::record::toml_text_test
