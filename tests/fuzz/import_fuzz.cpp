// Imports: each importer reads or refuses any input, and what was read is the same after an export
// to JSON lines and another import.
#include <sstream>
#include <string>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

namespace {

std::string lines_of(const assay::results::record::RecordSet& record_set) {
  std::ostringstream out;
  assay::results::exchange::find_exporter("json-lines", "").write(record_set, {}, out);
  return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view content = assay::fuzz::text_of(data, size);
  const results::exchange::ImportFile file = {"file", content, assay::sha256(content),
                                              "2026-01-01T00:00:00.000Z"};
  for (const results::exchange::Importer* importer : results::exchange::importers()) {
    importer->recognises(content);
    try {
      const std::string lines = lines_of(import_file(*importer, file));
      const results::exchange::ImportFile again = {"again", lines, assay::sha256(lines),
                                                   file.changed};
      promise(
          lines_of(import_file(results::exchange::find_importer("json-lines", ""), again)) == lines,
          "what was imported comes back the same");
      assay::fuzz::accept();
    } catch (const assay::InputError&) {
      continue;
    }
  }
  return 0;
}
