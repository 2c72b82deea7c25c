#include "kernels/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(KnownSecrets, AreMaskedInEveryWayOfWritingThem) {
  for (const char* text : {
           "postgresql://ada:kept-quiet@db.example/assay",
           "host=db.example user=ada password=kept-quiet dbname=assay",
           "host=db password = kept-quiet",
           "host=db password='kept-quiet with blanks'",
           "host=db password=\"kept-quiet with blanks\"",
           "postgresql://db.example/assay?user=ada&p%61ssword=kept-quiet",
           "https://x.example/a?access%5Ftoken=kept-quiet&v=1",
           "https://x.example/a?X-Amz-Signature=kept-quiet",
           "--password kept-quiet",
           "--api-key=kept-quiet",
           "--hf-token 'kept-quiet'",
           "Authorization: Bearer kept-quiet",
           "authorization: basic a2VwdC1xdWlldA==kept-quiet",
           "X-Api-Key: kept-quiet",
           "Cookie: session=kept-quiet; other=kept-quiet",
           "{\"token\": \"kept-quiet\"}",
           "{\\\"token\\\": \\\"kept-quiet\\\"}",
           "{\\\"token\\\": \\\"0 kept-quiet\\\"}",
           "password=\\\"kept-quiet with blanks\\\"",
           "--pass kept-quiet",
           "run --db-pwd kept-quiet",
           "password: kept-quiet",
           "NVIDIA_API_KEY=kept-quiet",
           "nvapi-kept-quiet-0123456789",
           "sk-kept-quiet-0123456789",
           "-----BEGIN PRIVATE KEY-----\nkept-quiet",
       }) {
    EXPECT_THAT(without_known_secrets(text), testing::Not(testing::HasSubstr("kept-quiet")))
        << text;
    EXPECT_TRUE(has_known_secret(text)) << text;
    // What was masked is not masked again.
    EXPECT_FALSE(has_known_secret(without_known_secrets(text))) << without_known_secrets(text);
  }
}

TEST(KnownSecrets, AreNotSeenInOrdinaryTexts) {
  for (const char* text :
       {"matmul m=4096 n=4096 k=4096 a=bf16 b=bf16 c=f32 layout=nn dist=uniform seed=1",
        "expert_dispatch tokens=128 experts=256 top=8 type=bf16",
        "assay run --suite quick --device cpu:0 --db /tmp/a.db",
        "oneDNN 3.0.0, passes=3, 100% of 12 GB", "task-management of disk-encryption",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Mitigation: Speculative Store Bypass disabled via prctl", "12:30 @ 2 GHz", "basic block",
        "nvcr.io/nvidia/pytorch:24.01-py3@sha256:9f86d081884c7d659a2feaa0c55ad015",
        "docker://pytorch:24.01-py3@sha256:9f86d081884c7d659a2feaa0c55ad015", "cuda:0@host1",
        "bytes per token: 128", "bytes per token: 1.5, in all", "{\"token\": 128}",
        "two-pass softmax", "multi-token prediction", "libauth.so: symbol not found", ""}) {
    EXPECT_EQ(without_known_secrets(text), text);
  }
}

TEST(KnownSecrets, AreMaskedInVeryLongTexts) {
  std::string text(300000, 'x');
  text += " password=kept-quiet " + std::string(300000, 'y');
  EXPECT_THAT(without_known_secrets(text), testing::Not(testing::HasSubstr("kept-quiet")));
}

TEST(KnownSecrets, AreMaskedWhereALongTextIsDivided) {
  std::string words;
  while (words.size() < 5000) words += "words ";
  for (std::size_t padding = 4060; padding <= 4100; ++padding) {
    for (const std::string secret : {"--password kept-quiet", "Authorization: Basic kept-quiet"}) {
      const std::string text = words.substr(words.size() - padding) + secret + " and more";
      EXPECT_EQ(without_known_secrets(text).find("kept-quiet"), std::string::npos) << padding;
    }
  }
}

}  // namespace
}  // namespace assay
