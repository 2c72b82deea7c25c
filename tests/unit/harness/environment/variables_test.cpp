#include "harness/environment/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/secrets.h"

namespace assay::harness::environment {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The recorded variables of these "NAME=value", if modules declare VENDOR_* and OMP_*.
std::map<std::string, std::string> recorded(std::vector<const char*> environment) {
  environment.push_back(nullptr);
  auto patterns = general_variables();
  patterns.insert(patterns.end(), {"VENDOR_*", "OMP_*", "EXACTLY", "*"});
  return recorded_variables(environment.data(), patterns);
}

TEST(RecordedVariables, AreThoseThatPatternsName) {
  const auto out = recorded({"OMP_NUM_THREADS=4", "EXACTLY=1", "EXACTLY_NOT=1", "HOME=/root",
                             "LD_PRELOAD=/opt/lib/libjemalloc.so.2", "malformed"});
  EXPECT_THAT(out, testing::UnorderedElementsAre(
                       testing::Pair("OMP_NUM_THREADS", "4"), testing::Pair("EXACTLY", "1"),
                       testing::Pair("LD_PRELOAD", "/opt/lib/libjemalloc.so.2")));
}

TEST(RecordedVariables, LeaveOutWhatDiffersFromProcessToProcess) {
  EXPECT_THAT(recorded({"ASSAY_DB=/tmp/a.db", "ASSAY_RANK=1", "ASSAY_RANKS=2", "ASSAY_SLOT=0",
                        "ASSAY_SLOTS=2", "ASSAY_JOB=j", "ASSAY_RENDEZVOUS=h:1",
                        "ASSAY_BACKEND_PATH=/opt/modules"}),
              testing::ElementsAre(testing::Pair("ASSAY_BACKEND_PATH", "/opt/modules")));
}

/// The recorded variables must contain none of the secrets in the environment.
TEST(RecordedVariables, HoldNoSecret) {
  const std::vector<std::pair<const char*, const char*>> planted = {
      {"VENDOR_API_KEY=kept-quiet-01", "kept-quiet-01"},
      {"VENDOR_token=kept-quiet-02", "kept-quiet-02"},
      {"VENDOR_SECRET_FILE=kept-quiet-03", "kept-quiet-03"},
      {"OMP_PASSPHRASE=kept-quiet-04", "kept-quiet-04"},
      {"VENDOR_CREDENTIALS=kept-quiet-05", "kept-quiet-05"},
      {"VENDOR_OAUTH=kept-quiet-06", "kept-quiet-06"},
      {"VENDOR_Cookie_JAR=kept-quiet-07", "kept-quiet-07"},
      {"ASSAY_PASSWORD=kept-quiet-08", "kept-quiet-08"},
      {"VENDOR_CACHE=redis://ada:kept-quiet-09@cache.example:6379/0", "kept-quiet-09"},
      {"VENDOR_STORE=postgresql://ada:kept/quiet-10@db.example/assay", "quiet-10"},
      {"VENDOR_PROXY=ada:kept-quiet-11@proxy.example:3128", "kept-quiet-11"},
      {"VENDOR_URL=https://x.example/a?user=ada&access_token=kept-quiet-12&v=1", "kept-quiet-12"},
      {"VENDOR_OPTIONS=--threads=4 --password=kept-quiet-13", "kept-quiet-13"},
      {"VENDOR_HEADER=Authorization: Bearer kept-quiet-14", "kept-quiet-14"},
      {"VENDOR_A=sk-proj-0123456789abcdef", "0123456789abcdef"},
      {"VENDOR_B=ghp_aaaabbbbccccddddeeeeffff", "aaaabbbbcccc"},
      {"VENDOR_C=AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"},
      {"VENDOR_D=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLE9q", "K7MDENG"},
      {"VENDOR_E=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "hbGciOiJIUzI1NiJ9"},
      {"VENDOR_F=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "9f86d081"},
      {"OMP_G=prefix,Zx81kQ0pLm47TrVw92Yb,suffix", "Zx81kQ0pLm47TrVw92Yb"},
      {"LD_PRELOAD=/opt/Zx81kQ0pLm47TrVw92Yb/libx.so", "Zx81kQ0pLm47TrVw92Yb"},
      {"VENDOR_H=-----BEGIN PRIVATE KEY-----\nkept-quiet-15", "kept-quiet-15"},
  };
  for (const auto& [variable, secret] : planted) {
    for (const auto& [name, value] : recorded({variable})) {
      EXPECT_THAT(name + "=" + value, Not(HasSubstr(secret))) << variable;
    }
  }
}

TEST(RecordedVariables, KeepVariablesThatInfluenceMeasurements) {
  for (const char* value :
       {"0,1,2,3", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",
        "MIG-GPU-8932f937-d72c-4106-c12f-20bd9faed9f6/7/0", "{0:4}:2", "0-3,8-11", "[0xff,0xff00]",
        "/usr/local/cuda-12.4/lib64:/opt/maca/lib", "max_split_size_mb:512,roundup:8",
        "/nix/store/0c1wq7nxm3r5k9y2v8d4b6h1z0s7p3fa-glibc-2.38/lib/libm.so.6", "^openib,vader",
        "glibc.malloc.trim_threshold=128:glibc.pthread.rseq=0", "mlx5_0:1,mlx5_1:1", "Ring,Tree",
        "AVX512_CORE_AMX", "CloudMatrix384-Ascend910C-Node17-Rack2", "cores", ""}) {
    const std::string variable = std::string("VENDOR_X=") + value;
    EXPECT_THAT(recorded({variable.c_str()}),
                testing::ElementsAre(testing::Pair("VENDOR_X", value)));
  }
}

TEST(WithoutSecrets, KeepsTheRestOfAUrlAndOfBootParameters) {
  EXPECT_EQ(without_secrets("redis://ada:x@cache.example/0"), "redis://[masked]@cache.example/0");
  const char* boot =
      "root=PARTUUID=1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901 ro iommu.passthrough=1 mitigations=off "
      "isolcpus=2-15 hugepagesz=1G hugepages=16 vconsole.keymap=de";
  EXPECT_EQ(without_secrets(boot), boot);
}

}  // namespace
}  // namespace assay::harness::environment
