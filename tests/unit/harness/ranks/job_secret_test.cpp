#include "harness/ranks/job_secret.h"

#include <gtest/gtest.h>
#include <zmq.h>

#include <set>

namespace assay::harness::ranks {
namespace {

TEST(JobSecret, TheSameSecretGivesTheSameKeysAndAnotherOneOthers) {
  const JobSecret one = JobSecret::random(), other = JobSecret::random();
  const auto copy = JobSecret::from_hex(one.hex());
  ASSERT_TRUE(copy);
  EXPECT_EQ(*copy, one);
  EXPECT_EQ(copy->server_keys().public_key, one.server_keys().public_key);
  std::set<std::string> keys;
  for (const JobSecret* secret : {&one, &other}) {
    for (const KeyPair& pair : {secret->server_keys(), secret->client_keys()}) {
      keys.insert({pair.public_key, pair.secret_key});
    }
  }
  EXPECT_EQ(keys.size(), 8U);
}

TEST(JobSecret, ItsKeysAreNotTheSecretItself) {
  const JobSecret secret = *JobSecret::from_hex(std::string(64, '0'));
  const unsigned char zero[32] = {};
  char text[41] = {};
  zmq_z85_encode(text, zero, sizeof zero);
  EXPECT_NE(secret.server_keys().secret_key, text);
  EXPECT_NE(secret.client_keys().secret_key, text);
}

TEST(JobSecret, OtherTextsAreNone) {
  for (const std::string& text :
       {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g'),
        " 1" + std::string(62, '0'), "-1" + std::string(62, '0'), "0x" + std::string(62, '0')}) {
    EXPECT_FALSE(JobSecret::from_hex(text)) << text;
  }
}

}  // namespace
}  // namespace assay::harness::ranks
