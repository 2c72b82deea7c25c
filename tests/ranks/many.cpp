// Many simulated ranks and one coordinator with a store: how long they take to join and to send
// their records, and whether ranks are lost that did not die.
// Usage: many RANKS [--records N] [--die FRACTION] [--processes N] [--silence SECONDS]
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <random>

#include "harness/environment/environment.h"
#include "harness/ranks/coordinator.h"
#include "harness/ranks/link.h"
#include "harness/ranks/open_files.h"
#include "tests/bench/sample_record_set.h"
#include "tests/ranks/planned.h"

namespace assay::harness::ranks {
namespace {

using results::record::Run;
using Clock = std::chrono::steady_clock;

/// Of this process.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct Settings {
  std::uint32_t ranks = 100, processes = 4;
  int records = 1;
  double die = 0, silence_seconds = 60;
};

/// Which ranks die, so that the coordinator's findings can be compared with it.
bool dies(std::uint32_t rank, const Settings& settings) {
  std::mt19937 engine(rank);
  return std::uniform_real_distribution<>()(engine) < settings.die;
}

/// The ranks `first` to `last` - 1, in a process of their own.
class Members {
 public:
  Members(std::uint32_t first, std::uint32_t last, const Settings& settings, const Run& run)
      : first_(first), settings_(settings), run_(run), engine_(first), links_(last - first) {}

  void run(const std::string& endpoint, const JobSecret& secret) {
    allow_open_files(6 * links_.size() + 64, 0);
    const auto context = make_link_context();
    for (Link& link : links_) link = Link(endpoint, secret, context);
    for (std::size_t i = 0; i < links_.size(); ++i) {
      // Like Meeting::connect(), which begins again.
      for (std::string why; !links_[i].connected(600, nullptr, why);) {
        links_[i] = Link(endpoint, secret, context);
      }
      links_[i].send(line_of(Hello{rank(i), 0, "node", environment::version_text()}));
    }
    std::vector<bool> ended(links_.size());
    while (std::ranges::find(ended, false) != ended.end()) {
      bool idle = true;
      for (std::size_t i = 0; i < links_.size(); ++i) {
        std::string text;
        if (ended[i]) continue;
        const auto event = links_[i].receive(text, 0);
        if (event == Link::Event::message) follow(i, text);
        ended[i] = event == Link::Event::closed;
        idle = idle && event == Link::Event::timed_out;
      }
      if (idle) usleep(20000);
    }
  }

 private:
  std::uint32_t rank(std::size_t i) const { return first_ + static_cast<std::uint32_t>(i); }

  void follow(std::size_t i, const std::string& text) {
    const auto told = worker::message_in<ToRank>(text);
    if (std::holds_alternative<Welcome>(told)) {
      links_[i].send(line_of(planned()));
    } else if (std::holds_alternative<Go>(told)) {
      measure(i);
    } else {
      links_[i].close();
    }
  }

  void measure(std::size_t i) {
    links_[i].send(line_of(Begins{0}));
    for (int k = 0; k < settings_.records; ++k) {
      auto record = results::record_of(static_cast<int>(rank(i)), run_, engine_);
      links_[i].send(line_of(Made{record}));
    }
    if (dies(rank(i), settings_)) return links_[i].close();
    links_[i].send(line_of(Done()));
  }

  const std::uint32_t first_;
  const Settings& settings_;
  const Run& run_;
  std::mt19937_64 engine_;
  std::vector<Link> links_;
};

/// Starts the processes of the ranks. They learn the address from a pipe, because ZeroMQ's threads
/// do not survive a fork.
int start_members(const Settings& settings, const Run& run) {
  int ends[2];
  if (pipe(ends) != 0) throw Error("no pipe");
  for (std::uint32_t i = 0; i < settings.processes; ++i) {
    if (fork() != 0) continue;
    close(ends[1]);
    constexpr std::size_t kLine = 128;
    std::string line(kLine, '\0');
    if (read(ends[0], line.data(), line.size()) != ssize_t{kLine}) _exit(1);
    const std::size_t space = line.find(' ');
    try {
      Members(settings.ranks * i / settings.processes,
              settings.ranks * (i + 1) / settings.processes, settings, run)
          .run(line.substr(0, space), *JobSecret::from_hex(line.substr(space + 1, 64)));
    } catch (const std::exception& error) {
      fmt::print(stderr, "members: {}\n", error.what());
      _exit(1);
    }
    _exit(0);
  }
  close(ends[0]);
  return ends[1];
}

int simulate(const Settings& settings) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("assay-many-{}.db", getpid());
  Run run{.id = results::store::new_id(), .started = results::store::now_utc(), .plan = "{}"};
  const int pipe = start_members(settings, run);
  allow_open_files(settings.ranks + 64, settings.ranks + 4096);
  const auto secret = JobSecret::random();
  Hub hub(secret, {"tcp://127.0.0.1:*"});
  for (std::uint32_t i = 0; i < settings.processes; ++i) {
    const std::string line =
        fmt::format("{:<128}", fmt::format("{} {}", hub.endpoints().front(), secret.hex()));
    if (write(pipe, line.data(), line.size()) < 0) throw Error("a pipe is closed");
  }
  const auto begin = Clock::now();
  const double cpu_begin = cpu_seconds();
  auto store = results::store::Store::open(file, results::store::Access::write);
  run.environment = store.put_environment("{}");
  store.begin(run);
  std::size_t kept = 0;
  const worker::Interrupt interrupt;
  Coordinator coordinator(std::move(hub),
                          {.ranks = settings.ranks,
                           .run = run.id,
                           .gather_seconds = 600,
                           .silence_seconds = settings.silence_seconds},
                          {.store =
                               [&](std::span<const results::record::Record> records) {
                                 store.put(records);
                                 return std::size_t{0};
                               },
                           .kept = [&](std::span<const results::record::Record> records,
                                       std::size_t) { kept += records.size(); },
                           .ended = [](const RankReport&) {},
                           .tick = [] {},
                           .has_ended = [](std::uint32_t) { return false; },
                           .ending = [](std::uint32_t) { return std::string(); },
                           .note = [](const std::string& line) { fmt::print("{}\n", line); }},
                          interrupt);
  coordinator.gather();
  const double joined = seconds_since(begin), cpu_joined = cpu_seconds() - cpu_begin;
  coordinator.measure();
  const double measured = seconds_since(begin) - joined;
  const double cpu_measured = cpu_seconds() - cpu_begin - cpu_joined;
  coordinator.end();
  std::filesystem::remove(file);
  int dead = 0, healthy_lost = 0, dead_missed = 0;
  for (const RankReport& rank : coordinator.ranks()) {
    const bool lost = rank.state == RankReport::State::lost, died = dies(rank.rank, settings);
    dead += died;
    dead_missed += died && !lost;
    healthy_lost += !died && lost;
    if (!died && lost && healthy_lost < 4) fmt::print("{}: {}\n", name(rank), rank.lost);
  }
  // A rank that died has left a record of that only if it had begun a problem.
  const std::size_t expected = settings.ranks * static_cast<std::size_t>(settings.records);
  fmt::print(
      "{} ranks joined in {:.2f} s (rank 0: {:.2f} s of CPU); {} records in {:.2f} s ({:.2f} s of "
      "CPU), {:.0f}/s; of {} that died {} "
      "were not noticed; {} healthy ranks lost; {} records missing\n",
      settings.ranks, joined, cpu_joined, kept, measured, cpu_measured,
      static_cast<double>(kept) / measured, dead, dead_missed, healthy_lost,
      expected > kept ? expected - kept : 0);
  return healthy_lost == 0 && dead_missed == 0 && kept >= expected ? 0 : 1;
}

}  // namespace
}  // namespace assay::harness::ranks

int main(int count, char** arguments) {
  assay::harness::ranks::Settings settings;
  CLI::App app;
  app.add_option("ranks", settings.ranks)->required();
  app.add_option("--records", settings.records);
  app.add_option("--die", settings.die);
  app.add_option("--processes", settings.processes);
  app.add_option("--silence", settings.silence_seconds);
  CLI11_PARSE(app, count, arguments);
  const int code = assay::harness::ranks::simulate(settings);
  while (wait(nullptr) > 0) {
  }
  return code;
}
