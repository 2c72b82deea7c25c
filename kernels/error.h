// The one exception family inside a process: what went wrong, and what the user can do about it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace assay {

/// What an error means to whoever ran the command; each kind has an exit code of its own.
enum class ErrorKind {
  input,  ///< bad usage or bad input: the person can correct it, and nothing was changed
  failed  ///< the request was right and it failed: a locked or lost store, a full disk, a fault
};

/// An error that a person can act on. `what()` says what was being done and why it failed;
/// `hint()` says what to do next and may be empty.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, std::string hint = {})
      : Error(ErrorKind::failed, what, std::move(hint)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& hint() const { return hint_; }

 protected:
  Error(ErrorKind kind, const std::string& what, std::string hint)
      : std::runtime_error(what), kind_(kind), hint_(std::move(hint)) {}

 private:
  ErrorKind kind_;
  std::string hint_;
};

/// Bad usage or bad input (exit code 2): a flag, a file, a problem text. The message names the
/// place (file and line, flag, or field).
class InputError : public Error {
 public:
  explicit InputError(const std::string& what, std::string hint = {})
      : Error(ErrorKind::input, what, std::move(hint)) {}
};

}  // namespace assay
