// A rank: sends its plan to the coordinator, measures when told to, and sends its records.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/ranks/meeting.h"
#include "harness/ranks/messages.h"
#include "harness/ranks/place.h"
#include "harness/worker/device_worker.h"
#include "harness/worker/session.h"

namespace assay::harness::ranks {

/// The device, plan and workers of a rank, prepared by its caller.
struct Equipment {
  results::record::DeviceIdentity device;  ///< its properties include host, rank, slot and cores
  plan::Plan plan;                         ///< only for that device
  std::string environment_json;
  std::vector<worker::DeviceWorker>* workers = nullptr;  ///< the device's worker
  /// Workers for collectives by module: the device's own and that for host memory.
  std::map<std::string, worker::DeviceWorker*> collective;
};

class Member {
 public:
  /// Connects to the coordinator and introduces itself. Throws Error if rank 0 is not found or
  /// refuses this rank.
  Member(const Place& place, const Meeting& meeting, const worker::Interrupt& interrupt,
         double timeout_seconds);

  /// Reports why nothing can be measured here; the coordinator continues without this rank.
  void fail(const std::string& reason, const std::string& hint);

  /// Serves until the coordinator ends the run. If the coordinator is lost, the rank continues
  /// alone and passes all its records, including earlier ones, to `rescue`. Throws Interrupted.
  void serve(Equipment& equipment, const worker::SessionOptions& options,
             const std::function<void(const std::vector<results::record::Record>&)>& rescue);

 private:
  void measure(Equipment& equipment, worker::SessionOptions options);
  /// Lets the device of the order's module answer the request that follows the order.
  void carry_out(Equipment& equipment, const Order& order);
  /// The device's answer to a request.
  FromRank answer(worker::DeviceWorker& worker, const DeviceRequest& request,
                  double timeout_seconds);
  void tell(const FromRank& message);

  const worker::Interrupt& interrupt_;
  Link link_;
  std::string run_;
  std::vector<results::record::Record> records_;  ///< of this rank, in case the coordinator is lost
};

}  // namespace assay::harness::ranks
