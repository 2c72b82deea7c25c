// Operations of several devices by NCCL, or what the vendor calls its copy. What NCCL has no call
// of is sent and received piece by piece in one group, as its documentation shows.
#include <fmt/format.h>

#include <functional>

#include "backends/cudalike/collectives.h"
#include "backends/cudalike/implementation.h"
#include "kernels/collective.h"

namespace assay::backends::cudalike::library_nccl {

extern const Implementation implementation;

namespace {

/// A problem's parts on this device.
struct Exchange {
  const CollectivesSession& session;
  Stream stream;
  kernels::CollectiveLayout layout;
  std::byte *from, *to;
  std::vector<kernels::Passage> passages;  ///< where it goes piece by piece

  std::size_t bytes(std::int64_t elements) const {
    return static_cast<std::size_t>(kernels::bytes_of(layout.type, elements));
  }
  int sum_type() const { return summed_number(layout.type).value_or(-1); }
};

void all_reduce(const Exchange& e) {
  e.session.api().all_reduce(e.from, e.to, static_cast<std::size_t>(e.layout.counted), e.sum_type(),
                             kNcclSum, e.session.handle(), e.stream);
}

void reduce_scatter(const Exchange& e) {
  e.session.api().reduce_scatter(e.from, e.to, static_cast<std::size_t>(e.layout.received.front()),
                                 e.sum_type(), kNcclSum, e.session.handle(), e.stream);
}

void all_gather(const Exchange& e) {
  e.session.api().all_gather(e.from, e.to, e.bytes(e.layout.held.front()), kNcclByte,
                             e.session.handle(), e.stream);
}

/// The root keeps its own array, and receives in place.
void broadcast(const Exchange& e) {
  std::byte* const at = e.session.rank() == 0 ? e.from : e.to;
  e.session.api().broadcast(at, at, e.bytes(e.layout.counted), kNcclByte, 0, e.session.handle(),
                            e.stream);
}

void by_pieces(const Exchange& e) {
  const CollectivesApi& api = e.session.api();
  api.group_start();
  for (const kernels::Passage& one : e.passages) {
    const int peer = static_cast<int>(one.peer);
    if (one.sent > 0) {
      api.send(e.from + e.bytes(one.from), e.bytes(one.sent), kNcclByte, peer, e.session.handle(),
               e.stream);
    }
    if (one.received > 0) {
      api.receive(e.to + e.bytes(one.to), e.bytes(one.received), kNcclByte, peer,
                  e.session.handle(), e.stream);
    }
  }
  api.group_end();
}

struct Routine {
  std::string_view operation;
  void (*launch)(const Exchange&);
  std::string_view call;  ///< by NVIDIA's name
};

constexpr Routine kRoutines[] = {{"all_reduce", all_reduce, "ncclAllReduce"},
                                 {"reduce_scatter", reduce_scatter, "ncclReduceScatter"},
                                 {"all_gather", all_gather, "ncclAllGather"},
                                 {"broadcast", broadcast, "ncclBroadcast"}};
constexpr Routine kByPieces = {"", by_pieces, "ncclSend"};

const Routine& routine_of(const kernels::Problem& problem) {
  for (const Routine& one : kRoutines) {
    if (one.operation == problem.operation().name) return one;
  }
  return kByPieces;
}

class CollectiveWork final : public Work {
 public:
  CollectiveWork(const Routine& routine, Exchange exchange)
      : routine_(routine), exchange_(std::move(exchange)) {}

  void launch() override { routine_.launch(exchange_); }
  bool joinable() const override { return false; }
  bool together() const override { return true; }
  void align() override {
    std::byte* const at = exchange_.session.meeting().data();
    exchange_.session.api().all_reduce(at, at, 1, kNcclFloat, kNcclSum, exchange_.session.handle(),
                                       exchange_.stream);
  }
  std::map<std::string, std::string> details() const override {
    const Dialect& dialect = platform().dialect();
    std::map<std::string, std::string> all = {
        {"library", exchange_.session.path()},
        {"routine", symbol_names(dialect, routine_.call).front()},
        {"start", "after a sum of 4 bytes over all ranks"}};
    if (!exchange_.session.version().empty()) all["version"] = exchange_.session.version();
    return all;
  }

 private:
  const Routine& routine_;
  Exchange exchange_;
};

std::string why_not(const kernels::Problem& problem, Device& device) {
  std::string reason;
  const CollectivesSession* const session = device.collectives(reason);
  if (session == nullptr) return reason;
  const kernels::Collective& collective = *problem.operation().collective;
  if (collective.ranks(problem) != session->ranks()) {
    return fmt::format("{} devices work together, not {}", session->ranks(),
                       collective.ranks(problem));
  }
  const kernels::CollectiveLayout layout = collective.layout(problem);
  if (layout.sums && !summed_number(layout.type)) {
    return fmt::format("{} is not summed", name(layout.type));
  }
  return {};
}

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  std::string reason;
  const CollectivesSession* const session = device.collectives(reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  const Routine& routine = routine_of(problem);
  Exchange exchange{
      *session,           device.stream(),    problem.operation().collective->layout(problem),
      buffers[0]->data(), buffers[1]->data(), {}};
  if (&routine == &kByPieces) {
    exchange.passages = kernels::passages(exchange.layout, problem, session->rank());
  }
  return std::make_unique<CollectiveWork>(routine, std::move(exchange));
}

/// "librccl.so" is RCCL's.
std::string own_name(const Dialect& dialect) {
  if (dialect.libraries.collectives.empty()) return "library/nccl";
  const std::string& file = dialect.libraries.collectives.front();
  constexpr std::size_t kLib = 3;
  return "library/" + file.substr(kLib, file.find('.') - kLib);
}

}  // namespace

const Implementation implementation = {own_name, "library", "", why_not, prepare, true};

}  // namespace assay::backends::cudalike::library_nccl
