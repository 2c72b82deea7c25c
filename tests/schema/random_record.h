// Records with random values for every key that the schema allows.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "kernels/sha256.h"
#include "results/record/record.h"
#include "results/store/store.h"

namespace assay::results {

class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : engine_(seed) {}

  results::record::Record next() {
    results::record::Record r;
    r.id = uuid();
    r.run = uuid();
    r.started = fmt::format("2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", 1 + below(12),
                            1 + below(28), below(24), below(60), below(60), below(1000));
    r.origin = static_cast<results::record::Origin>(below(3));
    if (r.origin == results::record::Origin::imported)
      r.imported_from = {text(), text(), sha256(text())};
    r.status = static_cast<results::record::Status>(below(7));
    r.reason = text();
    for (std::uint32_t i = below(3); i > 0; --i) {
      r.notes.push_back({results::record::Names<results::record::NoteKind>::all[below(6)],
                         text(),
                         {{"half_width", real()}, {text(), real()}}});
    }
    r.problem = "copy n=" + fmt::format("{}", below(1000)) + text();
    r.operation = "copy";
    r.device = device();
    r.implementation = {text(), static_cast<results::record::Division>(below(6)), properties()};
    r.settings = {static_cast<results::record::Mode>(below(2)),
                  real(),
                  real(),
                  0.99,
                  count(),
                  engine_(),
                  real()};
    r.work = {real(), real(), kernels::kDataTypes[below(kernels::kDataTypes.size())]};
    for (std::uint32_t i = below(40); i > 0; --i) {
      r.device_seconds.push_back(real());
      r.host_seconds.push_back(real());
    }
    r.warm_up_launches = count();
    r.steady = below(2);
    r.target_met = below(2);
    r.summary = results::statistics::summarize(r.device_seconds);
    r.check = {static_cast<kernels::Outcome>(below(3)), text(), real(), text(),
               static_cast<std::int64_t>(engine_() >> 1)};
    r.output_hash = fmt::format("{:016x}", engine_());
    for (const auto& figure : results::record::kSensorFigures) r.sensors.*figure.value = maybe();
    r.sensors.clock_stood_still = below(2) == 0;
    r.sensors.throttle = text();
    r.operands_hash = fmt::format("{:016x}", engine_());
    r.energy = {maybe(), maybe(), maybe(), maybe(), below(2) ? "counter" : "power",
                maybe(), maybe(), maybe()};
    r.throttling = {count(), count(), real(), count()};
    r.challenges = {count(), count(), count(), count(), count(), count(), maybe(), maybe(), maybe(),
                    maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), count(), maybe()};
    for (std::uint32_t i = below(10); i > 0; --i) {
      r.course.push_back({real(), real(), real(), maybe(), maybe(), maybe(), text()});
    }
    r.phases = {real(), real(), real(), real(), real(), real(), real(), real(), real()};
    for (auto* sums : {&r.clocks.timed, &r.clocks.hot, &r.clocks.single}) {
      *sums = {count(), count(), real(), real(), real(), real()};
    }
    r.machine_load = {maybe(), maybe(), maybe(), maybe(), maybe(), maybe()};
    r.environment = below(2) ? sha256(text()) : "";
    if (r.origin == results::record::Origin::modelled) make_modelled(r);
    return r;
  }

  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }

  /// Any double from 1e-300 to 1e300, which needs all digits in the text.
  double real() {
    const double mantissa = std::uniform_real_distribution<>(1, 10)(engine_);
    return below(20) == 0 ? 0 : mantissa * std::pow(10.0, static_cast<int>(below(600)) - 300);
  }

  std::string text() {
    static constexpr const char* kPieces[] = {"a", "Ω",  "\"", "\\", "\n",
                                              " ", "µs", "\t", "0",  "日"};
    std::string out;
    for (std::uint32_t i = below(6); i > 0; --i) out += kPieces[below(10)];
    return out;
  }

 private:
  std::uint32_t count() { return static_cast<std::uint32_t>(engine_()); }
  std::optional<double> maybe() { return below(2) ? std::optional(real()) : std::nullopt; }

  results::record::Properties properties() {
    results::record::Properties out;
    for (std::uint32_t i = below(4); i > 0; --i) out[text()] = text();
    return out;
  }

  /// A modelled record, without samples and check. Some of them are imported.
  void make_modelled(results::record::Record& r) {
    r.device.modelled = true;
    if (below(2)) r.origin = results::record::Origin::imported;
    r.device_seconds.clear();
    r.host_seconds.clear();
    r.summary = results::statistics::summary_of_model(real());
    r.check = {kernels::Outcome::unchecked, "modelled: nothing ran", 0, "", 0};
  }

  results::record::DeviceIdentity device() {
    results::record::DeviceIdentity d{text(), count(), text(), text(), text(),
                                      text(), text(),  text(), text()};
    d.memory_bytes = engine_();
    d.cache_bytes = engine_();
    d.compute_units = count();
    d.clock_hz = real();
    d.properties = properties();
    return d;
  }

  std::string uuid() {
    std::string out = fmt::format("{:016x}{:016x}", engine_(), engine_());
    out[12] = '4';
    out[16] = "89ab"[below(4)];
    for (const std::size_t at : {20u, 16u, 12u, 8u}) out.insert(at, "-");
    return out;
  }

  std::mt19937_64 engine_;
};

}  // namespace assay::results
