#include "harness/terminal/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::harness::terminal {
namespace {

using testing::ElementsAre;

TEST(TextWidth, CountsWhatIsSeen) {
  EXPECT_EQ(text_width("4.31 ms"), 7u);
  EXPECT_EQ(text_width("±0.80%"), 6u);
  EXPECT_EQ(text_width("µs"), 2u);
  EXPECT_EQ(text_width("昇腾910"), 7u);
  EXPECT_EQ(text_width("e\u0301"), 1u);
  EXPECT_EQ(text_width("▁█"), 2u);
  EXPECT_EQ(text_width("\xff\xc3"), 2u) << "stray bytes do no harm";
}

TEST(Shortened, CutsAtACharacterAndSaysSo) {
  EXPECT_EQ(shortened("matmul m=64", 11), "matmul m=64");
  EXPECT_EQ(shortened("matmul m=64", 8), "matmul …");
  EXPECT_EQ(shortened("µµµµ", 3), "µµ…");
  EXPECT_EQ(shortened("昇腾昇腾", 4), "昇…");
  EXPECT_EQ(shortened("abc", 0), "");
}

TEST(Table, AlignsByWidthAndLeavesNoBlanksAtTheEnd) {
  Table table({{"name"}, {"time", Align::right}, {"note"}});
  table.add({{"µ"}, {"1 ms"}, {"ok"}});
  table.add({{"昇腾"}, {"10 ms"}, {""}});
  EXPECT_EQ(table.text(2, 80, false),
            "  name   time  note\n"
            "  µ      1 ms  ok\n"
            "  昇腾  10 ms\n");
}

TEST(Table, KeepsTheColumnsOfCellsThatFollowAnEmptyOne) {
  Table table({{"a"}, {"b", Align::right}, {"c"}});
  table.add({{"1"}, {""}, {"3"}});
  table.add({{"1"}, {"22"}, {"3"}});
  EXPECT_EQ(table.text(0, 80, false), "a   b  c\n1      3\n1  22  3\n");
}

TEST(Table, ShortensItsWidestColumnToTheWidth) {
  Table table({{"implementation"}, {"time", Align::right}});
  table.add({{"library/with-a-very-long-name"}, {"1 ms"}});
  EXPECT_EQ(table.text(0, 20, false), "implementation  time\nlibrary/with-…  1 ms\n");
}

TEST(Table, LetsASingleCellSpanTheRow) {
  Table table({{"a"}, {"b"}});
  table.add({{"matmul m=64 n=64 k=64"}});
  table.add({{"1"}, {"2"}});
  EXPECT_EQ(table.text(0, 10, false), "a  b\nmatmul m=64 n=64 k=64\n1  2\n");
}

TEST(Table, ColoursOnlyWhenAskedAndWithoutMovingColumns) {
  Table table({{"a"}, {"b"}});
  table.add({{"bad", Style::bad}, {"2"}});
  EXPECT_EQ(table.text(0, 80, false).find('\033'), std::string::npos);
  EXPECT_EQ(table.text(0, 80, true), "\033[2ma\033[0m    \033[2mb\033[0m\n\033[31mbad\033[0m  2\n");
}

TEST(Bars, ReachFromTheLeastToTheGreatest) {
  EXPECT_EQ(bars(std::vector<double>{1, 8, 4.5}), "▁█▅");
  EXPECT_EQ(bars(std::vector<double>{3, 3}), "▁▁");
  EXPECT_EQ(bars({}), "");
}

TEST(Course, TakesTheMedianOfEachStretch) {
  EXPECT_THAT(course(std::vector<double>{1, 2, 9, 4, 5, 6}, 2), ElementsAre(2, 5));
  EXPECT_THAT(course(std::vector<double>{1, 2}, 5), ElementsAre(1, 2));
  EXPECT_THAT(course({}, 5), ElementsAre());
}

TEST(Histogram, CountsAndTakesInWhatLiesBeyond) {
  EXPECT_THAT(histogram(std::vector<double>{-1, 0, 1, 5, 9.9, 10, 50}, 0, 10, 2),
              ElementsAre(3, 4));
  EXPECT_THAT(histogram(std::vector<double>{2, 2}, 2, 2, 3), ElementsAre(2, 0, 0));
}

}  // namespace
}  // namespace assay::harness::terminal
