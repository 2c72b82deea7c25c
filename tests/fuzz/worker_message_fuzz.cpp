// The lines between the parent and its workers: what is read is written the same again.
#include <string>

#include "harness/worker/answer_check.h"
#include "harness/worker/messages.h"
#include "kernels/error.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

namespace {

namespace worker = assay::harness::worker;

template <typename Read>
void read_twice(const std::string& line, const Read& read) {
  try {
    const std::string once = worker::line_of(read(line));
    promise(once.find('\n') == std::string::npos, "a message is one line");
    promise(worker::line_of(read(once)) == once, "a message read back is the same");
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string line(assay::fuzz::text_of(data, size));
  worker::take_number(line);
  read_twice(line, worker::request_in);
  read_twice(line, worker::answer_in);
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
