// One rank of a test: opens the module like a worker, joins the other ranks, and checks every
// operation. Usage: rank MODULE ASSAY operations|workers|refusals, under mpirun or together.py.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "backends/loader.h"
#include "harness/measure/local_access.h"
#include "harness/measure/measure.h"
#include "harness/measure/open_device.h"
#include "harness/measure/prepared_problem.h"
#include "harness/worker/device_worker.h"
#include "kernels/problem.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using harness::measure::OpenDevice;

int number(const char* variable, const char* under_mpi) {
  const char* text = std::getenv(variable);
  if (text == nullptr) text = std::getenv(under_mpi);
  return text == nullptr ? -1 : std::atoi(text);
}

const int kRanks = number("ASSAY_TEST_RANKS", "OMPI_COMM_WORLD_SIZE"),
          kRank = number("ASSAY_TEST_RANK", "OMPI_COMM_WORLD_RANK");

void require(bool condition, const std::string& what) {
  if (!condition) throw Error(what);
}

std::vector<std::string> problems() {
  std::vector<std::string> texts;
  for (const char* type : {"f32", "f64", "i32", "i8", "bf16", "f16"}) {
    texts.push_back(fmt::format("all_reduce ranks={} n=1000 type={}", kRanks, type));
    texts.push_back(fmt::format("reduce_scatter ranks={} n=777 type={}", kRanks, type));
  }
  for (const char* type : {"f64", "bf16", "f8e4m3"}) {
    for (const char* operation : {"all_gather", "all_to_all", "broadcast", "send_receive"}) {
      texts.push_back(fmt::format("{} ranks={} n=501 type={}", operation, kRanks, type));
    }
  }
  texts.push_back(fmt::format("all_reduce ranks={} n=1 type=f64", kRanks));
  texts.push_back(fmt::format("all_reduce ranks={} n=300000 type=f32 dist=uniform", kRanks));
  texts.push_back(fmt::format("all_to_all ranks={} n=100000 type=f32 dist=uniform", kRanks));
  if (kRanks % 2 == 0) {
    texts.push_back(fmt::format("send_receive ranks={} n=4096 pattern=pair type=f32", kRanks));
  }
  for (const char* operation : {"expert_dispatch", "expert_combine"}) {
    const std::string shared =
        fmt::format("{} ranks={} experts={}", operation, kRanks, 16 * kRanks);
    texts.push_back(shared + " tokens=16 hidden=512");
    texts.push_back(shared + " tokens=5 hidden=96 routing=balanced type=i8");
  }
  return texts;
}

harness::measure::Task task_of(const std::string& text, const harness::measure::Offer& offer) {
  return {kernels::Problem::parse(text), offer.name, {}};
}

void require_ok(const harness::measure::Measurement& measurement, const std::string& text) {
  require(measurement.status == results::record::Status::ok &&
              measurement.check.outcome != kernels::Outcome::wrong,
          fmt::format("{}: {} ({})", text, measurement.reason, measurement.check.where));
}

void try_operation(const OpenDevice& device, harness::measure::HostOperands& operands,
                   const std::string& text) {
  const harness::measure::Offer offer = device.implementations(kernels::Problem::parse(text)).at(0);
  // Not every library has every type.
  if (offer.reason.find(" sum ") != std::string::npos && text.find("f32") == std::string::npos) {
    return;
  }
  require(offer.reason.empty(), fmt::format("{}: {}", text, offer.reason));
  harness::measure::LocalAccess access(device);
  harness::measure::PreparedProblem prepared(access, operands, device.identity(), device.place(),
                                             task_of(text, offer));
  harness::measure::Measurement out;
  prepared.prepare(out, [](const std::string&) {});
  require_ok(out, text);
  require(out.check.outcome == kernels::Outcome::right, text + ": is not right");
  for (const assay_mode mode : {ASSAY_HOT, ASSAY_COLD}) {
    for (const assay_launch& launch : prepared.launch(2, mode)) {
      require(launch.device_seconds < 60, "a launch took a minute");
    }
  }
  prepared.check(out);
  require_ok(out, text);
  require(out.details.contains("start"), "nothing is said of starts");
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

fs::path id_file() {
  const char* const named = std::getenv("ASSAY_TEST_ID_FILE");
  const char* const job = std::getenv("PMIX_NAMESPACE");
  if (named != nullptr) return named;
  return fs::temp_directory_path() /
         fmt::format("assay-ranks-test-{}-{}", job == nullptr ? "" : job, getppid());
}

/// Sends rank 0's id to the other ranks, like a launcher's side channel.
std::vector<std::byte> carried(const std::function<std::vector<std::byte>()>& make) {
  const fs::path file = id_file();
  if (kRank == 0) {
    const fs::path part = file.string() + ".part";
    const std::vector<std::byte> made = make();
    std::ofstream(part, std::ios::binary)
        .write(reinterpret_cast<const char*>(made.data()),
               static_cast<std::streamsize>(made.size()));
    fs::rename(part, file);
  }
  while (!fs::exists(file)) std::this_thread::yield();
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return bytes_of(text);
}

/// Called when all ranks have joined and therefore have read it.
void forget_id() {
  if (kRank == 0) fs::remove(id_file());
}

void operations(const backends::Module& module) {
  OpenDevice device(module, 0, {});
  const std::vector<std::byte> id = carried([&] { return device.unique_id(); });
  device.join(id, {static_cast<std::uint32_t>(kRanks), static_cast<std::uint32_t>(kRank)});
  forget_id();
  harness::measure::HostOperands operands;
  for (const std::string& text : problems()) {
    if (kRank == 0) fmt::print("{}\n", text);
    try_operation(device, operands, text);
  }
}

/// The module's first device as its probe lists it.
results::record::DeviceIdentity listed_device(const harness::worker::WorkerSettings& settings,
                                              const fs::path& module) {
  for (const auto& report : harness::worker::probe_folder(settings, module.parent_path(), 60)) {
    if (fs::path(report.path) == module && !report.devices.empty()) return report.devices.front();
  }
  throw Error("no device is listed");
}

void workers(const std::string& module, const std::string& program) {
  harness::worker::WorkerSettings settings;
  settings.executable = program;
  harness::worker::DeviceWorker worker(settings, listed_device(settings, module), module, nullptr);
  const std::string text = fmt::format("all_reduce ranks={} n=5000 type=f32", kRanks);
  const auto problem = kernels::Problem::parse(text);
  require(!worker.implementations(problem).at(0).reason.empty(), "one rank alone solves it");
  const std::vector<std::byte> id = carried([&] { return worker.unique_id(); });
  worker.join(id, static_cast<std::uint32_t>(kRanks), static_cast<std::uint32_t>(kRank), 60);
  forget_id();
  const harness::measure::Offer offer = worker.implementations(problem).at(0);
  require(offer.reason.empty(), "all together do not solve it: " + offer.reason);
  require_ok(worker.prepare(task_of(text, offer), 60), text);
  require(worker.launch(5, results::record::Mode::hot, 60).size() == 5, "launches are missing");
  require_ok(worker.check(60), text);
  worker.leave(60);
}

void require_refused(const std::function<void()>& call, const std::string& words) {
  try {
    call();
  } catch (const harness::measure::DeviceFailure& failure) {
    const std::string what = failure.what();
    require(what.find(words) != std::string::npos, what);
    return;
  }
  throw Error("not refused: " + words);
}

void refusals(const backends::Module& module) {
  OpenDevice device(module, 0, {});
  const auto ranks = static_cast<std::uint32_t>(kRanks), rank = static_cast<std::uint32_t>(kRank);
  const auto all = kernels::Problem::parse(fmt::format("broadcast ranks={} n=8 type=f32", kRanks));
  require(device.implementations(all).at(0).reason.find("mpirun") != std::string::npos,
          "no reason while alone");
  require_refused([&] { device.join(bytes_of("id"), {ranks + 1, rank}); }, "the launcher started");
  require_refused([&] { device.join(bytes_of("id"), {ranks, ranks}); }, "numbered from 0");
  require_refused(
      [&] {
        device.join(bytes_of(fmt::format("id {}", rank)), {ranks, rank});
      },
      "different ids");
  device.join(bytes_of("id"), {ranks, rank});
  require(device.implementations(all).at(0).reason.empty(), "a reason though joined");
  const auto more =
      kernels::Problem::parse(fmt::format("broadcast ranks={} n=8 type=f32", kRanks + 1));
  require(!device.implementations(more).at(0).reason.empty(), "no reason for more ranks");
  const auto half =
      kernels::Problem::parse(fmt::format("all_reduce ranks={} n=8 type=bf16", kRanks));
  require(device.implementations(half).at(0).reason.find("bf16") != std::string::npos,
          "bf16 is said to be summed");
  device.leave();
  require(!device.implementations(all).at(0).reason.empty(), "no reason after leaving");
  device.join(bytes_of("again"), {ranks, rank});
}

int run(const std::vector<std::string>& arguments) {
  const backends::Module module = backends::Module::open(arguments.at(1));
  if (arguments.at(3) == "operations") operations(module);
  if (arguments.at(3) == "workers") workers(arguments.at(1), arguments.at(2));
  if (arguments.at(3) == "refusals") refusals(module);
  return 0;
}

}  // namespace
}  // namespace assay

int main(int count, char** arguments) {
  try {
    return assay::run({arguments, arguments + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "rank {}: {}\n", assay::kRank, error.what());
    // Without MPI_Finalize, so that mpirun ends the other ranks as well.
    std::quick_exit(1);
  }
}
