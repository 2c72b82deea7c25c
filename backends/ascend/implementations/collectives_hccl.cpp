// Operations of several devices by HCCL. Those that HCCL has no call for use HcclAlltoAllV.
#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "backends/ascend/device.h"
#include "backends/ascend/hccl.h"
#include "kernels/collective.h"

namespace assay::backends::ascend::collectives_hccl {

extern const Implementation all_reduce_hccl_implementation, reduce_scatter_hccl_implementation,
    all_gather_hccl_implementation, broadcast_hccl_implementation, all_to_all_hccl_implementation,
    send_receive_hccl_implementation, expert_dispatch_hccl_implementation,
    expert_combine_hccl_implementation;

namespace {

/// A problem's parts on this device.
struct Exchange {
  const Place& place;
  Stream stream;
  kernels::CollectiveLayout layout;
  std::byte *from, *to;
  /// Of an uneven exchange, in bytes, one for each rank.
  std::vector<std::uint64_t> sent = {}, sent_places = {}, received = {}, received_places = {};

  std::uint64_t bytes(std::int64_t elements) const {
    return static_cast<std::uint64_t>(kernels::bytes_of(layout.type, elements));
  }
  int sum_type() const { return hccl_summed(layout.type).value_or(-1); }
};

using Call = Status (*)(const Hccl&, const Exchange&);

Status all_reduce(const Hccl& hccl, const Exchange& e) {
  return hccl.HcclAllReduce(e.from, e.to, static_cast<std::uint64_t>(e.layout.counted),
                            e.sum_type(), kHcclSum, e.place.communicator(), e.stream);
}

Status reduce_scatter(const Hccl& hccl, const Exchange& e) {
  return hccl.HcclReduceScatter(e.from, e.to, static_cast<std::uint64_t>(e.layout.received.front()),
                                e.sum_type(), kHcclSum, e.place.communicator(), e.stream);
}

Status all_gather(const Hccl& hccl, const Exchange& e) {
  return hccl.HcclAllGather(e.from, e.to, e.bytes(e.layout.held.front()), kHcclByte,
                            e.place.communicator(), e.stream);
}

Status broadcast(const Hccl& hccl, const Exchange& e) {
  return hccl.HcclBroadcast(e.place.rank() == 0 ? e.from : e.to, e.bytes(e.layout.counted),
                            kHcclByte, 0, e.place.communicator(), e.stream);
}

Status all_to_all(const Hccl& hccl, const Exchange& e) {
  const std::uint64_t block = e.bytes(e.layout.counted / e.layout.ranks());
  return hccl.HcclAlltoAll(e.from, block, kHcclByte, e.to, block, kHcclByte, e.place.communicator(),
                           e.stream);
}

Status uneven(const Hccl& hccl, const Exchange& e) {
  return hccl.HcclAlltoAllV(e.from, e.sent.data(), e.sent_places.data(), kHcclByte, e.to,
                            e.received.data(), e.received_places.data(), kHcclByte,
                            e.place.communicator(), e.stream);
}

Status one_way(const Hccl& hccl, const Exchange& e) {
  const std::uint64_t bytes = e.bytes(e.layout.counted);
  const std::uint32_t rank = e.place.rank();
  return rank % 2 == 0
             ? hccl.HcclSend(e.from, bytes, kHcclByte, rank + 1, e.place.communicator(), e.stream)
             : hccl.HcclRecv(e.to, bytes, kHcclByte, rank - 1, e.place.communicator(), e.stream);
}

struct Routine {
  std::string_view operation;
  Call call;
  const char* name;
};

constexpr Routine kRoutines[] = {{"all_reduce", all_reduce, "HcclAllReduce"},
                                 {"reduce_scatter", reduce_scatter, "HcclReduceScatter"},
                                 {"all_gather", all_gather, "HcclAllGather"},
                                 {"broadcast", broadcast, "HcclBroadcast"},
                                 {"all_to_all", all_to_all, "HcclAlltoAll"}};
constexpr Routine kOneWay = {"", one_way, "HcclSend and HcclRecv"};
constexpr Routine kUneven = {"", uneven, "HcclAlltoAllV"};

const Routine& routine_of(const kernels::Problem& problem) {
  for (const Routine& one : kRoutines) {
    if (one.operation == problem.operation().name) return one;
  }
  const bool pair =
      problem.operation().name == "send_receive" && problem.choice("pattern") == "pair";
  return pair ? kOneWay : kUneven;
}

/// Variables by which HCCL computes in another way or at another speed (Huawei, "Environment
/// variables" of CANN 8.3).
constexpr const char* kMovesResults[] = {"HCCL_ALGO", "HCCL_BUFFSIZE", "HCCL_DETERMINISTIC",
                                         "HCCL_OP_EXPANSION_MODE"};

class Collective : public Launch {
 public:
  Collective(const Routine& routine, Exchange exchange)
      : routine_(routine), exchange_(std::move(exchange)) {}

  void enqueue() override { check_hccl(routine_.call(runtime().hccl, exchange_), routine_.name); }
  void align() override {
    std::byte* const at = exchange_.place.meeting();
    check_hccl(runtime().hccl.HcclAllReduce(at, at, 1, kHcclFloat, kHcclSum,
                                            exchange_.place.communicator(), exchange_.stream),
               "HcclAllReduce");
  }
  sdk::Pairs details() const override {
    sdk::Pairs all = {{"routine", routine_.name},
                      {"start", "after a sum of 4 bytes over all ranks"}};
    for (const char* variable : kMovesResults) {
      const char* const value = std::getenv(variable);
      all.emplace_back(variable, value == nullptr ? "not set" : value);
    }
    return all;
  }

 private:
  const Routine& routine_;
  Exchange exchange_;
};

std::string why_not(const kernels::Problem& problem, Device& device) {
  if (!runtime().hccl.missing.empty()) return runtime().hccl.missing;
  const Place* const place = device.place();
  if (place == nullptr) return "this device has not joined any others";
  const kernels::Collective& collective = *problem.operation().collective;
  if (collective.ranks(problem) != place->ranks()) {
    return fmt::format("{} devices work together, not {}", place->ranks(),
                       collective.ranks(problem));
  }
  const kernels::CollectiveLayout layout = collective.layout(problem);
  if (layout.sums && !hccl_summed(layout.type)) {
    return fmt::format("HCCL does not sum {}", name(layout.type));
  }
  return {};
}

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  const Routine& routine = routine_of(problem);
  Exchange exchange{*device.place(), device.session()->stream(),
                    problem.operation().collective->layout(problem), buffers[0]->data(),
                    buffers[1]->data()};
  if (&routine == &kUneven) {
    for (const kernels::Passage& one :
         kernels::passages(exchange.layout, problem, device.place()->rank())) {
      exchange.sent.push_back(exchange.bytes(one.sent));
      exchange.sent_places.push_back(exchange.bytes(one.from));
      exchange.received.push_back(exchange.bytes(one.received));
      exchange.received_places.push_back(exchange.bytes(one.to));
    }
  }
  return std::make_unique<Collective>(routine, std::move(exchange));
}

constexpr Implementation way(std::string_view operation) {
  return {"library/hccl", operation, why_not, prepare};
}

}  // namespace

const Implementation all_reduce_hccl_implementation = way("all_reduce");
const Implementation reduce_scatter_hccl_implementation = way("reduce_scatter");
const Implementation all_gather_hccl_implementation = way("all_gather");
const Implementation broadcast_hccl_implementation = way("broadcast");
const Implementation all_to_all_hccl_implementation = way("all_to_all");
const Implementation send_receive_hccl_implementation = way("send_receive");
const Implementation expert_dispatch_hccl_implementation = way("expert_dispatch");
const Implementation expert_combine_hccl_implementation = way("expert_combine");

}  // namespace assay::backends::ascend::collectives_hccl
