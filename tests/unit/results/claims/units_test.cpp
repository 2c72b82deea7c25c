#include "results/claims/units.h"

#include <gtest/gtest.h>

#include <random>

#include "kernels/error.h"

namespace assay::results::claims {
namespace {

double base(const char* text) {
  return parse_quantity(text).value;
}
Dimension dimension(const char* unit) {
  return parse_unit(unit).dimension;
}

TEST(Units, ReadsPublishedFigures) {
  EXPECT_DOUBLE_EQ(base("300 PFLOP/s"), 300e15);
  EXPECT_DOUBLE_EQ(base("3.2 TB/s"), 3.2e12);
  EXPECT_DOUBLE_EQ(base("49.2 TB"), 49.2e12);
  EXPECT_DOUBLE_EQ(base("559 kW"), 559e3);
  EXPECT_DOUBLE_EQ(base("1.5 µs"), 1.5e-6);
  EXPECT_DOUBLE_EQ(base("1.5 us"), 1.5e-6);
  EXPECT_DOUBLE_EQ(base("1830 MHz"), 1.83e9);
  EXPECT_DOUBLE_EQ(base("6688 token/s"), 6688);
  EXPECT_DOUBLE_EQ(base("25 kUSD"), 25e3);
  EXPECT_DOUBLE_EQ(base("384"), 384);
  EXPECT_DOUBLE_EQ(base("2.3 x"), 2.3);
  EXPECT_DOUBLE_EQ(base("86.8 %"), 0.868);
  EXPECT_DOUBLE_EQ(base("4.45 (token/s)/(TFLOP/s)"), 4.45e-12);
}

TEST(Units, TakeHalfAUnitOfTheLastDigitForTheRounding) {
  const auto half_digit = [](const char* text) { return parse_quantity(text).half_digit; };
  EXPECT_DOUBLE_EQ(half_digit("300 PFLOP/s"), 0.5e15);
  EXPECT_DOUBLE_EQ(half_digit("3.20 TB/s"), 0.005e12);
  EXPECT_DOUBLE_EQ(half_digit("1.5e3 W"), 50);
  EXPECT_DOUBLE_EQ(half_digit("86.8 %"), 0.0005);
  EXPECT_DOUBLE_EQ(half_digit("384"), 0);
  EXPECT_DOUBLE_EQ(half_digit("1.5"), 0.05);
}

TEST(Units, TellsGigabytesFromGibibytes) {
  EXPECT_DOUBLE_EQ(base("128 GB"), 128e9);
  EXPECT_DOUBLE_EQ(base("128 GiB"), 128.0 * 1024 * 1024 * 1024);
}

TEST(Units, TellsBitsFromBytes) {
  EXPECT_DOUBLE_EQ(base("400 Gbit/s"), 50e9);
  EXPECT_EQ(dimension("Gbit/s"), dimension("GB/s"));
}

TEST(Units, CountsAnIntegerOperationAsOne) {
  EXPECT_EQ(dimension("TOP/s"), dimension("TFLOP/s"));
}

TEST(Units, KeepsUnlikeDimensionsApart) {
  const char* units[] = {"FLOP/s", "B", "B/s", "W", "s", "Hz", "USD", "token/s", "1", "J"};
  for (const char* a : units) {
    for (const char* b : units) {
      EXPECT_EQ(dimension(a) == dimension(b), std::string(a) == b) << a << " and " << b;
    }
  }
}

TEST(Units, DivideFromLeftToRight) {
  EXPECT_EQ(dimension("FLOP/s/W"), dimension("(FLOP/s)/W"));
  EXPECT_EQ(dimension("W/(FLOP/s)"), dimension("J/FLOP"));
  EXPECT_NE(dimension("FLOP/s/W"), dimension("FLOP/(s/W)"));
}

TEST(Units, RefusesWhatIsNoUnitAndSaysWhatIs) {
  for (const char* text : {"3 TFLOPS", "3 XB", "3 GiW", "3 B/", "3 (B", "3 B)", "x", "", "3 Ktoken",
                           "nan B", "3 gb"}) {
    EXPECT_THROW(parse_quantity(text), InputError) << text;
  }
  try {
    parse_quantity("3 TFLOPS");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("TFLOPS"), std::string::npos);
    EXPECT_NE(error.hint().find("TFLOP/s"), std::string::npos);
  }
}

// Property: what is printed in any unit parses back to the same value and dimension.
TEST(Units, ParseBackWhatTheyPrint) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> magnitude(-8, 19);
  for (const char* unit : {"FLOP/s", "B", "B/s", "W", "s", "token/s", "FLOP/s/W", "1"}) {
    for (int i = 0; i < 200; ++i) {
      const double value = std::pow(10.0, magnitude(random));
      const std::string text = format_quantity(value, dimension(unit), 12);
      const Quantity back = parse_quantity(text);
      EXPECT_NEAR(back.value / value, 1, 1e-9) << text;
      EXPECT_EQ(back.dimension, dimension(unit)) << text;
    }
  }
}

// Property: a prefix multiplies, whatever the unit.
TEST(Units, ScaleByTheirPrefix) {
  const std::pair<const char*, double> prefixes[] = {{"n", 1e-9}, {"m", 1e-3}, {"k", 1e3},
                                                     {"M", 1e6},  {"G", 1e9},  {"T", 1e12},
                                                     {"P", 1e15}, {"E", 1e18}};
  for (const char* unit : {"FLOP", "OP", "B", "bit", "s", "Hz", "W", "J", "USD"}) {
    for (const auto& [prefix, scale] : prefixes) {
      EXPECT_DOUBLE_EQ(parse_unit(std::string(prefix) + unit).scale,
                       scale * parse_unit(unit).scale);
    }
  }
}

TEST(Units, PrintReadably) {
  const Dimension rate = dimension("FLOP/s");
  EXPECT_EQ(format_quantity(288.768e15, rate), "288.8 PFLOP/s");
  EXPECT_EQ(format_quantity(999.96e12, rate), "1 PFLOP/s");
  EXPECT_EQ(format_in(1.6667, "x"), "1.667×");
  EXPECT_EQ(format_in(0.868, "%"), "86.8%");
  EXPECT_EQ(format_in(6912, "", 6), "6912");
}

TEST(Quantities, KnowTheirDimensionByName) {
  EXPECT_EQ(dimension_of("peak.bf16"), dimension("FLOP/s"));
  EXPECT_EQ(dimension_of("peak.bf16.press"), dimension("FLOP/s"));
  EXPECT_EQ(dimension_of("memory.capacity"), dimension("B"));
  EXPECT_EQ(dimension_of("power"), dimension("W"));
  EXPECT_EQ(dimension_of("chips"), Dimension{});
  EXPECT_FALSE(dimension_of("memory"));
  EXPECT_FALSE(dimension_of("peaks.bf16"));
}

}  // namespace
}  // namespace assay::results::claims
