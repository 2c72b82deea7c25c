// Modules, and launches of their kernels on the host's cores.
#include <dlfcn.h>
#include <stdlib.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

#include "tests/fakes/cudalike/fiber.h"
#include "tests/fakes/cudalike/image.h"
#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

struct Module;

struct Function {
  Module* module = nullptr;
  const Kernel* kernel = nullptr;
  int local_most = kLocalFree;
};

struct Module {
  void* object = nullptr;
  Item* (*item_here)() = nullptr;
  std::map<std::string, std::unique_ptr<Function>> functions;
};

std::set<Module*>& modules() {
  static auto* const once = new std::set<Module*>;
  return *once;
}

Function* function_of(void* function) {
  for (const Module* module : modules()) {
    for (const auto& [name, one] : module->functions) {
      if (one.get() == function) return one.get();
    }
  }
  return nullptr;
}

/// The object goes through a file, which is gone before this returns.
void* opened(const void* image) {
  ImageHeader header;
  std::memcpy(&header, image, sizeof header);
  if (std::memcmp(header.magic, ImageHeader::kMagic, sizeof header.magic) != 0) return nullptr;
  std::string path = std::filesystem::temp_directory_path() / "assay-fake-XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) return nullptr;
  FILE* const stream = fdopen(file, "wb");
  const auto* const object = static_cast<const char*>(image) + sizeof header;
  const bool whole = std::fwrite(object, 1, header.bytes, stream) == header.bytes;
  const bool closed = std::fclose(stream) == 0;
  void* const handle = whole && closed ? dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
  unlink(path.c_str());
  return handle;
}

void barrier() {
  fibers().barrier();
}

void* exchange(const void* mine, unsigned bytes) {
  return fibers().exchange(mine, bytes);
}

/// A launch: its arguments as they were when it was asked for.
struct Launch {
  const Kernel* kernel = nullptr;
  Item* (*item_here)() = nullptr;
  Extents groups = {}, group_size = {};
  unsigned local_bytes = 0;
  std::vector<std::vector<std::byte>> values;
  bool first_group_is_lost = false;
};

/// Values with addresses that the host can use, and pointers to them.
struct Arguments {
  std::vector<std::vector<std::byte>> values;
  std::vector<void*> pointers;
};

bool resolved(const Launch& launch, Arguments& out) {
  out.values = launch.values;
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    if (launch.kernel->pointers[i]) {
      void* address = nullptr;
      std::memcpy(&address, out.values[i].data(), sizeof address);
      std::byte* const data = address == nullptr ? nullptr : data_at(address, 1);
      if (address != nullptr && data == nullptr) return false;
      std::memcpy(out.values[i].data(), &data, sizeof data);
    }
    out.pointers.push_back(out.values[i].data());
  }
  return true;
}

/// Work-items' places in a group of this size, which take a division each to tell.
const std::vector<Extents>& places(const Extents& size) {
  thread_local std::vector<Extents> known;
  thread_local Extents of = {};
  if (of.x == size.x && of.y == size.y && of.z == size.z) return known;
  of = size;
  known.clear();
  for (unsigned z = 0; z < size.z; ++z) {
    for (unsigned y = 0; y < size.y; ++y) {
      for (unsigned x = 0; x < size.x; ++x) known.push_back({x, y, z});
    }
  }
  return known;
}

/// A group on the calling thread.
struct GroupRun {
  const Launch* launch;
  void** arguments;
};

void enter(void* group) {
  const auto* const run = static_cast<GroupRun*>(group);
  run->launch->kernel->call(run->arguments);
}

void run_group(const Launch& launch, void** arguments, unsigned group) {
  thread_local std::vector<std::max_align_t> local;
  local.resize(launch.local_bytes / sizeof(std::max_align_t) + 1);
  Item* const item = launch.item_here();
  const Extents& groups = launch.groups;
  item->group = {group % groups.x, group / groups.x % groups.y, group / groups.x / groups.y};
  item->groups = groups;
  item->group_size = launch.group_size;
  item->local_memory = local.data();
  GroupRun run{&launch, arguments};
  fibers().run(places(launch.group_size), kSubgroup, item->thread, enter, &run);
}

std::string done(const Launch& launch) {
  Arguments arguments;
  if (!resolved(launch, arguments)) return "an argument is no address of the device";
  const unsigned all = launch.groups.x * launch.groups.y * launch.groups.z;
  const unsigned first = launch.first_group_is_lost ? 1 : 0;
  tbb::parallel_for(tbb::blocked_range<unsigned>(first, all), [&](const auto& range) {
    for (unsigned group = range.begin(); group != range.end(); ++group) {
      run_group(launch, arguments.pointers.data(), group);
    }
  });
  return "";
}

Status launch_plan(const Function* function, const Extents& groups, const Extents& size,
                   unsigned local_bytes, void** values, void** extra) {
  if (function == nullptr) return kInvalidHandle;
  const std::uint64_t items = std::uint64_t{size.x} * size.y * size.z;
  if (groups.x == 0 || groups.y == 0 || groups.z == 0 || items == 0 || extra != nullptr) {
    return kInvalid;
  }
  if (groups.y > 65535 || groups.z > 65535 || groups.x > 0x7fffffff || size.z > 64) return kInvalid;
  if (items > 1024 || local_bytes > static_cast<unsigned>(function->local_most)) return kInvalid;
  if (items > static_cast<std::uint64_t>(function->kernel->most_items)) return kTooManyResources;
  if (function->kernel->arguments > 0 && values == nullptr) return kInvalid;
  return kOk;
}

}  // namespace

FAKE_EXPORT Status DRIVER(ModuleLoadData)(void** module, const void* image) {
  FAKE_ENTER(entered_context);
  if (module == nullptr || image == nullptr) return kInvalid;
  void* const object = opened(image);
  if (object == nullptr) return kInvalidImage;
  auto* const made = new Module;
  made->object = object;
  made->item_here = reinterpret_cast<Item* (*)()>(dlsym(object, "assay_item_here"));
  *static_cast<decltype(&barrier)*>(dlsym(object, "assay_barrier")) = barrier;
  *static_cast<decltype(&exchange)*>(dlsym(object, "assay_exchange")) = exchange;
  modules().insert(made);
  *module = made;
  return kOk;
}

FAKE_EXPORT Status DRIVER(ModuleUnload)(void* module) {
  FAKE_ENTER(entered_context);
  auto* const asked = static_cast<Module*>(module);
  if (!modules().contains(asked)) return kInvalidHandle;
  for (Stream* stream : machine().streams) drained(*stream);
  modules().erase(asked);
  dlclose(asked->object);
  delete asked;
  return kOk;
}

FAKE_EXPORT Status DRIVER(ModuleGetFunction)(void** function, void* module, const char* name) {
  FAKE_ENTER(entered_context);
  auto* const asked = static_cast<Module*>(module);
  if (!modules().contains(asked)) return kInvalidHandle;
  if (function == nullptr || name == nullptr) return kInvalid;
  const void* const kernel = dlsym(asked->object, ("assay_kernel_" + std::string(name)).c_str());
  if (kernel == nullptr) return kNotFound;
  auto& made = asked->functions[name];
  if (!made) {
    made = std::make_unique<Function>(Function{asked, static_cast<const Kernel*>(kernel)});
  }
  *function = made.get();
  return kOk;
}

#ifndef FAKE_TAKES_ANY_LOCAL_MEMORY
FAKE_EXPORT Status DRIVER(FuncSetAttribute)(void* function, int attribute, int value) {
  FAKE_ENTER(entered_context);
  constexpr int kDynamicLocalMemory = 8;
  Function* const known = function_of(function);
  if (known == nullptr) return kInvalidHandle;
  if (attribute != kDynamicLocalMemory || value < 0 || value > kLocalMost) return kInvalid;
  known->local_most = value;
  return kOk;
}
#endif

FAKE_EXPORT Status FAKE_LAUNCH(void* function, unsigned groups_x, unsigned groups_y,
                               unsigned groups_z, unsigned size_x, unsigned size_y, unsigned size_z,
                               unsigned local_bytes, void* stream, void** values, void** extra) {
  const Fault fault = fault_of((std::string(__func__) + ".run").c_str());
  FAKE_ENTER(entered_context);
  const Function* const known = function_of(function);
  const Extents groups{groups_x, groups_y, groups_z}, size{size_x, size_y, size_z};
  if (const Status bad = launch_plan(known, groups, size, local_bytes, values, extra); bad != kOk) {
    return kept(bad);
  }
  Stream* const in = stream_of(stream);
  if (in == nullptr) return kept(kInvalidHandle);
  Launch launch{known->kernel,        known->module->item_here, groups, size, local_bytes, {},
                fault == Fault::wrong};
  for (int i = 0; i < known->kernel->arguments; ++i) {
    const auto* const value = static_cast<const std::byte*>(values[i]);
    launch.values.emplace_back(value, value + known->kernel->sizes[i]);
  }
  push(*in, [launch = std::move(launch), fault]() -> std::string {
    if (fault == Fault::fail || fault == Fault::out_of_memory) return "failed";
    ++machine().launches;
    if (machine().time.counted()) machine().time.pass(kLaunchSeconds);
    return done(launch);
  });
  return kOk;
}
