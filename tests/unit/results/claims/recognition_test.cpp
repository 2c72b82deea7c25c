#include "results/claims/recognition.h"

#include <gmock/gmock.h>

#include "kernels/error.h"

namespace assay::results::claims::recognition_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

System variant(const std::string& id, std::map<std::string, std::string> match,
               const std::string& kind = "chip") {
  System system;
  system.id = system.name = id;
  system.kind = kind;
  system.match = std::move(match);
  return system;
}

record::DeviceIdentity card(double gigabytes, std::uint32_t units = 132) {
  record::DeviceIdentity device;
  device.name = "NVIDIA H800";
  device.memory_bytes = static_cast<std::uint64_t>(gigabytes * 1e9);
  device.compute_units = units;
  return device;
}

Catalogue catalogue() {
  Catalogue out;
  for (const System& system : {variant("small", {{"name", "H800"}, {"memory", "79 GB to 86 GB"}}),
                               variant("large", {{"name", "H800"}, {"memory", "90 GB to 100 GB"}}),
                               variant("cut", {{"name", "H800"}, {"compute_units", "114"}}),
                               variant("node", {{"name", "H800"}}, "node")}) {
    out.systems[system.id] = system;
  }
  return out;
}

std::vector<std::string> candidates(const Recognition& recognition, const Catalogue& from,
                                    const std::string& id, const record::DeviceIdentity& device) {
  std::vector<std::string> out;
  for (const System* one : recognition.candidates(from.systems.at(id), device)) {
    out.push_back(one->id);
  }
  return out;
}

TEST(Recognition, TellsVariantsApartByMemoryAndUnits) {
  const Catalogue from = catalogue();
  const Recognition recognition(from);
  EXPECT_TRUE(recognition.is(from.systems.at("small"), card(85)));
  EXPECT_FALSE(recognition.is(from.systems.at("large"), card(85)));
  EXPECT_TRUE(recognition.is(from.systems.at("large"), card(95)));
  EXPECT_FALSE(recognition.is(from.systems.at("small"), card(88)));
}

TEST(Recognition, JudgesADeviceThatFitsSeveralAgainstNoneUntilToldWhich) {
  const Catalogue from = catalogue();
  const record::DeviceIdentity device = card(85, 114);
  EXPECT_THAT(candidates(Recognition(from), from, "small", device), ElementsAre("cut", "small"));
  EXPECT_FALSE(Recognition(from).is(from.systems.at("small"), device));
  EXPECT_TRUE(Recognition(from, {"cut"}).is(from.systems.at("cut"), device));
  EXPECT_FALSE(Recognition(from, {"cut"}).is(from.systems.at("small"), device));
}

TEST(Recognition, DoesNotMixAChipWithItsNode) {
  const Catalogue from = catalogue();
  EXPECT_THAT(candidates(Recognition(from), from, "node", card(85)), ElementsAre("node"));
}

TEST(Recognition, RefusesAnUnknownSystem) {
  const Catalogue from = catalogue();
  EXPECT_THROW(Recognition(from, {"smal"}), InputError);
}

std::string complaint(const std::string& key, const std::string& pattern) {
  try {
    check_match(key, pattern);
    return "none";
  } catch (const InputError& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
}

TEST(Recognition, ChecksPatternsAndRanges) {
  EXPECT_EQ(complaint("name", "H[12]00"), "none");
  EXPECT_THAT(complaint("name", "H[100"), HasSubstr("not a regular expression"));
  EXPECT_EQ(complaint("memory", "79 GB to 86 GB"), "none");
  EXPECT_EQ(complaint("compute_units", "20"), "none");
  EXPECT_THAT(complaint("memory", "86 GB to 79 GB"), HasSubstr("upside down"));
  EXPECT_THAT(complaint("memory", "79 GHz"), HasSubstr("not in B"));
}

}  // namespace
}  // namespace assay::results::claims::recognition_test
