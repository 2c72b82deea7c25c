// One of the vendor's libraries in use: its calls, and the handle that they take.
#pragma once

#include <fmt/format.h>

#include <string>

#include "backends/cudalike/platform.h"

namespace assay::backends::cudalike {

template <class Api>
class LibrarySession {
 public:
  LibrarySession(const LibrarySession&) = delete;
  LibrarySession& operator=(const LibrarySession&) = delete;

  const Api& api() const { return api_; }
  void* handle() const { return handle_; }
  const std::string& path() const { return path_; }

 protected:
  LibrarySession() = default;
  ~LibrarySession() {
    if (handle_ != nullptr) api_.destroy.pointer(handle_);
  }

  /// Opens the first of `names` in addition to the runtime, binds its calls, makes a handle by
  /// `begin`. Empty, or the reason why it cannot be used.
  template <class Begin>
  std::string open_library(const Texts& names, const char* role, const Statuses& statuses,
                           const Begin& begin) {
    sdk::Pairs tried;
    const Library library = platform().beside(names, role, tried);
    if (!library) {
      return fmt::format("no {} can be opened: {}", names.front(),
                         tried.empty() ? "" : tried.back().second);
    }
    statuses_ = statuses;
    path_ = library.path;
    Binder binder(platform().dialect(), library, &statuses_);
    bind(api_, binder);
    if (!binder.missing().empty()) {
      return fmt::format("{} lacks {}", library.path, fmt::join(binder.missing(), ", "));
    }
    try {
      begin();
    } catch (const sdk::Failure& failure) {
      return failure.what();
    }
    return {};
  }

  Api api_;
  void* handle_ = nullptr;

 private:
  Statuses statuses_;
  std::string path_;
};

}  // namespace assay::backends::cudalike
