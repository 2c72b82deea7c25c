// Writes a store whose report has all kinds of contents: verified, imprecise, wrong, suspicious,
// crashed and unsupported measurements in several divisions, a device without ceilings, imported
// and modelled ones, an interrupted run, and a name that tries to be markup.
#include <fmt/format.h>

#include <cmath>
#include <random>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/store/store.h"

namespace {

using namespace assay;
using kernels::Outcome;
using results::record::Record;
using results::record::Status;

constexpr const char* kHostile = "</script><script>document.title='taken'</script><b>\"'&";

results::record::DeviceIdentity epyc() {
  results::record::DeviceIdentity device{"cpu", 0, "AMD EPYC 9V74 80-Core Processor", "AMD", "cpu"};
  device.driver = "Linux 6.1, oneTBB 2021.8, hwloc 2.9.0";
  device.types = "f64 f32 bf16 f16 i8";
  device.memory_bytes = 16ULL << 30;
  device.cache_bytes = 32ULL << 20;
  device.compute_units = 2;
  device.properties = {{"cpu.family", "25"}, {"cpu.model", "17"}, {"microcode", "0xa101148"}};
  return device;
}

/// Makes records of one run, one after another.
class Writer {
 public:
  Writer(results::store::Store& store, results::record::Run run)
      : store_(store), run_(std::move(run)), engine_(static_cast<unsigned>(run_.id[0])) {
    run_.environment = store_.put_environment(
        R"({"build":{"compiler":"GNU 12.2.0","flags":"-O3"},"cpu":{"governors":null,"microcode":)"
        R"("0xa101148","model":"AMD EPYC 9V74"},"host":"laboratory-3","memory":{"total":)"
        R"("16384000 kB"}})");
    store_.begin(run_);
  }
  void end(const std::string& moment) { store_.end(run_.id, moment); }

  Record blank(const results::record::DeviceIdentity& device, const std::string& problem,
               const std::string& implementation) {
    const auto parsed = kernels::Problem::parse(problem);
    Record record;
    record.id = fmt::format("{:08x}-0000-4000-8000-{:012x}", static_cast<std::uint32_t>(engine_()),
                            ++number_);
    record.run = run_.id;
    record.started =
        fmt::format("{}{:02}:{:02}.000Z", run_.started.substr(0, 14), number_ / 60, number_ % 60);
    record.problem = parsed.text();
    record.operation = std::string(parsed.operation().name);
    record.work = parsed.operation().work(parsed);
    record.device = device;
    record.implementation = {implementation,
                             results::record::require_named<results::record::Division>(
                                 implementation.substr(0, implementation.find('/')), "sample"),
                             {{"threads", "2"}}};
    record.settings.mode = results::record::Mode::hot;
    record.settings.budget_seconds = 0.7;
    record.environment = run_.environment;
    record.check.method = "every element in FP64";
    return record;
  }

  /// Samples around `seconds`, skewed to longer times like real ones.
  Record timed(const results::record::DeviceIdentity& device, const std::string& problem,
               const std::string& implementation, double seconds, double spread = 0.004,
               int samples = 120) {
    Record record = blank(device, problem, implementation);
    for (int i = 0; i < samples; ++i) {
      const double shift = uniform() + uniform() + uniform() - 1.5;
      const double tail = uniform() < 0.06 ? 4 * uniform() : 0;
      record.device_seconds.push_back(seconds * (1 + spread * (shift + tail)));
      record.host_seconds.push_back(record.device_seconds.back() + 4e-6);
    }
    record.summary = results::statistics::summarize(record.device_seconds);
    record.steady = true;
    record.warm_up_launches = 24;
    record.target_met = record.summary.half_width() <= record.settings.target;
    record.check.worst = 0.01 + 0.3 * uniform();
    record.check.elements = 4096;
    record.output_hash = fmt::format("{:016x}", engine_());
    return record;
  }

  Record failed(const results::record::DeviceIdentity& device, const std::string& problem,
                const std::string& implementation, Status status, const std::string& reason) {
    Record record = blank(device, problem, implementation);
    record.status = status;
    record.reason = reason;
    if (status == Status::wrong) {
      record.check = {Outcome::wrong, "every element in FP64", 3.7e6, "C[17, 2040]: 0 for 31.25",
                      4194304};
    } else {
      record.check.method.clear();
    }
    return record;
  }

  void put(const Record& record) { store_.put(record); }

 private:
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

  results::store::Store& store_;
  results::record::Run run_;
  std::mt19937_64 engine_;
  int number_ = 0;
};

/// Time for a problem's work at this rate in FLOP/s, or in B/s if it has no arithmetic.
double at_rate(const std::string& problem, double rate) {
  const auto parsed = kernels::Problem::parse(problem);
  const kernels::Work work = parsed.operation().work(parsed);
  return (work.flop > 0 ? work.flop : work.bytes) / rate;
}

void put_rates(Writer& writer, const results::record::DeviceIdentity& device) {
  struct Rate {
    const char *problem, *implementation;
    double rate, spread;
  };
  constexpr Rate kRates[] = {
      {"fma n=65536 steps=2048 type=f64", "native/fma", 115e9, 0.004},
      {"fma n=65536 steps=2048 type=f32", "native/fma", 230e9, 0.004},
      {"fma n=65536 steps=2048 type=bf16", "native/fma", 455e9, 0.004},
      {"fma n=65536 steps=2048 type=i8", "native/fma", 800e9, 0.004},
      {"triad n=33554432 type=f32", "native/stream", 5.5e9, 0.02},
      {"copy n=33554432 type=f32", "native/stream", 29e9, 0.02},
      {"matmul m=2048 n=2048 k=2048 a=f32", "library/openblas", 198e9, 0.006},
      {"matmul m=2048 n=2048 k=2048 a=f32", "library/onednn", 185e9, 0.006},
      {"matmul m=2048 n=2048 k=2048 a=f32", "portable/tile", 21e9, 0.01},
      {"matmul m=2048 n=2048 k=2048 a=bf16", "library/onednn", 431e9, 0.006},
      {"matmul m=2048 n=2048 k=2048 a=i8", "library/onednn", 770e9, 0.09},
      {"matmul m=512 n=512 k=512 a=f16 c=f32", "library/onednn", 35e9, 0.01},
      {"matmul m=1 n=8192 k=8192 a=bf16", "native/skinny", 31e9, 0.5},
      {"matmul m=64 n=64 k=64 a=f32", "reference/plain", 0.9e9, 0.01},
      {"attention b=1 hq=8 hkv=8 sq=2048 skv=2048 d=128 type=f32", "native/flash", 96e9, 0.01},
      {"attention b=1 hq=8 hkv=2 sq=1024 skv=1024 d=128 type=bf16 mask=causal", "native/flash",
       140e9, 0.01},
  };
  for (const Rate& rate : kRates) {
    writer.put(writer.timed(device, rate.problem, rate.implementation,
                            at_rate(rate.problem, rate.rate), rate.spread));
  }
}

void put_failures(Writer& writer, const results::record::DeviceIdentity& device) {
  const std::string matmul = "matmul m=2048 n=2048 k=2048 a=f32";
  writer.put(writer.failed(device, matmul, "native/tile", Status::wrong,
                           "the result is wrong; see the check"));
  writer.put(writer.failed(device, "matmul m=512 n=512 k=512 a=bf16 c=f32", "library/onednn",
                           Status::crashed,
                           "the worker was killed by signal 11 while it prepared"));
  writer.put(writer.failed(device, "matmul m=512 n=512 k=512 a=f16 c=f32", "library/openblas",
                           Status::unsupported, "OpenBLAS knows no f16; `library/onednn` does"));
  writer.put(
      writer.failed(device, "triad n=1024 type=f32", "portable/stream", Status::error, kHostile));
  Record doubtful =
      writer.timed(device, "matmul m=512 n=512 k=512 a=f32", "native/tile", 1.4e-3, 0.01);
  doubtful.check.outcome = Outcome::suspicious;
  doubtful.check.worst = 1.8;
  doubtful.check.where = "C[3, 200]";
  writer.put(doubtful);
}

void put_other_devices(Writer& writer) {
  const std::string matmul = "matmul m=512 n=512 k=512 a=f32";
  const results::record::DeviceIdentity bare{"opencl", 0, kHostile, "The pocl project", "cpu"};
  writer.put(writer.timed(bare, matmul, "portable/tile", 22e-3));
  const results::record::DeviceIdentity far{"cuda", 0, "NVIDIA H200", "NVIDIA", "gpu"};
  Record imported = writer.timed(far, "fma n=65536 steps=2048 type=f32", "native/fma", 4.4e-6);
  imported.origin = results::record::Origin::imported;
  writer.put(imported);
  const results::record::DeviceIdentity sheet{"datasheet", 0, "Ascend 910C", "Huawei", "chip"};
  Record modelled = writer.timed(sheet, "fma n=65536 steps=2048 type=bf16", "library/sheet", 4e-7);
  modelled.origin = results::record::Origin::modelled;
  writer.put(modelled);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  auto store = results::store::Store::open(arguments[1], results::store::Access::write);
  Writer first(store, {"11111111-0000-4000-8000-000000000001", "2026-11-24T09:00:00.000Z", "", "",
                       "assay run --problem 'fma n=65536 steps=2048 type=f32'", "laboratory-3",
                       "0.1.0", R"([{"problem":"a"},{"problem":"b"}])", ""});
  first.put(first.timed(epyc(), "fma n=65536 steps=2048 type=f32", "native/fma", 1.17e-3));
  Writer second(store, {"22222222-0000-4000-8000-000000000002", "2026-11-25T07:21:04.000Z", "",
                        "quick", "assay run --suite quick", "laboratory-3", "0.1.0",
                        R"([{"problem":"matmul m=2048 n=2048 k=2048 a=f32 b=f32 c=f32 layout=nn )"
                        R"(dist=uniform seed=1","label":"square matmul"}])",
                        ""});
  put_rates(second, epyc());
  put_failures(second, epyc());
  put_other_devices(second);
  second.end("2026-11-25T07:22:40.000Z");
  fmt::print("{}\n", kHostile);
}
