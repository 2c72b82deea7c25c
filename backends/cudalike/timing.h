// Launching and timing by the device's own events.
//   hot    launches go into the queue one after the other between two events, so many that the
//          events' own 1 to 2 µs are less than 0.2% of the span, and share its time; an untimed one
//          leads where the time to submit would count
//   cold   before each, a write over twice the last-level cache, outside the timed span
//   short  launches that the host may submit more slowly than they run are captured in a graph
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/cudalike/memory.h"
#include "backends/cudalike/work.h"
#include "backends/sdk/host_time.h"

namespace assay::backends::cudalike {

/// Events of one stream, used again and again.
class Events {
 public:
  Events() = default;
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  Event operator[](std::size_t index);

 private:
  std::vector<Event> events_;
};

/// A number of launches captured as one graph.
class LaunchGraph {
 public:
  /// Throws sdk::Failure where the runtime cannot capture this work; the stream is usable after.
  LaunchGraph(Work& work, unsigned launches, Stream stream);
  ~LaunchGraph();
  LaunchGraph(const LaunchGraph&) = delete;
  LaunchGraph& operator=(const LaunchGraph&) = delete;
  void launch(Stream stream) const;
  unsigned launches() const { return launches_; }

 private:
  void* executable_ = nullptr;
  unsigned launches_;
};

/// What timing needs of a device.
struct TimingContext {
  Stream stream = nullptr;
  Events events;
  std::uint64_t cache_bytes = 0;
  std::unique_ptr<Buffer> flush;  ///< made when first needed, like the next two
  std::unique_ptr<Buffer> clean, read_to;

  /// Overwrites the caches, then reads as much as they hold of lines that stay clean: otherwise the
  /// next launch would wait for dirty lines to be written back.
  void flush_cache();
  /// Lines that a library keeps in the L2 on purpose survive a flush.
  void reset_persisting_lines();

  /// Called when the queue, by the launches' typical time, holds work for so many seconds more: it
  /// should take much less. Zero or less where a slow host let the queue run empty.
  std::function<void(double seconds)> while_busy;
};

/// Median device seconds of a few launches, for choosing among candidates.
double quick_seconds(TimingContext& context, Work& work, int launches = 5);

/// Times one work's launches. Construction launches it a few times.
class Timer {
 public:
  Timer(TimingContext& context, Work& work);
  void run(std::span<assay_launch> launches, assay_mode mode);
  std::map<std::string, std::string> details() const;

 private:
  /// Launches between two events: `submitted` at least the `asked` ones, more only in a graph.
  struct Span {
    std::size_t asked, submitted;
    const LaunchGraph* graph;
  };
  void make_graphs();
  std::vector<Span> spans(std::size_t launches) const;
  void run_hot(std::span<assay_launch> launches);
  void run_cold(std::span<assay_launch> launches);
  void submit(const Span& span);
  void look_while_busy(std::size_t launches, sdk::SteadyClock::time_point begin);

  TimingContext& context_;
  Work& work_;
  /// For calls of at least `joined_` launches, and for shorter ones.
  std::unique_ptr<LaunchGraph> graph_, short_graph_;
  std::string no_graph_;
  double typical_seconds_ = 0;
  std::size_t joined_ = 1;  ///< a span has at least as many launches, where the call has them
};

}  // namespace assay::backends::cudalike
