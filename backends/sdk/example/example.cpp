// A whole module: one pretended accelerator that computes on the host. Replace the four places
// marked HERE with calls of your runtime, and `assay` measures your device.
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/sdk/fields.h"
#include "backends/sdk/module.h"

namespace sdk = assay::sdk;

namespace {

using Launch = std::function<void()>;

constexpr std::uint64_t kMemory = std::uint64_t{1} << 30;

struct Buffer {
  std::vector<std::byte> memory;  // HERE: your device's memory
  std::uint64_t bytes() const { return memory.size(); }
  float* floats() { return reinterpret_cast<float*>(memory.data()); }
};

struct Executable {
  Launch launch;
  sdk::Properties chosen;

  const sdk::Properties& details() const { return chosen; }

  void run(std::span<assay_launch> launches, assay_mode mode) {
    using Clock = std::chrono::steady_clock;
    std::vector<char> cache(mode == ASSAY_COLD ? std::size_t{64} << 20 : 0);
    for (assay_launch& timed : launches) {
      std::fill(cache.begin(), cache.end(), 1);  // outside the timing
      const auto begin = Clock::now();
      launch();  // HERE: submit, wait, and read your device's own events
      timed.host_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      timed.device_seconds = timed.host_seconds;
    }
  }
};

void triad(std::int64_t n, const float* b, const float* c, float* a) {
  for (std::int64_t i = 0; i < n; ++i) a[i] = b[i] + 3 * c[i];
}

void matmul(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, const float* b,
            float* c) {
  std::fill_n(c, m * n, 0.0f);
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t l = 0; l < k; ++l) {
      for (std::int64_t j = 0; j < n; ++j) c[i * n + j] += a[i * k + l] * b[l * n + j];
    }
  }
}

struct Device {
  std::unique_ptr<Buffer> allocate(std::uint64_t bytes) {
    if (bytes > kMemory) {
      throw sdk::Failure(ASSAY_OUT_OF_MEMORY,
                         std::to_string(bytes) + " bytes are more than it has");
    }
    return std::make_unique<Buffer>(Buffer{std::vector<std::byte>(bytes)});
  }
  void upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
    std::memcpy(to.memory.data() + offset, from, bytes);
  }
  void download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
    std::memcpy(to, from.memory.data() + offset, bytes);
  }

  // HERE: what your device can do. Say why not where it cannot; never compute something else.
  std::vector<sdk::Offer> implementations(std::string_view problem) {
    const sdk::Fields fields(problem);
    if (fields.operation() == "triad") {
      fields.number("n");
      const bool known = fields.text("type") == "f32";
      return {{"native/loop", "native", known ? "" : "this device computes f32 alone"}};
    }
    if (fields.operation() == "matmul") {
      for (const char* dimension : {"m", "n", "k"}) fields.number(dimension);
      const bool known = fields.text("a") == "f32" && fields.text("layout") == "nn" &&
                         fields.text("batch", "1") == "1";
      return {{"native/loop", "native", known ? "" : "f32, layout nn and batch 1 alone"}};
    }
    return {};
  }

  std::unique_ptr<Executable> prepare(std::string_view problem, std::string_view,
                                      std::span<Buffer* const> buffers) {
    const sdk::Fields fields(problem);
    if (buffers.size() != 3) throw std::invalid_argument("three buffers are needed");
    auto made = std::make_unique<Executable>();
    float *const x = buffers[0]->floats(), *const y = buffers[1]->floats(),
                 *const out = buffers[2]->floats();
    if (fields.operation() == "triad") {
      made->launch = [=, n = fields.number("n")] { triad(n, x, y, out); };
    } else {
      made->launch = [=, m = fields.number("m"), n = fields.number("n"), k = fields.number("k")] {
        matmul(m, n, k, x, y, out);
      };
    }
    made->chosen = sdk::Properties(sdk::Pairs{{"algorithm", "plain loops"}});
    return made;
  }

  sdk::Readings sensors() { return {}; }
};

struct Family {
  using Device = ::Device;
  using Buffer = ::Buffer;
  using Executable = ::Executable;
  static constexpr const char *name = "example", *version = "1.0",
                              *description = "an example to begin a module with";

  static sdk::Findings probe() {
    return {.devices = 1, .summary = "1 pretended device", .hint = "", .details = {}};
  }
  static sdk::DeviceDescription describe(std::uint32_t) {
    sdk::DeviceDescription device;
    device.name = "Example 1";
    device.vendor = "Example";
    device.kind = "npu";
    device.driver = "none";
    device.types = "f32";
    device.memory_bytes = kMemory;
    device.compute_units = 1;
    return device;
  }
  static std::unique_ptr<Device> open(std::uint32_t, unsigned) {
    return std::make_unique<Device>();
  }
};

}  // namespace

ASSAY_MODULE(Family)
