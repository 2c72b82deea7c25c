// HCCL between processes: communicators from a root's information, collectives, messages.
// Numbers: hccl_types.h (HcclDataType, HcclReduceOp, HcclResult).
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "tests/fakes/ascend/machine.h"
#include "tests/fakes/common/collectives.h"
#include "tests/fakes/common/mailbox.h"

using namespace assay::fakes;
using namespace assay::fakes::ascend;
using assay::kernels::DataType;

namespace {

constexpr Status kParameter = 1, kInternal = 4;
constexpr std::size_t kRootBytes = 4108;

struct Communicator {
  Context* context = nullptr;
  std::unique_ptr<Mailbox> box;
};

std::set<Communicator*>& communicators() {
  static auto* const once = new std::set<Communicator*>;
  return *once;
}

Communicator* communicator_of(void* asked) {
  auto* const one = static_cast<Communicator*>(asked);
  return communicators().contains(one) && one->context == current_context() ? one : nullptr;
}

/// By HcclDataType; 0 for what there is not.
std::size_t bytes_of(int type) {
  constexpr std::size_t kSizes[] = {1, 2, 4, 2, 4, 8, 8, 1, 2, 4, 8, 2};
  return type >= 0 && type < 12 ? kSizes[type] : 0;
}

std::optional<DataType> sum_type(int type) {
  switch (type) {
    case 0:
      return DataType::i8;
    case 2:
      return DataType::i32;
    case 3:
      return DataType::f16;
    case 4:
      return DataType::f32;
    case 11:
      return DataType::bf16;
    default:
      return std::nullopt;
  }
}

std::byte* data_at(const void* address, std::uint64_t bytes) {
  return machine().memory.find(address, bytes).data;
}

std::span<const std::byte> held(const void* from, std::uint64_t bytes) {
  return {bytes == 0 ? nullptr : data_at(from, bytes), bytes};
}

bool is_room(const void* address, std::uint64_t bytes) {
  return bytes == 0 || data_at(address, bytes) != nullptr;
}

/// Puts `body` into the stream where arguments are right; what it throws is what went wrong.
Status enqueue(const char* call, Communicator* all, void* stream, bool right,
               std::function<void(Mailbox&)> body) {
  if (all == nullptr || !right) return refuse(kParameter, std::string(call) + ": wrong arguments");
  if (const Status bad = check_stream(stream); bad != kOk) return kParameter;
  const Fault fault = fault_of((std::string(call) + ".run").c_str());
  static_cast<Stream*>(stream)->queue.push([all, fault, body = std::move(body)]() -> std::string {
    if (fault == Fault::fail) return "failed";
    try {
      body(*all->box);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  });
  return kOk;
}

std::uint64_t ranks_of(const Communicator* all) {
  return all == nullptr ? 0 : static_cast<std::uint64_t>(all->box->ranks());
}

std::vector<std::uint64_t> numbers(const void* list, std::uint64_t ranks) {
  const auto* const first = static_cast<const std::uint64_t*>(list);
  return {first, first + ranks};
}

void exchange(Mailbox& box, const std::byte* from, const std::vector<std::uint64_t>& sent,
              const std::vector<std::uint64_t>& sent_places, std::byte* to,
              const std::vector<std::uint64_t>& received,
              const std::vector<std::uint64_t>& received_places) {
  for (std::size_t other = 0; other < sent.size(); ++other) {
    box.post(static_cast<int>(other), held(from + sent_places[other], sent[other]));
  }
  for (std::size_t other = 0; other < received.size(); ++other) {
    const auto part = box.fetch(static_cast<int>(other), received[other]);
    if (!part.empty()) {
      std::memcpy(data_at(to + received_places[other], part.size()), part.data(), part.size());
    }
  }
}

}  // namespace

FAKE_EXPORT Status assay_fake_ascend_root_info(void* root) {
  FAKE_ENTER_AS(entered_with_device, "HcclGetRootInfo");
  if (root == nullptr) return kParameter;
  const auto made = new_mailbox_id(kRootBytes);
  std::memcpy(root, made.data(), made.size());
  return kOk;
}

FAKE_EXPORT Status assay_fake_ascend_join(std::uint32_t ranks, const void* root, std::uint32_t rank,
                                          void** communicator) {
  FAKE_ENTER_AS(entered_with_device, "HcclCommInitRootInfo");
  if (root == nullptr || communicator == nullptr || rank >= ranks) return kParameter;
  auto made = std::make_unique<Communicator>();
  made->context = current_context();
  made->box = std::make_unique<Mailbox>(std::span(static_cast<const std::byte*>(root), kRootBytes),
                                        static_cast<int>(ranks), static_cast<int>(rank));
  try {
    made->box->meet();
  } catch (const std::exception&) {
    return kInternal;
  }
  communicators().insert(made.get());
  *communicator = made.release();
  return kOk;
}

FAKE_EXPORT Status assay_fake_ascend_leave(void* communicator) {
  FAKE_ENTER_AS(entered_with_device, "HcclCommDestroy");
  Communicator* const all = communicator_of(communicator);
  if (all == nullptr) return kParameter;
  communicators().erase(all);
  delete all;
  return kOk;
}

FAKE_EXPORT Status HcclAllReduce(void* from, void* to, std::uint64_t count, int type, int operation,
                                 void* communicator, void* stream) {
  FAKE_ENTER(entered_with_device);
  const std::uint64_t bytes = count * bytes_of(type);
  const bool right = operation == 0 && sum_type(type) && is_room(from, bytes) && is_room(to, bytes);
  return enqueue(__func__, communicator_of(communicator), stream, right, [=](Mailbox& box) {
    sum_over_ranks(box, *sum_type(type), held(from, bytes), false, data_at(to, bytes));
  });
}

FAKE_EXPORT Status HcclReduceScatter(void* from, void* to, std::uint64_t count, int type,
                                     int operation, void* communicator, void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const std::uint64_t bytes = count * bytes_of(type), whole = bytes * ranks_of(all);
  const bool right = operation == 0 && sum_type(type) && is_room(from, whole) && is_room(to, bytes);
  return enqueue(__func__, all, stream, right, [=](Mailbox& box) {
    sum_over_ranks(box, *sum_type(type), held(from, whole), true, data_at(to, bytes));
  });
}

FAKE_EXPORT Status HcclAllGather(void* from, void* to, std::uint64_t count, int type,
                                 void* communicator, void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const std::uint64_t bytes = count * bytes_of(type), whole = bytes * ranks_of(all);
  const bool right = bytes > 0 && is_room(from, bytes) && is_room(to, whole);
  return enqueue(__func__, all, stream, right, [=](Mailbox& box) {
    gather_from_ranks(box, held(from, bytes), data_at(to, whole));
  });
}

FAKE_EXPORT Status HcclBroadcast(void* at, std::uint64_t count, int type, std::uint32_t root,
                                 void* communicator, void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const std::uint64_t bytes = count * bytes_of(type);
  const bool right = bytes > 0 && is_room(at, bytes) && root < ranks_of(all);
  return enqueue(__func__, all, stream, right, [=](Mailbox& box) {
    broadcast_from(box, static_cast<int>(root), held(at, bytes), data_at(at, bytes), bytes);
  });
}

FAKE_EXPORT Status HcclAlltoAll(const void* from, std::uint64_t sent, int sent_type, const void* to,
                                std::uint64_t received, int received_type, void* communicator,
                                void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const std::uint64_t bytes = sent * bytes_of(sent_type), ranks = ranks_of(all);
  const bool right = bytes > 0 && bytes == received * bytes_of(received_type) &&
                     is_room(from, bytes * ranks) && is_room(to, bytes * ranks);
  return enqueue(__func__, all, stream, right, [=](Mailbox& box) {
    std::vector<std::uint64_t> counts(ranks, bytes), places;
    for (std::uint64_t other = 0; other < ranks; ++other) places.push_back(other * bytes);
    exchange(box, static_cast<const std::byte*>(from), counts, places,
             static_cast<std::byte*>(const_cast<void*>(to)), counts, places);
  });
}

FAKE_EXPORT Status HcclAlltoAllV(const void* from, const void* sent, const void* sent_places,
                                 int sent_type, const void* to, const void* received,
                                 const void* received_places, int received_type, void* communicator,
                                 void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const bool right = bytes_of(sent_type) == 1 && bytes_of(received_type) == 1 && sent != nullptr &&
                     received != nullptr;
  if (!right || all == nullptr) return kParameter;
  return enqueue(
      __func__, all, stream, right,
      [=, counts = numbers(sent, ranks_of(all)), places = numbers(sent_places, ranks_of(all)),
       awaited = numbers(received, ranks_of(all)),
       rooms = numbers(received_places, ranks_of(all))](Mailbox& box) {
        exchange(box, static_cast<const std::byte*>(from), counts, places,
                 static_cast<std::byte*>(const_cast<void*>(to)), awaited, rooms);
      });
}

FAKE_EXPORT Status HcclSend(void* from, std::uint64_t count, int type, std::uint32_t peer,
                            void* communicator, void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const std::uint64_t bytes = count * bytes_of(type);
  const bool right = bytes > 0 && is_room(from, bytes) && peer < ranks_of(all);
  return enqueue(__func__, all, stream, right,
                 [=](Mailbox& box) { box.post(static_cast<int>(peer), held(from, bytes)); });
}

FAKE_EXPORT Status HcclRecv(void* to, std::uint64_t count, int type, std::uint32_t peer,
                            void* communicator, void* stream) {
  FAKE_ENTER(entered_with_device);
  Communicator* const all = communicator_of(communicator);
  const std::uint64_t bytes = count * bytes_of(type);
  const bool right = bytes > 0 && is_room(to, bytes) && peer < ranks_of(all);
  return enqueue(__func__, all, stream, right, [=](Mailbox& box) {
    const auto message = box.fetch(static_cast<int>(peer), bytes);
    std::memcpy(data_at(to, bytes), message.data(), message.size());
  });
}
