// What a fuzz target defines, as libFuzzer wants it. A target returns where the input was read or
// refused by an InputError; anything else thrown, and any broken promise, ends the process. It
// calls accept() where the input was read, so that a corpus that has aged is noticed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace assay::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Whether an input was read since this was last set to false.
inline bool accepted = false;

inline void accept() {
  accepted = true;
}

/// Ends the process if a promise is broken.
inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

/// Reads a message, and promises that what is written of it is one line that reads back the same.
template <typename Read>
void read_message_twice(const std::string& line, const Read& read) {
  try {
    const std::string once = line_of(read(line));
    promise(once.find('\n') == std::string::npos, "a message is one line");
    promise(line_of(read(once)) == once, "a message read back is the same");
    accept();
  } catch (const InputError&) {
  }
}

}  // namespace assay::fuzz
