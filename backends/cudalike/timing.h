// Launching and timing by the device's own events.
//   hot    launches go into the queue one after the other, each between two events; an untimed one
//          leads where the time to submit would count
//   cold   before each, a write over twice the last-level cache, outside the timed span
//   short  launches too short for the events are joined into a graph and share its time
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/cudalike/memory.h"
#include "backends/cudalike/work.h"

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
  /// `graph` joins launches; null: each is submitted alone.
  void run_hot(std::span<assay_launch> launches, const LaunchGraph* graph);
  void run_cold(std::span<assay_launch> launches);
  void submit(const LaunchGraph* graph);

  TimingContext& context_;
  Work& work_;
  std::unique_ptr<LaunchGraph> graph_;
  std::string no_graph_;
  double typical_seconds_ = 0;
};

}  // namespace assay::backends::cudalike
