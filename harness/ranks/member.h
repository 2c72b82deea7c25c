// One rank's side: says what it will measure, measures when its turn has come, hands over records.
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

/// What a rank has to work with, made ready by whoever started it.
struct Equipment {
  results::record::DeviceIdentity device;  ///< with host, rank, slot and cores among its properties
  plan::Plan plan;                         ///< of that device alone
  std::string environment_json;
  std::vector<worker::DeviceWorker>* workers = nullptr;  ///< the device's
  /// By module: those that collectives may be measured on, the device's own and host memory.
  std::map<std::string, worker::DeviceWorker*> collective;
};

class Member {
 public:
  /// Finds the coordinator and makes itself known.
  Member(const Place& place, const Meeting& meeting, const worker::Interrupt& interrupt,
         double timeout_seconds);

  /// Why nothing can be measured here; the coordinator goes on without this rank.
  void fail(const std::string& reason, const std::string& hint);

  /// Serves until the coordinator ends the run. Where it is lost, the rank goes on by itself and
  /// hands what it measured, also before, to `rescue`. Throws Interrupted.
  void serve(Equipment& equipment, const worker::SessionOptions& options,
             const std::function<void(const std::vector<results::record::Record>&)>& rescue);

 private:
  void measure(Equipment& equipment, worker::SessionOptions options);
  /// Has the device of the order's module answer the request that follows it.
  void carry_out(Equipment& equipment, const Order& order);
  void tell(const FromRank& message);

  const worker::Interrupt& interrupt_;
  worker::LineChannel socket_;
  std::string run_;
  std::vector<results::record::Record>
      records_;  ///< of this rank, for the case that nobody takes them
};

}  // namespace assay::harness::ranks
