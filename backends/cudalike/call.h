// One function of a vendor's library: its address, its own name, and how its errors read.
#pragma once

#include <string>
#include <type_traits>

#include "backends/cudalike/library.h"
#include "backends/sdk/failure.h"

namespace assay::backends::cudalike {

/// What a library's statuses mean; shared by the calls of one library.
struct Statuses {
  std::string (*text)(int status) = nullptr;  ///< null: the number alone
  int out_of_memory = -1;
  int unsupported[2] = {-1, -1};
};

/// Throws sdk::Failure: "cudaMalloc: 2 (out of memory)".
[[noreturn]] void fail(const std::string& name, int status, const Statuses* statuses);
[[noreturn]] void fail_missing(const std::string& name);

template <class Signature>
struct Call;

/// Handles are void*, enumerations int: the same registers as the vendor's own types.
template <class Result, class... Parameters>
struct Call<Result(Parameters...)> {
  using Pointer = Result (*)(Parameters...);
  Pointer pointer = nullptr;
  std::string name;  ///< as the vendor calls it
  const Statuses* statuses = nullptr;

  explicit operator bool() const { return pointer != nullptr; }

  /// The plain result; the call must be there.
  Result status(Parameters... values) const {
    if (pointer == nullptr) fail_missing(name);
    return pointer(values...);
  }
  /// Throws where the result is not 0.
  void operator()(Parameters... values) const {
    static_assert(std::is_same_v<Result, int>);
    if (const int code = status(values...); code != 0) fail(name, code, statuses);
  }
};

/// Binds calls to a library's symbols and keeps the names of those that are missing.
class Binder {
 public:
  Binder(const Dialect& dialect, const Library& library, const Statuses* statuses)
      : dialect_(dialect), library_(library), statuses_(statuses) {}

  template <class Signature>
  void optional(Call<Signature>& call, std::string_view nvidia_name) {
    const Texts names = symbol_names(dialect_, nvidia_name);
    call.name = names.empty() ? std::string(nvidia_name) : names.front();
    call.statuses = statuses_;
    std::string found;
    void* const address = library_.symbol(names, &found);
    call.pointer = reinterpret_cast<typename Call<Signature>::Pointer>(address);
    if (address != nullptr) call.name = found;
    if (address == nullptr && library_ && !names.empty()) absent_.push_back(call.name);
  }
  template <class Signature>
  void required(Call<Signature>& call, std::string_view nvidia_name) {
    optional(call, nvidia_name);
    if (!call) missing_.push_back(call.name);
  }

  const Texts& missing() const { return missing_; }  ///< of the required ones
  /// Of all that the dialect has a name for.
  const Texts& absent() const { return absent_; }

 private:
  const Dialect& dialect_;
  const Library& library_;
  const Statuses* statuses_;
  Texts missing_, absent_;
};

}  // namespace assay::backends::cudalike
