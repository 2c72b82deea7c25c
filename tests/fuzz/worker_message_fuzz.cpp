// The lines between the parent and its workers: what is read is written the same again.
#include <string>

#include "harness/worker/answer_check.h"
#include "harness/worker/messages.h"
#include "kernels/error.h"
#include "tests/fuzz/target.h"

namespace worker = assay::harness::worker;
using assay::fuzz::read_message_twice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string line(assay::fuzz::text_of(data, size));
  worker::take_number(line);
  read_message_twice(line, worker::request_in);
  read_message_twice(line, worker::answer_in);
  try {
    worker::require_bounded(worker::answer_in(line));
  } catch (const assay::Error&) {
  }
  try {
    worker::worker_options_in(line);
  } catch (const assay::InputError&) {
  }
  return 0;
}
