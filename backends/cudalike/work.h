// A problem made ready on a device's stream.
#pragma once

#include <map>
#include <string>

#include "backends/sdk/description.h"

namespace assay::backends::cudalike {

/// launch() only puts work into the stream: no waiting, no allocation, so that it can be captured
/// into a graph. It may be called any number of times with the same result.
class Work {
 public:
  virtual ~Work() = default;
  virtual void launch() = 0;
  /// Whether launches may be joined in one graph: not where the launch itself is measured.
  virtual bool joinable() const { return true; }
  /// Whether other devices launch together with it: the number of launches must then be exactly
  /// as requested.
  virtual bool together() const { return false; }
  /// For such work: puts a barrier between the devices into the stream, before each launch and
  /// outside its time.
  virtual void align() {}
  /// Called when launches are over and their times taken: copies to the device what they left on
  /// the host.
  virtual void bring_back() {}
  /// What was chosen, for the record.
  virtual std::map<std::string, std::string> details() const { return {}; }
};

}  // namespace assay::backends::cudalike
