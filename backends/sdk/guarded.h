// The rules of the C interface: exceptions become statuses, arguments are checked, structs are
// filled to their caller's size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "backends/assay_backend.h"
#include "backends/sdk/failure.h"

namespace assay::sdk {

inline thread_local std::string last_failure;

inline assay_status failed(assay_status status, const char* what) noexcept {
  try {
    last_failure = what;
  } catch (const std::bad_alloc&) {
    last_failure.clear();
  }
  return status;
}

template <class Body>
assay_status guarded(const Body& body) noexcept {
  try {
    body();
    return ASSAY_OK;
  } catch (const Failure& failure) {
    return failed(failure.status(), failure.what());
  } catch (const std::invalid_argument& error) {
    return failed(ASSAY_INVALID, error.what());
  } catch (const std::bad_alloc&) {
    return failed(ASSAY_OUT_OF_MEMORY, "out of host memory");
  } catch (const std::length_error&) {
    return failed(ASSAY_OUT_OF_MEMORY, "too large for a container");
  } catch (const std::exception& error) {
    return failed(ASSAY_DEVICE_ERROR, error.what());
  } catch (...) {
    return failed(ASSAY_DEVICE_ERROR, "an unknown kind of exception");
  }
}

inline void require(bool condition, const char* rule) {
  if (!condition) throw Failure(ASSAY_INVALID, rule);
}

template <class Struct>
void require_struct(const Struct* given) {
  require(given != nullptr, "a struct to fill or read is null");
  require(given->struct_size >= sizeof(std::size_t), "struct_size is not set");
}

/// Fills as much of the caller's struct as the caller knows of.
template <class Struct>
void fill(Struct* out, const Struct& value) {
  const std::size_t known = out->struct_size;
  std::memcpy(out, &value, std::min(known, sizeof value));
  out->struct_size = known;
}

inline void require_within(std::uint64_t held, std::uint64_t offset, std::uint64_t bytes) {
  if (offset <= held && bytes <= held - offset) return;
  throw Failure(ASSAY_INVALID, "bytes " + std::to_string(offset) + " to " + std::to_string(offset) +
                                   " + " + std::to_string(bytes) + " lie outside the buffer of " +
                                   std::to_string(held));
}

}  // namespace assay::sdk
