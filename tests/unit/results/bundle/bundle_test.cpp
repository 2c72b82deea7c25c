#include "results/bundle/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/bundle/archive.h"
#include "results/bundle/gzip.h"
#include "results/bundle/parts.h"
#include "tests/unit/results/bundle/sample.h"

namespace assay::results::bundle {
namespace {

using testing::Contains;
using testing::HasSubstr;

const std::string& sample_bytes() {
  static const std::string bytes = write_bundle(sample_contents(), kSampleWriter);
  return bytes;
}

/// Whether the bytes are refused.
bool refused(const std::string& bytes) {
  try {
    read_bundle(bytes, "x.assay");
    return false;
  } catch (const InputError&) {
    return true;
  }
}

std::string refusal(const std::string& bytes) {
  try {
    read_bundle(bytes, "x.assay");
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Bundle, GivesBackWhatWasPutIn) {
  const BundleContents put = sample_contents();
  const Bundle got = read_bundle(sample_bytes(), "x.assay");
  EXPECT_EQ(got.manifest.written_by, kSampleWriter);
  EXPECT_EQ(got.contents.run.plan, put.run.plan);
  EXPECT_EQ(got.contents.run.command, put.run.command);
  EXPECT_EQ(got.contents.suite, put.suite);
  EXPECT_EQ(got.contents.environments, put.environments);
  ASSERT_EQ(got.contents.records.size(), put.records.size());
  for (std::size_t i = 0; i < put.records.size(); ++i) {
    EXPECT_EQ(to_json(got.contents.records[i]), to_json(put.records[i]));
  }
  EXPECT_EQ(got.sha256, sha256(sample_bytes()));
  EXPECT_TRUE(nlohmann::json::parse(got.claims)["claims"].is_array());
}

TEST(Bundle, IsTheSameToTheBitWhenWrittenAgain) {
  EXPECT_EQ(write_bundle(sample_contents(), kSampleWriter), sample_bytes());
}

TEST(Bundle, HoldsOnlyEnvironmentsThatAreNamed) {
  BundleContents contents = sample_contents();
  contents.environments[sha256("{}")] = "{}";
  EXPECT_EQ(write_bundle(contents, kSampleWriter), sample_bytes());
}

TEST(Bundle, RefusesToHoldRecordsOfTwoRuns) {
  BundleContents contents = sample_contents();
  contents.records[1].run = "another";
  EXPECT_THROW(write_bundle(contents, kSampleWriter), InputError);
}

TEST(Bundle, NoticesAFlippedBitInEachOfItsBytes) {
  std::string bytes = sample_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto bit = static_cast<char>(1 << (i * 5 % 8));
    bytes[i] = static_cast<char>(bytes[i] ^ bit);
    ASSERT_TRUE(refused(bytes)) << "byte " << i;
    bytes[i] = static_cast<char>(bytes[i] ^ bit);
  }
  EXPECT_FALSE(refused(bytes));
}

TEST(Bundle, NoticesEveryBitOfWhereArchivesAreForgiving) {
  // The header of the first part, the sums at the end, and all padding.
  std::string bytes = sample_bytes();
  const std::size_t sums = bytes.find(std::string(kSumsPart));
  for (std::size_t i = 0; i < bytes.size(); i = i == 511 ? sums : i + 1) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      ASSERT_TRUE(refused(bytes)) << "byte " << i << " bit " << bit;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
    }
  }
}

TEST(Bundle, NoticesWhateverIsCutOffOrAdded) {
  const std::string bytes = sample_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_TRUE(refused(bytes.substr(0, length))) << length;
  }
  for (const std::size_t more : {1u, 511u, 512u, 1024u, 9216u}) {
    EXPECT_TRUE(refused(bytes + std::string(more, '\0'))) << more;
  }
  EXPECT_TRUE(refused(bytes + bytes));
}

TEST(Bundle, NamesThePartThatIsDamaged) {
  const auto with_flip_in = [](std::string_view part, std::size_t at = 10) {
    std::string bytes = sample_bytes();
    // The name's first occurrence is in its header; the content follows 512 bytes later.
    const std::size_t header = bytes.find(std::string(part) + '\0');
    bytes[header / 512 * 512 + 512 + at] ^= 4;
    return refusal(bytes);
  };
  for (const std::string_view part : {kPlanPart, kSuitePart, kClaimsPart, kRecordsPart}) {
    EXPECT_THAT(with_flip_in(part),
                HasSubstr(std::string(part) + ": differs from its description in SHA256SUMS"));
  }
  EXPECT_THAT(with_flip_in(kManifestPart, 100), HasSubstr("manifest.json: differs from"));
  // In its second line: the manifest confirms that the part itself is right.
  EXPECT_THAT(with_flip_in(kSumsPart, 100), HasSubstr("SHA256SUMS: does not list"));
  std::string bytes = sample_bytes();
  EXPECT_THAT(refusal(bytes.substr(0, bytes.size() - 1600)), HasSubstr("cut off"));
}

/// The bundle with changed parts and correct hashes, like that of a forger.
template <typename Change>
std::string forged(const Change& change) {
  Parts parts = read_parts(sample_bytes(), "x.assay");
  PartWriter writer;
  for (const Part& part : parts.manifest.parts) {
    std::string name = part.name, content = parts.content(part.name);
    change(name, content, parts.manifest);
    if (!name.empty()) writer.add(name, content);
  }
  return writer.finish(parts.manifest);
}

TEST(Bundle, RefusesPartsThatContradictEachOther) {
  const auto with = [](std::string_view part, const std::string& content) {
    return refusal(forged([&](std::string& name, std::string& text, Manifest&) {
      if (name == part) text = content;
    }));
  };
  EXPECT_EQ(refusal(forged([](auto&, auto&, auto&) {})), "nothing");
  EXPECT_THAT(with(kRecordsPart, ""), HasSubstr("contains 0 records"));
  EXPECT_THAT(with(kRecordsPart, "{}\n"), HasSubstr("records.jsonl.gz line 1: record: schema"));
  EXPECT_THAT(with(kRecordsPart, "{}"), HasSubstr("line 1: the line has no end"));
  const std::string line = to_json(sample_contents().records[0]) + "\n";
  EXPECT_THAT(with(kRecordsPart, line + line), HasSubstr("line 2: the record occurs twice"));
  EXPECT_THAT(refusal(forged([](std::string& name, std::string& text, Manifest&) {
                if (name.starts_with("environment/")) text = "{}";
              })),
              HasSubstr("contains another environment"));
  EXPECT_THAT(refusal(forged([](std::string& name, std::string&, Manifest&) {
                if (name.starts_with("environment/")) name.clear();
              })),
              HasSubstr("is missing"));
  EXPECT_THAT(refusal(forged([](std::string& name, std::string&, Manifest&) {
                if (name == kRecordsPart) name.clear();
              })),
              HasSubstr("records.jsonl.gz is missing"));
}

TEST(Bundle, OfAnotherSchemaIsRefused) {
  const std::string newer =
      forged([](std::string&, std::string&, Manifest& manifest) { manifest.schema = 7; });
  EXPECT_THAT(refusal(newer), HasSubstr("this assay cannot read bundle schema 7"));
  const std::string others =
      forged([](std::string&, std::string&, Manifest& manifest) { manifest.record_schema = 4; });
  EXPECT_THAT(refusal(others), HasSubstr("this assay cannot read record schema 4"));
}

TEST(Bundle, IsKnownByItsBeginning) {
  EXPECT_TRUE(is_bundle(std::string_view(sample_bytes()).substr(0, 512)));
  EXPECT_FALSE(is_bundle("{}"));
  EXPECT_FALSE(is_bundle(archive_of({{"a/b.json", "{}"}})));
}

TEST(Gzip, GivesBackWhatItWasGiven) {
  std::string noise(100000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i)
    noise[i] = static_cast<char>(i * i * 2654435761u >> 24);
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(100000, 'x'), noise}) {
    EXPECT_EQ(gunzip(gzip(text), text.size()), text);
  }
}

TEST(Gzip, RefusesAnotherSizeThanWasSaid) {
  const std::string packed = gzip(std::string(1000, 'x'));
  EXPECT_THROW(gunzip(packed, 999), InputError);
  EXPECT_THROW(gunzip(packed, 1001), InputError);
  EXPECT_THROW(gunzip(packed, std::size_t{1} << 60), InputError);
  EXPECT_THROW(gunzip(packed + "x", 1000), InputError);
  EXPECT_THROW(gunzip(packed.substr(0, packed.size() - 1), 1000), InputError);
  EXPECT_THROW(gunzip("", 0), InputError);
}

TEST(Archive, RefusesNamesThatATarCannotHold) {
  EXPECT_NO_THROW(archive_of({{std::string(100, 'a'), ""}}));
  EXPECT_THROW(archive_of({{std::string(101, 'a'), ""}}), InputError);
  EXPECT_THROW(archive_of({{"", ""}}), InputError);
}

TEST(Archive, GivesBackItsEntriesInOrder) {
  const std::vector<ArchiveEntry> entries = {{"b", "x"}, {"a", std::string(512, 'y')}, {"c", ""}};
  const std::string bytes = archive_of(entries);
  const auto got = read_archive(bytes);
  ASSERT_EQ(got.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(got[i].name, entries[i].name);
    EXPECT_EQ(got[i].content, entries[i].content);
  }
}

}  // namespace
}  // namespace assay::results::bundle
