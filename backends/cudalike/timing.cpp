#include "backends/cudalike/timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace assay::backends::cudalike {
namespace {

/// cudaEventElapsedTime: "a resolution of approximately 0.5 microseconds" (CUDA Runtime API).
constexpr double kEventResolution = 0.5e-6;
/// A span of launches between two events lasts at least this long, and one of a call with few
/// launches that are in a graph this long.
constexpr double kLongEnough = 1e-3, kFewLongEnough = 100e-6;
/// Joined in graphs below this.
constexpr double kShort = 20e-6;
constexpr double kMostJoined = 1024, kMostOfFew = 64;
/// For launches longer than this the time to submit is negligible, so no leading launch is needed.
constexpr double kNeedsNoLead = 10e-3;
/// A single launch longer than this is timed precisely enough to choose by.
constexpr double kOneTells = 0.1;
constexpr std::size_t kQueued = 256;  ///< spans in the queue at a time
/// Flushed where the size of the cache is unknown.
constexpr std::uint64_t kUnknownCache = 256 << 20;
/// Clean lines are read in so many parts.
constexpr std::uint64_t kReadParts = 16;

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

namespace {

/// Launches that fill so many seconds; a power of two, so that it hardly changes between runs.
unsigned launches_in(double seconds, double each, double most) {
  const auto fewest = static_cast<unsigned>(std::clamp(std::ceil(seconds / each), 1.0, most));
  return std::bit_ceil(fewest);
}

template <class Submit>
double quick_seconds_of(TimingContext& context, const Submit& submit, int launches) {
  const RuntimeApi& api = platform().runtime();
  Events& events = context.events;
  const auto timed = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i) * 2;
      api.event_record(events[at], context.stream);
      submit();
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

}  // namespace

double quick_seconds(TimingContext& context, Work& work, int launches) {
  return quick_seconds_of(
      context, [&] { work.launch(); }, launches);
}

Timer::Timer(TimingContext& context, Work& work) : context_(context), work_(work) {
  if (work.together()) {
    typical_seconds_ = kNeedsNoLead;
    no_graph_ = "other devices launch together with it";
    return;
  }
  typical_seconds_ = quick_seconds(context, work, 3);
  if (!work.joinable()) {
    if (typical_seconds_ < kShort) no_graph_ = "the launch itself is measured";
    return;
  }
  if (typical_seconds_ < kShort) make_graphs();
  joined_ = graph_ ? graph_->launches() : launches_in(kLongEnough, typical_seconds_, kMostJoined);
}

void Timer::make_graphs() {
  if (!platform().runtime().has_graphs()) {
    no_graph_ = "the runtime has no graphs";
    return;
  }
  try {
    short_graph_ = std::make_unique<LaunchGraph>(
        work_, std::max(2U, launches_in(kFewLongEnough, typical_seconds_, kMostOfFew)),
        context_.stream);
    const auto submit_graph = [&] { short_graph_->launch(context_.stream); };
    typical_seconds_ = quick_seconds_of(context_, submit_graph, 3) / short_graph_->launches();
    graph_ = std::make_unique<LaunchGraph>(
        work_, std::max(2U, launches_in(kLongEnough, typical_seconds_, kMostJoined)),
        context_.stream);
  } catch (const sdk::Failure& failure) {
    no_graph_ = failure.what();
    graph_.reset();
    short_graph_.reset();
  }
}

void Timer::submit(const Span& span) {
  if (span.graph != nullptr) {
    span.graph->launch(context_.stream);
    return;
  }
  for (std::size_t i = 0; i < span.submitted; ++i) work_.launch();
}

void Timer::run(std::span<assay_launch> launches, assay_mode mode) {
  const std::size_t queued = mode == ASSAY_COLD ? kQueued : kQueued * joined_;
  while (!launches.empty()) {
    const auto some = launches.first(std::min(launches.size(), queued));
    mode == ASSAY_COLD ? run_cold(some) : run_hot(some);
    launches = launches.subspan(some.size());
  }
  work_.bring_back();
}

void Timer::look_while_busy(std::size_t launches, sdk::SteadyClock::time_point begin) {
  if (work_.together() || !context_.while_busy) return;
  context_.while_busy(static_cast<double>(launches) * typical_seconds_ - sdk::seconds_since(begin));
}

std::vector<Timer::Span> Timer::spans(std::size_t launches) const {
  std::vector<Span> all;
  // A call of fewer launches than a graph holds must not take as long as the graph: whoever
  // compares calls of one launch with longer ones would miss work in the latter.
  if (graph_ && launches >= short_graph_->launches()) {
    const LaunchGraph& one = launches < joined_ ? *short_graph_ : *graph_;
    for (std::size_t left = launches; left > 0; left -= all.back().asked) {
      all.push_back({std::min<std::size_t>(left, one.launches()), one.launches(), &one});
    }
    return all;
  }
  // None is shorter than joined_, where there are as many launches.
  const std::size_t count = std::max<std::size_t>(1, launches / joined_);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t some = launches * (i + 1) / count - launches * i / count;
    all.push_back({some, some, nullptr});
  }
  return all;
}

void Timer::run_hot(std::span<assay_launch> launches) {
  const RuntimeApi& api = platform().runtime();
  Events& events = context_.events;
  const std::vector<Span> all = spans(launches.size());
  if (typical_seconds_ < kNeedsNoLead) {
    submit(all.front().graph != nullptr ? all.front() : Span{1, 1, nullptr});
  }
  std::size_t submitted = 0;
  const auto begin = sdk::SteadyClock::now();
  for (std::size_t i = 0; i < all.size(); ++i) {
    work_.align();
    api.event_record(events[2 * i], context_.stream);
    submit(all[i]);
    api.event_record(events[2 * i + 1], context_.stream);
    submitted += all[i].submitted;
  }
  look_while_busy(submitted, begin);
  api.stream_synchronize(context_.stream);
  const double host = sdk::seconds_since(begin) / static_cast<double>(submitted);
  std::size_t at = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double span = between(events[2 * i], events[2 * i + 1]);
    for (std::size_t j = 0; j < all[i].asked; ++j) {
      launches[at++].device_seconds = span / static_cast<double>(all[i].submitted);
    }
  }
  // The last graph may hold more launches than were asked for.
  sdk::share_host_time(launches, host * static_cast<double>(launches.size()));
}

/// The host's time is that of the whole minus the flushes as the device timed them: waiting after
/// each flush would add the time to submit to the device's span.
void Timer::run_cold(std::span<assay_launch> launches) {
  const RuntimeApi& api = platform().runtime();
  Events& events = context_.events;
  context_.reset_persisting_lines();
  const auto begin = sdk::SteadyClock::now();
  for (std::size_t i = 0; i < launches.size(); ++i) {
    api.event_record(events[3 * i], context_.stream);
    context_.flush_cache();
    work_.align();
    api.event_record(events[3 * i + 1], context_.stream);
    work_.launch();
    api.event_record(events[3 * i + 2], context_.stream);
  }
  look_while_busy(launches.size(), begin);
  api.stream_synchronize(context_.stream);
  double host = sdk::seconds_since(begin);
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
  if (joined_ > 1) {
    all["timing.events"] = "the device's own, around joined launches (hot) or each launch (cold)";
    all["timing.joined_launches"] = std::to_string(joined_);
  }
  if (graph_) all["timing.graph_launches"] = std::to_string(graph_->launches());
  if (!no_graph_.empty()) all["timing.no_graph"] = no_graph_;
  return all;
}

}  // namespace assay::backends::cudalike
