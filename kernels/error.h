// The exceptions inside a process: what went wrong, and how to fix it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace assay {

/// An error that a person can act on. `what()` says what was being done and why it failed;
/// `mend()` says what to do next and may be empty.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, std::string mend = {})
      : std::runtime_error(what), mend_(std::move(mend)) {}

  const std::string& mend() const { return mend_; }

 private:
  std::string mend_;
};

/// Bad usage or bad input (exit code 2): a flag, a file, a problem text. The message names the
/// place (file and line, flag, or field).
class InputError : public Error {
 public:
  using Error::Error;
};

}  // namespace assay
