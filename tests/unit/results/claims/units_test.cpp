#include "results/claims/units.h"

#include <gtest/gtest.h>

#include <random>

#include "kernels/error.h"
#include "results/claims/quantity_kind.h"
#include "results/claims/value.h"

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
  const char* units[] = {"FLOP/s",  "B",       "B/s",   "W",       "s",     "Hz",  "USD",
                         "token/s", "1",       "J",     "EUR",     "CNY",   "JPY", "GBP",
                         "USD/s",   "query/s", "image", "J/token", "GPU·s", "°C",  "sample/s"};
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
  for (const char* text : {"3 TFLOPs", "3 XB", "3 GiW", "3 B/", "3 (B", "3 B)", "x", "", "3 Ktoken",
                           "nan B", "3 gb"}) {
    EXPECT_THROW(parse_quantity(text), InputError) << text;
  }
  try {
    parse_quantity("3 TFLOPs");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("TFLOPs"), std::string::npos);
    EXPECT_NE(error.hint().find("FLOP/s"), std::string::npos);
  }
}

// Property: what is printed in any unit parses back to the same value and dimension.
TEST(Units, ParseBackWhatTheyPrint) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> magnitude(-8, 19);
  for (const char* unit :
       {"FLOP/s", "B", "B/s", "W", "s", "token/s", "FLOP/s/W", "1", "USD/h", "CNY/token", "J/token",
        "query/s", "GPU·h", "token/s/W", "USD/GPU/h", "°C", "USD/query"}) {
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

/// The error of a text, with its hint.
std::string complaint(const char* text) {
  try {
    parse_value(text);
  } catch (const InputError& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "none";
}

TEST(Units, ReadTheSpellingsOfSources) {
  EXPECT_EQ(dimension("Gbps"), dimension("Gbit/s"));
  EXPECT_DOUBLE_EQ(base("400 Gbps"), 50e9);
  EXPECT_DOUBLE_EQ(base("2.4 TBps"), 2.4e12);
  EXPECT_DOUBLE_EQ(base("3.2 Tbps"), 0.4e12);
  EXPECT_DOUBLE_EQ(base("300 PFLOPS"), 300e15);
  EXPECT_DOUBLE_EQ(base("20 TOPS"), 20e12);
  EXPECT_DOUBLE_EQ(base("900 GB/sec"), 900e9);
  EXPECT_DOUBLE_EQ(base("2.3×"), 2.3);
  EXPECT_DOUBLE_EQ(base("2 USD per hour"), 2.0 / 3600);
  EXPECT_DOUBLE_EQ(base("87,072 USD/day"), 87072.0 / 86400);
  EXPECT_DOUBLE_EQ(base("2.19 USD/Mtoken"), 2.19e-6);
  EXPECT_DOUBLE_EQ(base("2.788M GPU·h"), 2.788e6 * 3600);
  EXPECT_DOUBLE_EQ(base("0.4 J/token"), 0.4);
  EXPECT_DOUBLE_EQ(base("1.5 kW·h"), 1.5e3 * 3600);
  EXPECT_DOUBLE_EQ(base("85 °C"), 85);
  EXPECT_DOUBLE_EQ(base("16.78 images/s"), 16.78);
  EXPECT_EQ(dimension("token/s/W"), dimension("token/J"));
}

TEST(Units, ReadDeviceHoursAsOneUnit) {
  const double hours = 2.788e6 * 3600;
  for (const char* text : {"2.788M GPU·h", "2.788M GPU hours", "2.788M GPU-hours"}) {
    EXPECT_DOUBLE_EQ(base(text), hours) << text;
    EXPECT_EQ(parse_quantity(text).dimension, dimension("GPU·h")) << text;
  }
  EXPECT_EQ(dimension("USD per GPU hour"), dimension("USD/GPU/h"));
  EXPECT_DOUBLE_EQ(base("3600 USD per GPU-hour"), 1);
  EXPECT_THROW(parse_unit("GPU token"), InputError);
}

TEST(Units, ReadThousandsAndSuffixesWhereTheyMeanOneThing) {
  EXPECT_DOUBLE_EQ(base("5,842.5 token/s"), 5842.5);
  EXPECT_DOUBLE_EQ(base("1,448"), 1448);
  EXPECT_DOUBLE_EQ(base("73.7k token/s"), 73700);
  EXPECT_DOUBLE_EQ(base("2.788M"), 2.788e6);
  EXPECT_DOUBLE_EQ(base("14.8 trillion tokens"), 14.8e12);
  EXPECT_DOUBLE_EQ(parse_quantity("73.7k token/s").half_digit, 50);
  EXPECT_DOUBLE_EQ(base("671B"), 671);  // bytes
  for (const char* text : {"1,5 TB/s", "0,500 W", "1.234,5 W", "1,23,456 W", "12,34 W"}) {
    EXPECT_NE(complaint(text).find("comma"), std::string::npos) << text;
  }
}

TEST(Values, ReadRanges) {
  for (const char* text : {"1.5 x to 1.96 x", "1.5–1.96×", "1.5-1.96x", "1.5 to 1.96 x"}) {
    const PublishedValue value = parse_value(text);
    EXPECT_TRUE(value.is_range) << text;
    EXPECT_DOUBLE_EQ(value.ends.lower, 1.5) << text;
    EXPECT_DOUBLE_EQ(value.ends.upper, 1.96) << text;
    EXPECT_DOUBLE_EQ(value.range.lower, 1.45) << text;
    EXPECT_DOUBLE_EQ(value.range.upper, 1.965) << text;
    EXPECT_EQ(value.text, text);
  }
  EXPECT_DOUBLE_EQ(parse_value("30–40k token/s").ends.lower, 30000);
  EXPECT_DOUBLE_EQ(parse_value("900 GB/s to 1.2 TB/s").ends.lower, 900e9);
  EXPECT_FALSE(parse_value("1.5e-3 s").is_range);
  EXPECT_NE(complaint("1.96 x to 1.5 x").find("exchange its two numbers"), std::string::npos);
  EXPECT_NE(complaint("1 W to 2 B").find("range from W to B"), std::string::npos);
  EXPECT_NE(complaint("1 W to 2").find("unit after the first number only"), std::string::npos);
}

TEST(Values, ReadChangesAsRatios) {
  EXPECT_DOUBLE_EQ(parse_value("+45 %").quantity.value, 1.45);
  EXPECT_EQ(parse_value("+45 %").quantity.unit, "x");
  EXPECT_DOUBLE_EQ(parse_value("+45%").quantity.half_digit, 0.005);
  EXPECT_FALSE(parse_value("+45 %").reduction);
  EXPECT_DOUBLE_EQ(parse_value("-30 %").quantity.value, 0.7);
  EXPECT_TRUE(parse_value("-30 %").reduction);
  EXPECT_DOUBLE_EQ(parse_value("+30-40 %").ends.upper, 1.4);
  EXPECT_DOUBLE_EQ(parse_value("-30 % to -40 %").ends.lower, 0.6);
  EXPECT_DOUBLE_EQ(parse_value("45 %").quantity.value, 0.45);
  EXPECT_NE(complaint("+45 W").find("not a change in %"), std::string::npos);
  EXPECT_NE(complaint("-100 %").find("by everything"), std::string::npos);
}

TEST(Values, ReadBoundsAndMaxima) {
  EXPECT_EQ(parse_value("more than 520,000 token/s").bound, Comparison::at_least);
  EXPECT_EQ(parse_value("at least 99 %").bound, Comparison::at_least);
  EXPECT_EQ(parse_value("≥ 3 TB/s").bound, Comparison::at_least);
  EXPECT_EQ(parse_value("less than 50 ms").bound, Comparison::at_most);
  EXPECT_EQ(parse_value("no more than 700 W").bound, Comparison::at_most);
  EXPECT_EQ(parse_value("up to +45 %").bound, Comparison::equal);
  EXPECT_TRUE(parse_value("up to +45 %").maximum);
  EXPECT_FALSE(parse_value("300 PFLOP/s").maximum);
  EXPECT_EQ(parse_value("300 PFLOP/s").text, "");
  EXPECT_NE(complaint("more than 1 to 2 W").find("bound with a range"), std::string::npos);
  EXPECT_NE(complaint("about more than 5 W").find("keep the bound"), std::string::npos);
  EXPECT_NE(complaint("quite 5 W").find("does not begin with a number"), std::string::npos);
}

TEST(Values, MakeTheLastDigitOfAnApproximationTenTimesAsUncertain) {
  for (const char* text : {"about 73.7k token/s", "~73.7k token/s", "roughly 73.7k token/s"}) {
    EXPECT_DOUBLE_EQ(parse_value(text).range.lower, 73200) << text;
    EXPECT_DOUBLE_EQ(parse_value(text).range.upper, 74200) << text;
  }
}

TEST(Units, HintAtWhatMendsAnUnknownOne) {
  EXPECT_NE(complaint("42.5 exaflops").find("EFLOP/s"), std::string::npos);
  EXPECT_NE(complaint("400 Gb/s").find("Gbit for bits"), std::string::npos);
  EXPECT_NE(complaint("900 tps").find("token/s"), std::string::npos);
  EXPECT_NE(complaint("2 $/h").find("USD"), std::string::npos);
  EXPECT_NE(complaint("$2/h").find("2 USD/h"), std::string::npos);
  EXPECT_NE(complaint("10,000+ token/s").find("more than"), std::string::npos);
  EXPECT_NE(complaint("2 ¥/h").find("CNY or JPY"), std::string::npos);
}

TEST(Units, KnowOfWhichTheSmallerIsBetter) {
  for (const char* unit : {"s", "J", "W", "USD", "USD/h", "CNY/token", "J/token", "°C", "GPU·h"}) {
    EXPECT_TRUE(less_is_better(dimension(unit))) << unit;
  }
  for (const char* unit : {"FLOP/s", "B", "token/s", "token/s/W", "token/USD", "1", "Hz"}) {
    EXPECT_FALSE(less_is_better(dimension(unit))) << unit;
  }
}

TEST(Units, FoldOneCurrencyIntoDollarsAndNoExchangeRate) {
  EXPECT_EQ(in_dollars(dimension("CNY/h")), dimension("USD/h"));
  EXPECT_EQ(in_dollars(dimension("CNY/USD")), dimension("CNY/USD"));
  EXPECT_NE(dimension("CNY"), dimension("USD"));
}

TEST(Quantities, KnowPricesRatesAndEnergies) {
  const std::pair<const char*, const char*> known[] = {{"price.hour", "USD/h"},
                                                       {"price.day.service", "USD/day"},
                                                       {"price.token.output", "USD/token"},
                                                       {"price.training", "USD"},
                                                       {"rate.image", "image/s"},
                                                       {"rate.query.server", "query/s"},
                                                       {"rate.sample", "sample/s"},
                                                       {"energy.token", "J/token"},
                                                       {"temperature", "°C"},
                                                       {"accuracy", "1"},
                                                       {"time.training", "s"},
                                                       {"time.device.training", "GPU·s"},
                                                       {"efficiency.watt.token", "token/J"}};
  for (const auto& [name, unit] : known) EXPECT_EQ(dimension_of(name), dimension(unit)) << name;
  EXPECT_TRUE(kind_of("rate.token.decode")->of_workload);
  EXPECT_FALSE(kind_of("peak.bf16")->of_workload);
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
