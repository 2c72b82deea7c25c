#include "results/claims/catalogue.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "kernels/error.h"
#include "results/claims/audit.h"
#include "results/claims/catalogue_lint.h"

namespace assay::results::claims::catalogue_test {
namespace {

using testing::HasSubstr;

/// A temporary folder that is deleted at the end of the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

const char* const kGood = R"toml(
[[set]]
id = "talk"
title = "A talk"
[sources.page]
title = "A page"
date = "2025-01-01"
[[system]]
id = "box"
name = "Box"
vendor = "Maker"
kind = "chip"
match = { name = "Box [0-9]" }
[[system.property]]
quantity = "peak.bf16"
value = "10 TFLOP/s"
standing = "press"
source = "page"
[[claim]]
id = "box-peak"
statement = "A box peaks at 10 TFLOP/s"
sets = ["talk"]
system = "box"
quantity = "peak.bf16"
value = "10 TFLOP/s"
standing = "press"
source = "page"
[claim.test]
quantity = "rate.flop(gemm)"
problems = { gemm = "matmul a=bf16" }
[[relation]]
id = "same"
statement = "The claim is the figure"
left = "box:peak.bf16"
right = "claim:box-peak"
)toml";

/// The error when `text` is loaded: message and hint.
std::string complaint(const std::string& text) {
  const Folder folder;
  try {
    load_catalogue({folder.write("mine.toml", text)});
  } catch (const InputError& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "none";
}

std::string with(const std::string& from, const std::string& to, std::string text = kGood) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Catalogue, LoadsItsFiles) {
  const Folder folder;
  const Catalogue catalogue = load_catalogue({folder.write("mine.toml", kGood)});
  ASSERT_EQ(catalogue.claims.size(), 1u);
  const Claim& claim = find_claim(catalogue, "box-peak");
  EXPECT_EQ(claim.system, "box");
  ASSERT_TRUE(claim.value);
  EXPECT_DOUBLE_EQ(claim.value->value, 10e12);
  EXPECT_DOUBLE_EQ(claim.value->written, 10);
  EXPECT_EQ(claim.value->unit, "TFLOP/s");
  EXPECT_EQ(claim.source.title, "A page");
  EXPECT_DOUBLE_EQ(find_system(catalogue, "box").figure("peak.bf16")->value, 10e12);
  EXPECT_EQ(catalogue.sha256.size(), 64u);
}

TEST(Catalogue, HashesEveryByteOfItsFiles) {
  const Folder folder;
  const auto first = load_catalogue({folder.write("mine.toml", kGood)}).sha256;
  const auto same = load_catalogue({folder.write("mine.toml", kGood)}).sha256;
  const auto other = load_catalogue({folder.write("mine.toml", with("A talk", "A walk"))}).sha256;
  EXPECT_EQ(first, same);
  EXPECT_NE(first, other);
}

TEST(CatalogueErrors, NameFileLineAndKeyOfAnUnknownKey) {
  const std::string text = complaint(with("vendor = ", "vendr = "));
  EXPECT_THAT(text, HasSubstr("mine.toml:11: system.vendr: unknown key"));
  EXPECT_THAT(text, HasSubstr("did you mean `vendor`?"));
}

TEST(CatalogueErrors, NameTheLineOfBrokenSyntax) {
  EXPECT_THAT(complaint(with("kind = \"chip\"", "kind = \"chip")), HasSubstr("mine.toml:12"));
}

TEST(CatalogueErrors, RefuseAUnitOfAnotherDimension) {
  const std::string text = complaint(with("10 TFLOP/s\"\nstanding", "10 TB/s\"\nstanding"));
  EXPECT_THAT(text, HasSubstr("mine.toml:16: system.property.value"));
  EXPECT_THAT(text, HasSubstr("B/s"));
  EXPECT_THAT(text, HasSubstr("FLOP/s"));
}

TEST(CatalogueErrors, RefuseAnUnknownUnitQuantityStandingSourceAndKind) {
  EXPECT_THAT(complaint(with("10 TFLOP/s", "10 TFLOPs")), HasSubstr("unknown unit `TFLOPs`"));
  EXPECT_THAT(complaint(with("\"peak.bf16\"", "\"peek.bf16\"")), HasSubstr("unknown quantity"));
  EXPECT_THAT(complaint(with("\"press\"", "\"pres\"")), HasSubstr("did you mean `press`?"));
  EXPECT_THAT(complaint(with("source = \"page\"", "source = \"pge\"")),
              HasSubstr("did you mean `page`?"));
  EXPECT_THAT(complaint(with("\"chip\"", "\"chips\"")), HasSubstr("`chips` is not a kind"));
}

TEST(CatalogueErrors, RefuseMissingKeys) {
  EXPECT_THAT(complaint(with("vendor = \"Maker\"\n", "")), HasSubstr("system.vendor: missing"));
  EXPECT_THAT(complaint(with("sets = [\"talk\"]\n", "")), HasSubstr("must name at least one set"));
}

TEST(CatalogueErrors, RefuseASecondUseOfAnId) {
  const std::string again = std::string(kGood) +
                            "[[claim]]\nid = \"box-peak\"\nstatement = \"x\"\nsets = [\"talk\"]\n"
                            "standing = \"press\"\nsource = \"page\"\nuntestable = \"vague\"\n";
  EXPECT_THAT(complaint(again), HasSubstr("claim `box-peak` is already defined at"));
}

TEST(CatalogueErrors, RefuseClaimsOfUnknownSystemsAndSets) {
  EXPECT_THAT(complaint(with("system = \"box\"", "system = \"bax\"")),
              HasSubstr("unknown system `bax` | did you mean `box`?"));
  EXPECT_THAT(complaint(with("sets = [\"talk\"]", "sets = [\"tank\"]")),
              HasSubstr("unknown set `tank` | did you mean `talk`?"));
}

TEST(CatalogueErrors, RefuseAClaimWithNeitherQuantityNorReason) {
  EXPECT_THAT(complaint(with("quantity = \"peak.bf16\"\nvalue = \"10 TFLOP/s\"\nstanding = "
                             "\"press\"\nsource = \"page\"\n[claim.test]\nquantity = "
                             "\"rate.flop(gemm)\"\nproblems = { gemm = \"matmul a=bf16\" }\n",
                             "standing = \"press\"\nsource = \"page\"\n")),
              HasSubstr("either a quantity, or `untestable`"));
}

TEST(CatalogueErrors, RefuseTestsOfUnknownProblems) {
  EXPECT_THAT(complaint(with("matmul a=bf16", "matmull a=bf16")),
              HasSubstr("did you mean `matmul`?"));
  EXPECT_THAT(complaint(with("matmul a=bf16", "matmul kk=1")), HasSubstr("no field `kk`"));
  EXPECT_THAT(complaint(with("rate.flop(gemm)", "rate.flop(gem)")),
              HasSubstr("did you mean `gemm`?"));
}

TEST(CatalogueErrors, RefuseAPeakThatIsTestedInAnotherType) {
  for (const char* other : {"matmul a=f16", "matmul a=bf16 b=f16", "matmul a=f32 b=f32"}) {
    EXPECT_THAT(
        complaint(with("matmul a=bf16", other)),
        testing::AllOf(HasSubstr("mine.toml:19: claim `box-peak`: test: a problem with"),
                       HasSubstr("does not reach peak.bf16"), HasSubstr("other_type = true")))
        << other;
  }
  EXPECT_THAT(complaint(with("matmul a=bf16", "matmul b=bf16")),
              HasSubstr("does not say which type it computes in"));
  EXPECT_EQ(complaint(with("problems = {", "other_type = true\nproblems = {",
                           with("matmul a=bf16", "matmul a=f16"))),
            "none");
}

TEST(CatalogueErrors, KnowTheTypesOfAFamily) {
  const auto tested = [](const std::string& peak, const std::string& type) {
    const std::string quantity = "quantity = \"" + peak + "\"";
    std::string text = with("quantity = \"peak.bf16\"", quantity);
    text = with("quantity = \"peak.bf16\"", quantity, text);
    return complaint(with("box:peak.bf16", "box:" + peak, with("a=bf16", "a=" + type, text)));
  };
  EXPECT_EQ(tested("peak.f8", "f8e4m3"), "none");
  EXPECT_EQ(tested("peak.f8", "mxfp8e5m2"), "none");
  EXPECT_EQ(tested("peak.f4", "nvfp4"), "none");
  EXPECT_EQ(tested("peak.bf16.cube", "bf16"), "none");
  EXPECT_THAT(tested("peak.f8", "i8"), HasSubstr("does not reach peak.f8"));
  EXPECT_THAT(tested("peak.i8", "f8e4m3"), HasSubstr("does not reach peak.i8"));
  EXPECT_THAT(tested("peak.f4", "f8e4m3"), HasSubstr("does not reach peak.f4"));
  EXPECT_THAT(tested("peak.f32", "tf32"), HasSubstr("does not reach peak.f32"));
}

constexpr const char* kShare = R"toml(
[[share]]
system = "box"
quantity = "peak.bf16"
problem = "matmul a=bf16 b=bf16"
lower = 0.7
upper = 0.9
best = "8.5 TFLOP/s"
implementation = "the maker's library"
standing = "measurement"
source = "page"
)toml";

TEST(CatalogueErrors, RefuseAShareOfAnotherTypeOrThatItsBestRateContradicts) {
  const std::string good = std::string(kGood) + kShare;
  EXPECT_EQ(complaint(good), "none");
  EXPECT_THAT(
      complaint(with("a=bf16 b=bf16", "a=f16 b=f16", good)),
      testing::AllOf(HasSubstr("mine.toml:37: share"), HasSubstr("does not reach peak.bf16")));
  EXPECT_THAT(complaint(with("best = \"8.5 TFLOP/s\"", "best = \"5.0 TFLOP/s\"", good)),
              HasSubstr("is 0.5 of the published peak, outside 0.7 to 0.9"));
  EXPECT_THAT(complaint(with("upper = 0.9", "upper = 1.2", good)), HasSubstr("from 0.01 to"));
}

/// The value of the claim, where the system's property has the same text.
std::string with_claimed(const std::string& value) {
  const std::string text = kGood;
  const std::size_t claim = text.find("[[claim]]");
  return text.substr(0, claim) +
         with("10 TFLOP/s", value, with("peaks at 10 TFLOP/s", "is fast", text.substr(claim)));
}

TEST(CatalogueErrors, RefuseValuesThatNothingCanBeComparedWith) {
  EXPECT_EQ(complaint(with_claimed("10 TFLOP/s")), "none");
  EXPECT_THAT(complaint(with_claimed("-10 TFLOP/s")), HasSubstr("is negative"));
  EXPECT_THAT(complaint(with_claimed("0 TFLOP/s")), HasSubstr("is zero"));
  EXPECT_THAT(complaint(with_claimed("1e308 TFLOP/s")), HasSubstr("larger than anything"));
  EXPECT_THAT(complaint(with_claimed(std::string(300, '9') + " TFLOP/s")),
              HasSubstr("larger than anything"));
  EXPECT_THAT(complaint(with_claimed("1e-300 TFLOP/s")), HasSubstr("smaller than anything"));
  EXPECT_THAT(complaint(with_claimed("10 TFLOP/s\"\nuncertainty = \"150 %")),
              HasSubstr("uncertainty: is as large as the value"));
}

TEST(CatalogueErrors, AreShortForALongValue) {
  EXPECT_LT(complaint(with_claimed(std::string(400, '9') + " TFLOP/s")).size(), 300u);
  std::string deep = std::string(9000, '(') + "box:peak.bf16" + std::string(9000, ')');
  EXPECT_LT(complaint(with("left = \"box:peak.bf16\"", "left = \"" + deep + "\"")).size(), 400u);
}

TEST(CatalogueErrors, NameFileAndLineOnce) {
  const std::string said = complaint(with_claimed("10 TFLOP/s\"\nuncertainty = 5 # \""));
  EXPECT_THAT(said, HasSubstr("uncertainty: must be a string in quotes"));
  EXPECT_EQ(said.find("mine.toml"), said.rfind("mine.toml"));
}

TEST(Catalogue, TakesTheSpacesOfWebPages) {
  EXPECT_EQ(complaint(with_claimed("10\u00a0TFLOP/s")), "none");
  EXPECT_EQ(complaint(with_claimed("10\u202fTFLOP/s")), "none");
}

TEST(CatalogueErrors, RefuseTextsThatAReaderDoesNotSee) {
  EXPECT_THAT(complaint(with("A box peaks", "A \\u001b[31mbox peaks")),
              HasSubstr("claim.statement: has control characters"));
  EXPECT_THAT(complaint(with("A box peaks", "\u202eA box peaks")), HasSubstr("writing direction"));
  EXPECT_THAT(complaint(with("A box peaks at 10 TFLOP/s", " \u00a0")),
              HasSubstr("claim.statement: is empty"));
}

TEST(CatalogueErrors, RefuseAnEmptyFile) {
  EXPECT_THAT(complaint("# nothing\n"), HasSubstr("mine.toml:1: the file has no entry"));
}

TEST(CatalogueErrors, RefuseAPatternThatEveryDeviceMatches) {
  for (const char* pattern : {".*", ".", "^.+$", "[a-z]", "box|"}) {
    EXPECT_THAT(complaint(with("Box [0-9]", pattern)), HasSubstr("would match every device"))
        << pattern;
  }
}

TEST(CatalogueErrors, RefuseABandwidthThatIsTestedByArithmetic) {
  const auto tested = [](const std::string& operation) {
    std::string text = with("quantity = \"peak.bf16\"\nvalue = \"10 TFLOP/s\"",
                            "quantity = \"memory.bandwidth\"\nvalue = \"3.0 TB/s\"");
    text = with("quantity = \"peak.bf16\"\nvalue = \"10 TFLOP/s\"",
                "quantity = \"memory.bandwidth\"\nvalue = \"3.0 TB/s\"", text);
    text = with("box:peak.bf16", "box:memory.bandwidth", text);
    text = with("rate.flop(gemm)", "rate.byte(gemm)", text);
    return complaint(with("matmul a=bf16", operation, text));
  };
  EXPECT_EQ(tested("copy"), "none");
  EXPECT_THAT(tested("matmul a=bf16"), HasSubstr("is not limited by the memory"));
}

TEST(CatalogueErrors, RefuseAProblemToRunThatDecidesNothing) {
  EXPECT_THAT(
      complaint(with("problems = {", "run = [\"matmul m=64 n=64 k=64 a=f32\"]\nproblems = {")),
      HasSubstr("agrees with none of `problems`, so it decides nothing"));
}

TEST(CatalogueErrors, RefuseTestsOfAnotherDimensionThanTheClaim) {
  EXPECT_THAT(complaint(with("rate.flop(gemm)", "rate.byte(gemm)")),
              HasSubstr("is in B/s, the claim's value in FLOP/s"));
  EXPECT_THAT(complaint(with("rate.flop(gemm)", "rate.flop(gemm) / rate.flop(gemm)")),
              HasSubstr("is in 1, the claim's value in FLOP/s"));
  EXPECT_THAT(complaint(with("rate.flop(gemm)", "speed(gemm)")), HasSubstr("speed"));
}

TEST(CatalogueErrors, RefuseRelationsOfUnknownFigures) {
  EXPECT_THAT(complaint(with("left = \"box:peak.bf16\"", "left = \"box:peak.bf61\"")),
              HasSubstr("did you mean `peak.bf16`?"));
  EXPECT_THAT(complaint(with("claim:box-peak", "claim:box-peek")),
              HasSubstr("did you mean `box-peak`?"));
}

TEST(CatalogueErrors, RefuseRelationsBetweenDifferentDimensions) {
  EXPECT_THAT(
      complaint(with("left = \"box:peak.bf16\"", "left = \"box:peak.bf16 * box:peak.bf16\"")),
      HasSubstr("relation `same`: left is in"));
  EXPECT_THAT(complaint(with("left = \"box:peak.bf16\"", "left = \"box:peak.bf16 + 3\"")),
              HasSubstr("different dimensions"));
}

// Property: after any part of a file is removed, loading it succeeds or reports an error.
TEST(CatalogueErrors, AreReportedForAnyDamagedFile) {
  const std::string good = kGood;
  const Folder folder;
  int refused = 0;
  for (std::size_t at = 0; at < good.size(); at += 3) {
    for (const std::size_t length : {std::size_t{1}, std::size_t{7}, good.size()}) {
      std::string text = good;
      text.erase(at, length);
      try {
        load_catalogue({folder.write("mine.toml", text)});
      } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("mine.toml:"));
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 500);
}

TEST(CatalogueErrors, RefuseAClaimWithoutASource) {
  EXPECT_THAT(complaint(with("source = \"page\"\n[claim.test]", "[claim.test]")),
              HasSubstr("claim.source: missing"));
}

TEST(CatalogueErrors, RefuseAClaimStatedInTermsOfItself) {
  const auto claim = [](const std::string& id, const std::string& quantity) {
    return "[[claim]]\nid = \"" + id + "\"\nstatement = \"x\"\nsets = [\"talk\"]\nquantity = \"" +
           quantity + "\"\nvalue = \"2 x\"\nstanding = \"press\"\nsource = \"page\"\n";
  };
  const std::string text =
      complaint(kGood + claim("one", "claim:two * 1") + claim("two", "claim:one * 1"));
  EXPECT_THAT(text, HasSubstr("stated in terms of itself: one > two > one"));
}

TEST(CatalogueErrors, RefuseInvalidUtf8WithItsLine) {
  EXPECT_THAT(complaint(with("A talk", "A \xff talk")), HasSubstr("mine.toml:4"));
}

TEST(CatalogueErrors, RefuseAnEnormousFile) {
  EXPECT_THAT(complaint(std::string(std::size_t{100} << 20, '#')),
              HasSubstr("is larger than 8 MiB"));
}

TEST(CatalogueErrors, RefuseInvalidRules) {
  const std::string rule =
      "[[rule]]\nid = \"twice\"\nstatement = \"x\"\nover = \"systems\"\n"
      "left = \"self:peak.{T} * self:peak.{T}\"\nright = \"self:peak.{T}\"\n";
  EXPECT_THAT(complaint(kGood + rule), HasSubstr("rule `twice`: left is in"));
}

TEST(CheckedCatalogues, KeepValidEntriesAndNameAllInvalidOnes) {
  const Folder folder;
  const std::string text = with("vendor = ", "vendr = ");
  const std::string more = "[[set]]\nid = \"good\"\ntitle = \"Good\"\n[[set]]\nid = \"Bad id\"\n";
  const CheckedCatalogue checked =
      check_catalogue({folder.write("mine.toml", text), folder.write("more.toml", more),
                       folder.write("broken.toml", "[[")});
  EXPECT_TRUE(checked.catalogue.sets.contains("good"));
  EXPECT_TRUE(checked.catalogue.sets.contains("waic-2025"));
  EXPECT_FALSE(checked.catalogue.systems.contains("box"));
  // The claim and the relation about the removed system are removed too.
  EXPECT_THROW(find_claim(checked.catalogue, "box-peak"), InputError);
  ASSERT_EQ(checked.errors.size(), 5u);
}

TEST(CatalogueErrors, RefuseAFileThatCannotBeRead) {
  EXPECT_THROW(load_catalogue({"/nowhere/at-all.toml"}), InputError);
}

TEST(CatalogueLookup, SuggestsTheNearestIdAndListsSets) {
  const Folder folder;
  const Catalogue catalogue = load_catalogue({folder.write("mine.toml", kGood)});
  try {
    find_set(catalogue, "tlak");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("did you mean `talk`?"));
    EXPECT_THAT(error.hint(), HasSubstr("sets are talk"));
  }
  EXPECT_THROW(find_claim(catalogue, "nothing"), InputError);
  EXPECT_THROW(find_system(catalogue, "nothing"), InputError);
}

TEST(CatalogueLookup, FindsClaimsWhereverTheyStand) {
  Catalogue catalogue = built_in_catalogue();
  EXPECT_EQ(catalogue.claim_places.size(), catalogue.claims.size());
  const std::string last = catalogue.claims.back().id;
  EXPECT_EQ(&find_claim(catalogue, last), &catalogue.claims.back());
  // A list that was changed after its claims were counted.
  std::swap(catalogue.claims.front(), catalogue.claims.back());
  EXPECT_EQ(&find_claim(catalogue, last), &catalogue.claims.front());
  catalogue.claims.resize(1);
  EXPECT_EQ(&find_claim(catalogue, last), &catalogue.claims.front());
}

TEST(BuiltInCatalogue, LoadsWithAllSystemsAndSets) {
  const Catalogue catalogue = built_in_catalogue();
  for (const char* system : {"cloudmatrix384", "ascend910c", "gb200-nvl72", "gb200", "h100-sxm",
                             "h200-sxm", "mi300x", "amd-zen4", "amd-zen5"}) {
    EXPECT_TRUE(catalogue.systems.contains(system)) << system;
  }
  EXPECT_TRUE(catalogue.sets.contains("waic-2025"));
  EXPECT_TRUE(catalogue.sets.contains("amd-zen4"));
}

TEST(BuiltInCatalogue, StatesTheFiguresAsPublished) {
  const Catalogue catalogue = built_in_catalogue();
  const auto figure = [&](const char* system, const char* quantity) {
    return catalogue.systems.at(system).figure(quantity)->value;
  };
  EXPECT_DOUBLE_EQ(figure("cloudmatrix384", "peak.bf16"), 300e15);
  EXPECT_DOUBLE_EQ(figure("ascend910c", "peak.bf16"), 752e12);
  EXPECT_DOUBLE_EQ(catalogue.systems.at("ascend910c").properties.at("peak.bf16").at(1).value,
                   780e12);
  EXPECT_DOUBLE_EQ(figure("gb200-nvl72", "power"), 145e3);
  EXPECT_DOUBLE_EQ(figure("h200-sxm", "memory.bandwidth"), 4.8e12);
  EXPECT_DOUBLE_EQ(figure("mi300x", "peak.bf16"), 1307.4e12);
  EXPECT_DOUBLE_EQ(figure("mi300x", "peak.f64"), 163.4e12);
  EXPECT_DOUBLE_EQ(figure("mi300x", "peak.f64.vector"), 81.7e12);
  EXPECT_DOUBLE_EQ(figure("b200-sxm", "peak.i8"), 4500e12);
  EXPECT_DOUBLE_EQ(figure("b300-sxm", "peak.i8"), 150e12);
}

TEST(BuiltInCatalogue, GivesEveryFigureASource) {
  const Catalogue catalogue = built_in_catalogue();
  for (const auto& [id, system] : catalogue.systems) {
    for (const auto& [quantity, properties] : system.properties) {
      for (const Property& property : properties) {
        EXPECT_FALSE(property.source.title.empty()) << id << " " << quantity;
      }
    }
  }
  for (const Claim& claim : catalogue.claims) EXPECT_FALSE(claim.source.title.empty()) << claim.id;
}

TEST(BuiltInCatalogue, SaysWhatWouldDecideEachTestableClaim) {
  for (const Claim& claim : built_in_catalogue().claims) {
    if (!claim.untestable.empty()) continue;
    EXPECT_TRUE(!claim.decide.empty() || (claim.test && !claim.test->run.empty())) << claim.id;
  }
}

TEST(CatalogueLint, NamesAllThatAClaimLacks) {
  Claim claim;
  claim.source_key = "page";
  std::vector<std::string> found;
  for (const Lack& lack : lacks(claim)) found.push_back(lack.what);
  EXPECT_THAT(found, testing::ElementsAre("no quote", "no date of publication in [sources.page]",
                                          "no date of reading in [sources.page]"));
  claim.quote = "a table row";
  claim.source.date = "2025-06";
  claim.source.read = "2025-06-16";
  EXPECT_THAT(lacks(claim), testing::IsEmpty());
  claim.source.read = "2025-05-31";
  ASSERT_EQ(lacks(claim).size(), 1u);
  EXPECT_THAT(lacks(claim)[0].what, HasSubstr("before it was published"));
  claim.source.date = "2025-06-15";
  claim.source.read = "2099-01-01";
  EXPECT_THAT(lacks(claim)[0].what, HasSubstr("in the future"));
  claim.source.date = "2099-01";
  EXPECT_THAT(lacks(claim)[0].what, HasSubstr("is dated 2099-01, in the future"));
  claim.source.read = "2025-06-16";
  for (const char* date : {"2025-02-30", "0000", "2025-13", "2025-00-10", "25-01-01"}) {
    claim.source.date = date;
    EXPECT_THAT(lacks(claim)[0].what, HasSubstr("is no date")) << date;
  }
  claim.source.date = "2024-02-29";
  EXPECT_THAT(lacks(claim), testing::IsEmpty());
  claim.source.url = "javascript:alert(1)";
  EXPECT_THAT(lacks(claim)[0].what, HasSubstr("is no address of the web"));
  claim.source.url = "https://example.org";
  claim.quote = "\u00a0\u2003";
  EXPECT_THAT(lacks(claim)[0].what, HasSubstr("no quote"));
  claim.quote = "a table row";
  claim.source.read = "yesterday";
  EXPECT_THAT(lacks(claim)[0].what, HasSubstr("is no day"));
  claim = Claim();
  claim.derived = "a calculation";
  EXPECT_THAT(lacks(claim), testing::IsEmpty());
}

TEST(CatalogueLint, AppliesToTheFilesOfTheUserOnly) {
  const Folder folder;
  const auto file = folder.write("mine.toml", kGood);
  EXPECT_EQ(load_catalogue({file}).claims.size(), 1u);
  EXPECT_THROW(extended_catalogue({file}), InputError);
  const CheckedCatalogue checked = check_catalogue({file});
  ASSERT_FALSE(checked.errors.empty());
  EXPECT_THAT(checked.errors[0].what(), HasSubstr("mine.toml:19: claim `box-peak`: no quote"));
}

// Not a test of the catalogue: it lists what is to be completed in it.
TEST(CatalogueLint, ListsBuiltInClaimsThatLackSomething) {
  std::size_t incomplete = 0;
  std::map<std::string, int> missing;
  for (const Claim& claim : built_in_catalogue().claims) {
    const auto found = lacks(claim);
    incomplete += found.empty() ? 0 : 1;
    for (const Lack& lack : found) {
      ++missing[lack.what.ends_with(" is no date") ? "no valid date"
                                                   : lack.what.substr(0, lack.what.find(" in ["))];
    }
  }
  for (const auto& [what, claims] : missing) std::printf("%4d claims: %s\n", claims, what.c_str());
  RecordProperty("incomplete_claims", static_cast<int>(incomplete));
}

std::string claim_with(const std::string& lines) {
  return with(
      "quantity = \"peak.bf16\"\nvalue = \"10 TFLOP/s\"\nstanding = \"press\"\nsource = "
      "\"page\"\n[claim.test]\nquantity = \"rate.flop(gemm)\"\nproblems = { gemm = "
      "\"matmul a=bf16\" }\n",
      lines + "\nstanding = \"press\"\nsource = \"page\"\n");
}

Claim claim_of(const std::string& lines) {
  const Folder folder;
  std::string text = claim_with(lines);
  text.erase(text.find("[[relation]]"));
  return load_catalogue({folder.write("mine.toml", text)}).claims.at(0);
}

TEST(CatalogueErrors, NameTheQuantityThatIsInTheUnit) {
  const auto said = [](const std::string& quantity, const std::string& value) {
    return complaint(claim_with("quantity = \"" + quantity + "\"\nvalue = \"" + value + "\""));
  };
  EXPECT_THAT(said("energy", "0.5 J/token"), HasSubstr("a quantity in this unit is energy.token;"));
  EXPECT_THAT(said("price", "2 USD/h"), HasSubstr("price.day, price.hour"));
  EXPECT_THAT(said("time.training", "2.788M GPU hours"), HasSubstr("is time.device;"));
  EXPECT_THAT(said("power", "1000"), HasSubstr("write the unit behind the number"));
  EXPECT_THAT(said("throughput", "+45 %"), HasSubstr("unknown quantity `throughput`"));
}

TEST(CatalogueErrors, RefuseARatioInPercentThatMayMeanTwoThings) {
  const auto said = [](const std::string& value) {
    return complaint(claim_with("quantity = \"ratio.price\"\nvalue = \"" + value + "\""));
  };
  for (const char* value : {"30-40%", "60 %", "30 % to 40 %"}) {
    EXPECT_THAT(said(value), HasSubstr("may mean more by so much, or so much of it")) << value;
  }
  for (const char* value : {"+30-40 %", "-30 %", "0.6 x"}) {
    EXPECT_THAT(said(value), testing::Not(HasSubstr("may mean"))) << value;
  }
}

TEST(CatalogueErrors, NameTheVariantsOfASystem) {
  const std::string two = with("[[claim]]",
                               "[[system]]\nid = \"box-pro\"\nname = \"Box Pro\"\n"
                               "vendor = \"Maker\"\nkind = \"chip\"\n[[claim]]");
  EXPECT_THAT(complaint(with("system = \"box\"", "system = \"bo\"", two)),
              HasSubstr("did you mean `box`?"));
  EXPECT_THAT(complaint(with("id = \"box\"", "id = \"box-mini\"", two)),
              HasSubstr("ids that begin like this are box-mini, box-pro"));
}

TEST(CatalogueClaims, TakeTheComparisonFromTheValue) {
  const Claim claim = claim_of("quantity = \"rate.token\"\nvalue = \"more than 520,000 token/s\"");
  EXPECT_EQ(claim.comparison, Comparison::at_least);
  EXPECT_DOUBLE_EQ(claim.value->range.lower, 520000);
  EXPECT_EQ(shown(*claim.value), "more than 520,000 token/s");
  EXPECT_THAT(complaint(claim_with("quantity = \"rate.token\"\ncomparison = \"at most\"\nvalue = "
                                   "\"more than 520,000 token/s\"")),
              HasSubstr("claim.comparison: is `at most`, but the value is `more than"));
  EXPECT_THAT(complaint(claim_with("quantity = \"rate.token\"\ncomparison = \"at most\"\nvalue = "
                                   "\"up to 900 token/s\"")),
              HasSubstr("promises that some case reaches the value"));
}

TEST(CatalogueClaims, WithAnUnnamedBaselineAreUntestable) {
  const Claim claim =
      claim_of("quantity = \"ratio.throughput\"\nbaseline = \"unnamed\"\nvalue = \"2.87 x\"");
  EXPECT_THAT(claim.untestable, HasSubstr("does not name what it compares with"));
  EXPECT_THAT(claim.untestable, HasSubstr("2.87×"));
  EXPECT_THAT(complaint(claim_with("quantity = \"ratio.throughput\"\nbaseline = \"h20\"\nvalue = "
                                   "\"2.87 x\"")),
              HasSubstr("unknown baseline `h20`"));
  EXPECT_THAT(complaint(claim_with("quantity = \"power\"\nbaseline = \"unnamed\"\nvalue = "
                                   "\"5 W\"")),
              HasSubstr("belongs to a ratio"));
}

TEST(CatalogueClaims, HaveConditionsOfTheirTypes) {
  const std::string rate = "quantity = \"rate.token\"\nvalue = \"900 token/s\"\nconditions = ";
  const Claim claim = claim_of(
      rate +
      "{ model = \"Llama-2 70B\", ttft = \"less than 2 s\", concurrency = \"64\", accuracy = "
      "\"99.9 %\" }");
  EXPECT_EQ(conditions_text(claim),
            "accuracy 99.9 %; concurrency 64; model Llama-2 70B; TTFT less than 2 s");
  EXPECT_THAT(complaint(claim_with(rate + "{ ttft = \"5 W\" }")), HasSubstr("is not a time"));
  EXPECT_THAT(complaint(claim_with(rate + "{ concurrency = \"1.5\" }")), HasSubstr("not a count"));
  EXPECT_THAT(complaint(claim_with(rate + "{ accuracy = \"130 %\" }")), HasSubstr("not a share"));
  EXPECT_THAT(complaint(claim_with(rate + "{ modle = \"x\" }")), HasSubstr("did you mean"));
}

TEST(CatalogueClaims, InTwoCurrenciesAreNotCompared) {
  const Folder folder;
  const std::string text = with("[[claim]]", R"toml([[system.property]]
quantity = "price"
value = "2 USD"
standing = "press"
source = "page"
[[system.property]]
quantity = "price"
value = "2 CNY"
standing = "press"
source = "other"
[sources.other]
title = "Another page"
[[rule]]
id = "agree"
statement = "Figures agree"
over = "pairs"
left = "b"
right = "a"
quantities = ["price"]
[[claim]])toml");
  const Catalogue catalogue = load_catalogue({folder.write("mine.toml", text)});
  EXPECT_EQ(find_system(catalogue, "box").properties.at("price").size(), 2u);
  for (const Finding& finding : audit(catalogue)) EXPECT_EQ(finding.relation, "same");
}

TEST(CatalogueErrors, NameBothDimensionsAndHowToMendThem) {
  EXPECT_THAT(complaint(claim_with("quantity = \"price.hour\"\nvalue = \"5 W\"")),
              HasSubstr("is in W, but price.hour is in USD/h or another currency"));
  EXPECT_THAT(complaint(claim_with("quantity = \"rate.token\"\nvalue = \"7,583 token/s/GPU\"")),
              HasSubstr("a figure per device belongs to the system that is one device"));
  EXPECT_THAT(complaint(claim_with("quantity = \"power\"\nvalue = \"-30 %\"")),
              HasSubstr("is a change, but power is none"));
  EXPECT_DOUBLE_EQ(claim_of("quantity = \"price.hour\"\nvalue = \"7 CNY/h\"").value->value,
                   7.0 / 3600);
}

}  // namespace
}  // namespace assay::results::claims::catalogue_test
