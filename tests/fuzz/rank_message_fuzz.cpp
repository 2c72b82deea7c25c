// The messages between ranks and their coordinator: what is read is written the same again.
#include <string>

#include "harness/ranks/messages.h"
#include "kernels/error.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

namespace {

namespace ranks = assay::harness::ranks;

template <typename Message>
void read_twice(std::string_view line) {
  try {
    const auto read = assay::harness::worker::message_in<Message>;
    const std::string once = ranks::line_of(read(line));
    promise(once.find('\n') == std::string::npos, "a message is one line");
    promise(ranks::line_of(read(once)) == once, "a message read back is the same");
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = assay::fuzz::text_of(data, size);
  read_twice<ranks::FromRank>(line);
  read_twice<ranks::ToRank>(line);
  read_twice<ranks::DeviceRequest>(line);
  return 0;
}
