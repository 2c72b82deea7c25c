// The messages between ranks and their coordinator: what is read is written the same again.
#include <string>

#include "harness/ranks/messages.h"
#include "tests/fuzz/target.h"

namespace ranks = assay::harness::ranks;
using assay::fuzz::read_message_twice;
using assay::harness::worker::message_in;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(assay::fuzz::text_of(data, size));
  read_message_twice(line, message_in<ranks::FromRank>);
  read_message_twice(line, message_in<ranks::ToRank>);
  read_message_twice(line, message_in<ranks::DeviceRequest>);
  return 0;
}
