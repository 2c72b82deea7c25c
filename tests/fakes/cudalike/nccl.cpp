// The library of collectives, between processes: communicators, collectives, groups of messages.
// Numbers: nccl.h of 2.21 (ncclDataType_t, ncclRedOp_t, ncclResult_t).
#include <cstring>
#include <memory>
#include <stdexcept>

#include "kernels/dtype.h"
#include "tests/fakes/common/collectives.h"
#include "tests/fakes/common/mailbox.h"
#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;
using assay::kernels::DataType;

namespace {

constexpr Status kUnhandled = 1, kSystem = 2, kInvalidArgument = 4, kInvalidUsage = 5;
constexpr std::size_t kIdBytes = 128;

struct Id {
  char bytes[kIdBytes];
};

struct Communicator {
  int device = 0;
  std::unique_ptr<Mailbox> box;
};

std::set<Communicator*>& communicators() {
  static auto* const once = new std::set<Communicator*>;
  return *once;
}

Communicator* communicator_of(void* asked) {
  auto* const one = static_cast<Communicator*>(asked);
  return communicators().contains(one) && one->device == current_device() ? one : nullptr;
}

std::size_t element_bytes(int type) {
  constexpr std::size_t kSizes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2};
  return type >= 0 && type < 10 ? kSizes[type] : 0;
}

std::optional<DataType> sum_type(int type) {
  switch (type) {
    case 0:
      return DataType::i8;
    case 2:
      return DataType::i32;
    case 6:
      return DataType::f16;
    case 7:
      return DataType::f32;
    case 8:
      return DataType::f64;
    case 9:
      return DataType::bf16;
    default:
      return std::nullopt;
  }
}

Status entered_collectives(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return kUnhandled;
    case Fault::out_of_memory:
      return kSystem;
    default:
      break;
  }
  return machine().broken == kOk ? kOk : kUnhandled;
}

/// One collective's arguments, checked before it goes into the stream.
struct Call {
  const void* from;
  void* to;
  std::uint64_t from_bytes, to_bytes;
};

Status check(const Call& call, int type, Communicator* all, Stream* stream) {
  if (all == nullptr || stream == nullptr || element_bytes(type) == 0) return kInvalidArgument;
  const bool held = call.from_bytes == 0 || data_at(call.from, call.from_bytes) != nullptr;
  const bool room = call.to_bytes == 0 || data_at(call.to, call.to_bytes) != nullptr;
  return held && room ? kOk : kInvalidArgument;
}

/// Does `body` when the device comes to it; what it throws is what went wrong.
void push_call(Stream& stream, const char* call, void* to, std::function<void()> body) {
  const Fault fault = fault_of((std::string(call) + ".run").c_str());
  push(stream, with_fault(fault, to, [body = std::move(body)]() -> std::string {
         ++machine().launches;
         try {
           body();
         } catch (const std::exception& error) {
           return error.what();
         }
         return "";
       }));
}

std::span<const std::byte> held(const void* from, std::uint64_t bytes) {
  return {data_at(from, bytes), bytes};
}

void write(void* to, std::span<const std::byte> bytes) {
  std::memcpy(data_at(to, bytes.size()), bytes.data(), bytes.size());
}

/// Messages of a group, kept until it ends.
struct Message {
  Communicator* all;
  Stream* stream;
  int peer;
  const void* from;  ///< null: to be received
  void* to;
  std::uint64_t bytes;
};
thread_local int open_groups = 0;
thread_local std::vector<Message> kept_messages;

/// All of them at once: none waits for another to be received first.
void push_messages() {
  const std::vector<Message> messages = std::exchange(kept_messages, {});
  if (messages.empty()) return;
  push_call(*messages.front().stream, "group", messages.front().to, [messages] {
    for (const Message& one : messages) {
      if (one.from != nullptr) one.all->box->post(one.peer, held(one.from, one.bytes));
    }
    for (const Message& one : messages) {
      if (one.from == nullptr) write(one.to, one.all->box->fetch(one.peer, one.bytes));
    }
  });
}

Status message(const Message& one) {
  if (one.peer < 0 || one.peer >= one.all->box->ranks()) return kInvalidArgument;
  kept_messages.push_back(one);
  if (open_groups == 0) push_messages();
  return kOk;
}

}  // namespace

#define COLLECTIVES(name) FAKE_JOINED(FAKE_COLLECTIVES, name)
#define FAKE_ENTER_COLLECTIVES()               \
  const std::lock_guard lock(machine().mutex); \
  if (const Status bad = entered_collectives(__func__); bad != kOk) return bad

FAKE_EXPORT Status COLLECTIVES(GetVersion)(int* version) {
  *version = 22105;
  return kOk;
}

FAKE_EXPORT const char* COLLECTIVES(GetErrorString)(Status status) {
  constexpr const char* kWords[] = {
      "no error",       "unhandled device error", "unhandled system error",
      "internal error", "invalid argument",       "invalid usage"};
  return status >= 0 && status < 6 ? kWords[status] : "unknown result code";
}

FAKE_EXPORT Status COLLECTIVES(GetUniqueId)(Id* id) {
  FAKE_ENTER_COLLECTIVES();
  if (id == nullptr) return kInvalidArgument;
  const auto made = new_mailbox_id(kIdBytes);
  std::memcpy(id->bytes, made.data(), made.size());
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(CommInitRank)(void** communicator, int ranks, Id id, int rank) {
  FAKE_ENTER_COLLECTIVES();
  if (communicator == nullptr || rank < 0 || rank >= ranks) return kInvalidArgument;
  auto made = std::make_unique<Communicator>();
  made->device = current_device();
  made->box = std::make_unique<Mailbox>(std::as_bytes(std::span(id.bytes)), ranks, rank);
  try {
    made->box->meet();
  } catch (const std::exception&) {
    return kSystem;
  }
  communicators().insert(made.get());
  *communicator = made.release();
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(CommDestroy)(void* communicator) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  if (all == nullptr) return kInvalidArgument;
  communicators().erase(all);
  delete all;
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(AllReduce)(const void* from, void* to, std::size_t count, int type,
                                          int operation, void* communicator, void* in) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  Stream* const stream = stream_of(in);
  const std::uint64_t bytes = count * element_bytes(type);
  if (const Status bad = check({from, to, bytes, bytes}, type, all, stream); bad != kOk) return bad;
  if (operation != 0 || !sum_type(type)) return kInvalidArgument;
  push_call(*stream, __func__, to, [=] {
    sum_over_ranks(*all->box, *sum_type(type), held(from, bytes), false, data_at(to, bytes));
  });
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(ReduceScatter)(const void* from, void* to, std::size_t count,
                                              int type, int operation, void* communicator,
                                              void* in) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  Stream* const stream = stream_of(in);
  const std::uint64_t bytes = count * element_bytes(type);
  const std::uint64_t whole = all == nullptr ? 0 : bytes * static_cast<unsigned>(all->box->ranks());
  if (const Status bad = check({from, to, whole, bytes}, type, all, stream); bad != kOk) return bad;
  if (operation != 0 || !sum_type(type)) return kInvalidArgument;
  push_call(*stream, __func__, to, [=] {
    sum_over_ranks(*all->box, *sum_type(type), held(from, whole), true, data_at(to, bytes));
  });
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(AllGather)(const void* from, void* to, std::size_t count, int type,
                                          void* communicator, void* in) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  Stream* const stream = stream_of(in);
  const std::uint64_t bytes = count * element_bytes(type);
  const std::uint64_t whole = all == nullptr ? 0 : bytes * static_cast<unsigned>(all->box->ranks());
  if (const Status bad = check({from, to, bytes, whole}, type, all, stream); bad != kOk) return bad;
  push_call(*stream, __func__, to,
            [=] { gather_from_ranks(*all->box, held(from, bytes), data_at(to, whole)); });
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(Broadcast)(const void* from, void* to, std::size_t count, int type,
                                          int root, void* communicator, void* in) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  Stream* const stream = stream_of(in);
  const std::uint64_t bytes = count * element_bytes(type);
  const bool is_root = all != nullptr && all->box->rank() == root;
  if (const Status bad = check({from, to, is_root ? bytes : 0, bytes}, type, all, stream);
      bad != kOk) {
    return bad;
  }
  push_call(*stream, __func__, to, [=] {
    broadcast_from(*all->box, root, held(from, is_root ? bytes : 0), data_at(to, bytes), bytes);
  });
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(Send)(const void* from, std::size_t count, int type, int peer,
                                     void* communicator, void* in) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  Stream* const stream = stream_of(in);
  const std::uint64_t bytes = count * element_bytes(type);
  if (const Status bad = check({from, nullptr, bytes, 0}, type, all, stream); bad != kOk)
    return bad;
  return message({all, stream, peer, from, nullptr, bytes});
}

FAKE_EXPORT Status COLLECTIVES(Recv)(void* to, std::size_t count, int type, int peer,
                                     void* communicator, void* in) {
  FAKE_ENTER_COLLECTIVES();
  Communicator* const all = communicator_of(communicator);
  Stream* const stream = stream_of(in);
  const std::uint64_t bytes = count * element_bytes(type);
  if (const Status bad = check({nullptr, to, 0, bytes}, type, all, stream); bad != kOk) return bad;
  return message({all, stream, peer, nullptr, to, bytes});
}

FAKE_EXPORT Status COLLECTIVES(GroupStart)() {
  FAKE_ENTER_COLLECTIVES();
  ++open_groups;
  return kOk;
}

FAKE_EXPORT Status COLLECTIVES(GroupEnd)() {
  FAKE_ENTER_COLLECTIVES();
  if (open_groups == 0) return kInvalidUsage;
  if (--open_groups == 0) push_messages();
  return kOk;
}
