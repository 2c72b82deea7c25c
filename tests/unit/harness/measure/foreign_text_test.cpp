#include "harness/measure/foreign_text.h"

#include <gtest/gtest.h>

namespace assay::harness::measure {
namespace {

TEST(ForeignText, KeepsLettersOfAllLanguagesTabsAndLineBreaks) {
  EXPECT_EQ(foreign_text("Łódź\t昇腾 910C\nline 2 😀"), "Łódź\t昇腾 910C\nline 2 😀");
}

TEST(ForeignText, ReplacesControlCharactersAndMarksOfDirection) {
  EXPECT_EQ(foreign_text("\033[2Jx\a\r\x7f"), "�[2Jx���");
  EXPECT_EQ(foreign_text("a\u0085b\u202ec\u2066"), "a�b�c�");
}

TEST(ForeignText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(foreign_text("a\xff\xc3"
                         "b\xed\xa0\x80"),
            "a��b���");
}

TEST(ForeignText, CutsAtTheEndOfACharacter) {
  EXPECT_EQ(foreign_text("éééé", 7), "éé…");
  EXPECT_EQ(foreign_text("éééé", 8), "éééé");
  EXPECT_LE(foreign_line(std::string(3000000, 'x').c_str()).size(), kLongestLine);
}

TEST(ForeignText, IsEmptyForANullPointer) {
  EXPECT_EQ(foreign_text(static_cast<const char*>(nullptr)), "");
}

TEST(ForeignText, FitsOnOneLineWhereALineIsWanted) {
  EXPECT_EQ(foreign_line("a\nb\tc"), "a b c");
}

}  // namespace
}  // namespace assay::harness::measure
