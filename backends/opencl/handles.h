// OpenCL's objects, released when destroyed.
#pragma once

#include <CL/cl.h>

#include <utility>

#include "backends/opencl/loader.h"

namespace assay::backends::opencl {

/// One object, owned alone.
template <class Object, auto Release>
class Handle {
 public:
  Handle() = default;
  explicit Handle(Object object) : object_(object) {}
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (object_ != nullptr) (cl().*Release)(object_);
  }

  Object get() const { return object_; }
  /// For functions that write a new object.
  Object* out() { return &object_; }

 private:
  Object object_ = nullptr;
};

using Context = Handle<cl_context, &Functions::ReleaseContext>;
using Queue = Handle<cl_command_queue, &Functions::ReleaseCommandQueue>;
using Memory = Handle<cl_mem, &Functions::ReleaseMemObject>;
using Program = Handle<cl_program, &Functions::ReleaseProgram>;
using Kernel = Handle<cl_kernel, &Functions::ReleaseKernel>;
using Event = Handle<cl_event, &Functions::ReleaseEvent>;
using SubDevice = Handle<cl_device_id, &Functions::ReleaseDevice>;

}  // namespace assay::backends::opencl
