#include "backends/cudalike/timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "backends/sdk/host_time.h"

namespace assay::backends::cudalike {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// cudaEventElapsedTime: "a resolution of approximately 0.5 microseconds" (CUDA Runtime API).
constexpr double kEventResolution = 0.5e-6;
/// Joined in graphs below this, until a graph takes that long.
constexpr double kShort = 20e-6, kLongEnough = 100e-6;
constexpr unsigned kMostJoined = 64;
/// For launches longer than this the time to submit is negligible, so no leading launch is needed.
constexpr double kNeedsNoLead = 10e-3;
/// A single launch longer than this is timed precisely enough to choose by.
constexpr double kOneTells = 0.1;
constexpr std::size_t kQueued = 256;  ///< launches in the queue at a time
/// Flushed where the size of the cache is unknown.
constexpr std::uint64_t kUnknownCache = 256 << 20;
/// Clean lines are read in so many parts.
constexpr std::uint64_t kReadParts = 16;

double seconds(SteadyClock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double between(Event start, Event stop) {
  float milliseconds = 0;
  platform().runtime().event_elapsed(&milliseconds, start, stop);
  return std::max(kEventResolution, static_cast<double>(milliseconds) * 1e-3);
}

}  // namespace

Events::~Events() {
  for (Event event : events_) platform().runtime().event_destroy.pointer(event);
}

Event Events::operator[](std::size_t index) {
  while (events_.size() <= index) {
    Event event = nullptr;
    platform().runtime().event_create(&event, 0);
    events_.push_back(event);
  }
  return events_[index];
}

LaunchGraph::LaunchGraph(Work& work, unsigned launches, Stream stream) : launches_(launches) {
  const RuntimeApi& api = platform().runtime();
  constexpr int kThreadLocal = 1;
  void* graph = nullptr;
  api.begin_capture(stream, kThreadLocal);
  try {
    for (unsigned i = 0; i < launches; ++i) work.launch();
  } catch (...) {
    api.end_capture.pointer(stream, &graph);  // the stream must leave its capturing state
    if (graph != nullptr) api.graph_destroy.pointer(graph);
    if (api.last_error) api.last_error.status();
    throw;
  }
  api.end_capture(stream, &graph);
  const int status = api.graph_instantiate.status(&executable_, graph, 0);
  api.graph_destroy.pointer(graph);
  if (status != 0) {
    if (api.last_error) api.last_error.status();
    fail(api.graph_instantiate.name, status, api.graph_instantiate.statuses);
  }
}

LaunchGraph::~LaunchGraph() {
  if (executable_ != nullptr) platform().runtime().graph_exec_destroy.pointer(executable_);
}

void LaunchGraph::launch(Stream stream) const {
  platform().runtime().graph_launch(executable_, stream);
}

void TimingContext::flush_cache() {
  const std::uint64_t cache = cache_bytes == 0 ? kUnknownCache / 2 : cache_bytes;
  const std::uint64_t part = std::max<std::uint64_t>(1, cache / kReadParts);
  if (!flush) {
    flush = std::make_unique<Buffer>(2 * cache, stream);
    clean = std::make_unique<Buffer>(part * kReadParts, stream);
    read_to = std::make_unique<Buffer>(part, stream);
  }
  platform().runtime().memset_async(flush->data(), 0x5a, flush->bytes(), stream);
  // All parts go to one place, so that few lines are dirty afterwards.
  for (std::uint64_t at = 0; at < clean->bytes(); at += part) {
    copy_async(read_to->data(), clean->data() + at, part, Direction::on_device, stream);
  }
}

void TimingContext::reset_persisting_lines() {
  const RuntimeApi& api = platform().runtime();
  // Devices that keep no lines refuse it.
  if (api.reset_persisting_l2 && api.reset_persisting_l2.status() != 0 && api.last_error) {
    api.last_error.status();
  }
}

double quick_seconds(TimingContext& context, Work& work, int launches) {
  const RuntimeApi& api = platform().runtime();
  Events& events = context.events;
  const auto timed = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i) * 2;
      api.event_record(events[at], context.stream);
      work.launch();
      api.event_record(events[at + 1], context.stream);
    }
    api.stream_synchronize(context.stream);
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i) * 2;
      times.push_back(between(events[at], events[at + 1]));
    }
    std::ranges::nth_element(times, times.begin() + count / 2);
    return times[static_cast<std::size_t>(count) / 2];
  };
  // The first may include loading and does not count; but it shows whether one more launch is
  // enough.
  return timed(timed(1) > kOneTells ? 1 : launches);
}

Timer::Timer(TimingContext& context, Work& work) : context_(context), work_(work) {
  if (work.together()) {
    typical_seconds_ = kNeedsNoLead;
    no_graph_ = "other devices launch together with it";
    return;
  }
  typical_seconds_ = quick_seconds(context, work, 3);
  if (typical_seconds_ >= kShort) return;
  if (!work.joinable()) {
    no_graph_ = "the launch itself is measured";
  } else if (!platform().runtime().has_graphs()) {
    no_graph_ = "the runtime has no graphs";
  } else {
    const double many = std::ceil(kLongEnough / typical_seconds_);
    const auto joined = static_cast<unsigned>(std::clamp(many, 2.0, double{kMostJoined}));
    try {
      graph_ = std::make_unique<LaunchGraph>(work, joined, context.stream);
    } catch (const sdk::Failure& failure) {
      no_graph_ = failure.what();
    }
  }
}

void Timer::submit(const LaunchGraph* graph) {
  if (graph != nullptr) {
    graph->launch(context_.stream);
  } else {
    work_.launch();
  }
}

void Timer::run(std::span<assay_launch> launches, assay_mode mode) {
  // A call of fewer launches than the graph holds must not take as long as the graph: whoever
  // compares calls of one launch with longer ones would miss work in the latter.
  const bool joins = graph_ && launches.size() >= graph_->launches();
  const LaunchGraph* const graph = joins ? graph_.get() : nullptr;
  while (!launches.empty()) {
    const auto some = launches.first(std::min(launches.size(), kQueued));
    mode == ASSAY_COLD ? run_cold(some) : run_hot(some, graph);
    launches = launches.subspan(some.size());
  }
  work_.bring_back();
}

void Timer::run_hot(std::span<assay_launch> launches, const LaunchGraph* graph) {
  const RuntimeApi& api = platform().runtime();
  Events& events = context_.events;
  if (typical_seconds_ < kNeedsNoLead) submit(graph);
  const std::size_t joined = graph != nullptr ? graph->launches() : 1;
  const double share = 1 / static_cast<double>(joined);
  const std::size_t submissions = (launches.size() + joined - 1) / joined;
  const auto begin = SteadyClock::now();
  for (std::size_t i = 0; i < submissions; ++i) {
    work_.align();
    api.event_record(events[2 * i], context_.stream);
    submit(graph);
    api.event_record(events[2 * i + 1], context_.stream);
  }
  api.stream_synchronize(context_.stream);
  const double host = seconds(SteadyClock::now() - begin) / static_cast<double>(submissions);
  for (std::size_t i = 0; i < launches.size(); ++i) {
    const std::size_t at = 2 * (i / joined);
    launches[i].device_seconds = between(events[at], events[at + 1]) * share;
  }
  // The last graph may hold more launches than were asked for.
  sdk::share_host_time(launches, host * share * static_cast<double>(launches.size()));
}

/// The host's time is that of the whole minus the flushes as the device timed them: waiting after
/// each flush would add the time to submit to the device's span.
void Timer::run_cold(std::span<assay_launch> launches) {
  const RuntimeApi& api = platform().runtime();
  Events& events = context_.events;
  context_.reset_persisting_lines();
  const auto begin = SteadyClock::now();
  for (std::size_t i = 0; i < launches.size(); ++i) {
    api.event_record(events[3 * i], context_.stream);
    context_.flush_cache();
    work_.align();
    api.event_record(events[3 * i + 1], context_.stream);
    work_.launch();
    api.event_record(events[3 * i + 2], context_.stream);
  }
  api.stream_synchronize(context_.stream);
  double host = seconds(SteadyClock::now() - begin);
  for (std::size_t i = 0; i < launches.size(); ++i) {
    host -= between(events[3 * i], events[3 * i + 1]);
    launches[i].device_seconds = between(events[3 * i + 1], events[3 * i + 2]);
  }
  sdk::share_host_time(launches, host);
}

std::map<std::string, std::string> Timer::details() const {
  std::map<std::string, std::string> all = {
      {"timing.events", "the device's own, around each launch"},
      {"timing.event_resolution_seconds", fmt::format("{:.1e}", kEventResolution)}};
  if (graph_) {
    all["timing.events"] = "the device's own, around each graph (hot) or launch (cold)";
    all["timing.graph_launches"] = std::to_string(graph_->launches());
  }
  if (!no_graph_.empty()) all["timing.no_graph"] = no_graph_;
  return all;
}

}  // namespace assay::backends::cudalike
