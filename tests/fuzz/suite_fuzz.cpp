// Suite files: errors name the file, and accepted suites contain problems.
#include <string>

#include "harness/plan/suite.h"
#include "kernels/error.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto suite =
        assay::harness::plan::parse_suite(assay::fuzz::text_of(data, size), "fuzzed.toml");
    promise(!suite.name.empty() && !suite.problems.empty(), "a suite has a name and problems");
    assay::fuzz::accept();
  } catch (const assay::InputError& error) {
    promise(std::string(error.what()).starts_with("fuzzed.toml:"), "a refusal names the file");
  }
  return 0;
}
