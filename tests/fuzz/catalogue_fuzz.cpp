// Catalogue files: accepted claims can be judged.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "kernels/error.h"
#include "results/claims/catalogue.h"
#include "results/claims/verdict.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

namespace {

/// A file in memory with these bytes.
std::string file_of(const std::uint8_t* data, std::size_t size) {
  static const int descriptor = memfd_create("fuzzed", 0);
  promise(ftruncate(descriptor, 0) == 0 &&
              pwrite(descriptor, data, size, 0) == static_cast<ssize_t>(size),
          "a file in memory can be written");
  return "/proc/self/fd/" + std::to_string(descriptor);
}

assay::results::record::Record measured_record() {
  assay::results::record::Record record;
  record.problem = "fma n=64 steps=1 type=f32 acc=f32 dist=integer seed=1";
  record.operation = "fma";
  record.device.name = "a device";
  record.implementation = {"native/own", assay::results::record::Division::native, {}};
  record.work = {128, 1e9, assay::kernels::DataType::f32};
  record.device_seconds = {1e-6, 1.1e-6, 1.2e-6};
  record.summary = assay::results::statistics::summarize(record.device_seconds);
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<assay::results::record::Record> records = {measured_record()};
  try {
    const auto catalogue = assay::results::claims::load_catalogue({file_of(data, size)});
    const auto verdicts = assay::results::claims::Judge(catalogue, records).verdicts("");
    promise(verdicts.size() == catalogue.claims.size(), "every claim gets a verdict");
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
    return 0;
  }
  return 0;
}
