#include "results/network/network.h"

#include <gmock/gmock.h>

#include "kernels/error.h"

namespace assay::results::network {
namespace {

TEST(Network, EveryDescribedNetworkIsCompleteInTheCatalogue) {
  const claims::Catalogue catalogue = claims::built_in_catalogue();
  for (const std::string& system : systems_with_networks()) {
    const Network network = network_of(catalogue, system);
    EXPECT_TRUE(catalogue.systems.contains(network.endpoint)) << system;
    EXPECT_EQ(network.endpoints, network.tiers.back().endpoints);
    for (const Tier& tier : network.tiers) {
      EXPECT_GT(tier.port.value, 1e9) << system << ' ' << tier.name;
      EXPECT_GT(tier.latency.value, 1e-8);
      EXPECT_LT(tier.latency.value, 1e-4);
      EXPECT_GT(tier.efficiency.value, 0.3);
      EXPECT_LE(tier.efficiency.value, 1);
      EXPECT_GT(tier.efficiency.uncertainty, 0);
      EXPECT_FALSE(tier.port.source.empty());
    }
  }
}

TEST(Network, CloudmatrixHasTheFiguresOfThePaper) {
  const Network network = network_of(claims::built_in_catalogue(), "cloudmatrix384");
  ASSERT_EQ(network.tiers.size(), 2U);
  EXPECT_EQ(network.endpoints, 768);
  EXPECT_DOUBLE_EQ(network.tiers[0].port.value, 196e9);
  EXPECT_DOUBLE_EQ(network.tiers[1].uplink.value, 7 * 448e9);
  EXPECT_DOUBLE_EQ(network.tiers[1].latency.value, 2.1e-6);
  EXPECT_DOUBLE_EQ(network.tiers[1].efficiency.value, 164.0 / 196);
  EXPECT_FALSE(network.tiers[1].latency.assumed);
}

TEST(Network, NamesAMissingFigure) {
  claims::Catalogue catalogue = claims::built_in_catalogue();
  catalogue.systems.at("ascend910c-die").properties.erase("link.bandwidth.ub");
  std::erase_if(catalogue.claims, [](const claims::Claim& claim) {
    return claim.system == "ascend910c-die" && claim.quantity == "link.bandwidth.ub";
  });
  try {
    network_of(catalogue, "cloudmatrix384");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("needs ascend910c-die:link.bandwidth.ub"));
  }
}

TEST(Network, RefusesAnUnknownNetworkWithTheNearestName) {
  try {
    network_of(claims::built_in_catalogue(), "cloudmatrix");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.hint(), testing::HasSubstr("cloudmatrix384"));
  }
}

TEST(Network, GrowsByWholeNodes) {
  const Network network = network_of(claims::built_in_catalogue(), "cloudmatrix384");
  EXPECT_EQ(scaled(network, 8192).endpoints, 8192);
  EXPECT_THROW(scaled(network, 100), InputError);
  EXPECT_THROW(scaled(network, 0), InputError);
  EXPECT_THROW(scaled(network, 100'000'000), InputError);
}

}  // namespace
}  // namespace assay::results::network
