// Systems by the names that people write.
#include "results/claims/system_names.h"

#include <gmock/gmock.h>

#include <string>

#include "kernels/error.h"

namespace assay::results::claims {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Catalogue& catalogue() {
  static const Catalogue all = built_in_catalogue();
  return all;
}

std::string id_of(const std::string& text) {
  const System* found = system_as_written(catalogue(), text);
  return found == nullptr ? "" : found->id;
}

std::string refusal(const std::string& text) {
  try {
    named_system(catalogue(), text);
  } catch (const InputError& error) {
    return std::string(error.what()) + " / " + std::string(error.hint());
  }
  return "";
}

TEST(SystemNames, AreTakenWithoutRegardToCaseSpacesAndPunctuation) {
  EXPECT_EQ(id_of("H100 SXM"), "h100-sxm");
  EXPECT_EQ(id_of("h100_sxm"), "h100-sxm");
  EXPECT_EQ(id_of("MI300X"), "mi300x");
  EXPECT_EQ(id_of("CloudMatrix 384"), "cloudmatrix384");
  EXPECT_EQ(id_of("GB200"), "gb200");
}

TEST(SystemNames, EveryIdAndTheIdInCapitalsNameTheirSystem) {
  for (const auto& [id, system] : catalogue().systems) {
    EXPECT_EQ(id_of(id), id);
    std::string capitals = id;
    for (char& c : capitals) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    EXPECT_EQ(id_of(capitals), id);
  }
}

TEST(SystemNames, OfSeveralVariantsAreRefusedWithAllOfThem) {
  EXPECT_THAT(refusal("H100"),
              AllOf(HasSubstr("`H100` may be"), HasSubstr("h100-nvl"), HasSubstr("h100-pcie"),
                    HasSubstr("h100-sxm"), HasSubstr("name one of them")));
}

TEST(SystemNames, ThatNobodyHasAreRefusedWithTheNearest) {
  EXPECT_THAT(refusal("MI300Y"),
              AllOf(HasSubstr("no system `MI300Y`"), HasSubstr("did you mean `mi300")));
  EXPECT_EQ(id_of("H10"), "");
  EXPECT_EQ(id_of("--"), "");
}

}  // namespace
}  // namespace assay::results::claims
