// Records as JSON: accepted input is written the same again.
#include <string>

#include "kernels/error.h"
#include "results/record/record.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  try {
    const results::record::Record record =
        results::record::record_from_json(std::string(assay::fuzz::text_of(data, size)));
    const std::string text = results::record::to_json(record);
    promise(results::record::to_json(results::record::record_from_json(text)) == text,
            "a record read back is the same");
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
    return 0;
  }
  return 0;
}
