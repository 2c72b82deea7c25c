// An open device that works through one queue, as module.h requires it: it parses, chooses among
// the ways to solve a problem, times by events and flushes the caches. A module provides its
// Session (queue_memory.h), its ways, and how a problem is read:
//
//   struct Device : sdk::QueueDevice<Device, Session, Problem> {
//     using QueueDevice::QueueDevice;
//     sdk::Readings sensors();
//     static Problem parsed(std::string_view text);              // throws where it is none
//     static std::string_view operation_of(const Problem&);
//     void require_buffers(const Problem&, std::span<Memory* const>);  // may be static
//     static std::span<const Way* const> ways();                 // QueueWay<Device, …>
//   };
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/sdk/description.h"
#include "backends/sdk/failure.h"
#include "backends/sdk/properties.h"
#include "backends/sdk/queue_memory.h"
#include "backends/sdk/queue_timer.h"

namespace assay::sdk {

/// A problem made ready: buffers bound, planned. enqueue() puts one launch into the queue.
class QueueLaunch {
 public:
  virtual ~QueueLaunch() = default;
  virtual void enqueue() = 0;
  /// Where devices launch together: puts a barrier between them into the queue, before each launch
  /// and outside its time.
  virtual void align() {}
  /// After launches have completed: copies a result from another place into its buffer.
  virtual void bring_back() {}
  virtual Pairs details() const { return {}; }
};

/// One way to solve the problems of one operation.
template <class Device, class Session, class Problem>
struct QueueWay {
  std::string_view name;       ///< "library/aclnn": division and name
  std::string_view operation;  ///< "matmul"
  /// Empty where it solves the problem on this device, else the reason why not.
  std::string (*why_not)(const Problem&, Device&);
  /// Buffers in the order of the operands, large enough.
  std::unique_ptr<QueueLaunch> (*prepare)(const Problem&,
                                          std::span<QueueMemory<Session>* const> buffers, Device&);

  std::string_view division() const { return name.substr(0, name.find('/')); }
};

template <class Device>
class QueueExecutable {
 public:
  QueueExecutable(Device& device, std::unique_ptr<QueueLaunch> launch)
      : device_(device), launch_(std::move(launch)), details_(launch_->details()) {}
  const Properties& details() const { return details_; }
  void run(std::span<assay_launch> launches, assay_mode mode) {
    device_.session()->enter();
    device_.timer().run(
        launches, mode, [this] { launch_->enqueue(); }, [this] { device_.flush(); },
        [this] { launch_->align(); });
    // An error of the last launch may appear only here.
    device_.session()->wait();
    launch_->bring_back();
  }

 private:
  Device& device_;
  std::unique_ptr<QueueLaunch> launch_;
  Properties details_;
};

template <class Self, class Session, class Problem>
class QueueDevice {
 public:
  using Memory = QueueMemory<Session>;
  using Mark = QueueMark<Session>;
  using Way = QueueWay<Self, Session, Problem>;
  using Executable = QueueExecutable<Self>;

  explicit QueueDevice(std::uint32_t index)
      : session_(std::make_shared<const Session>(index)), index_(index) {}

  std::unique_ptr<Memory> allocate(std::uint64_t bytes) {
    session_->enter();
    return std::make_unique<Memory>(session_, bytes);
  }
  void upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
    session_->enter();
    to.upload(offset, from, bytes);
  }
  void download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
    session_->enter();
    from.download(offset, to, bytes);
  }

  std::vector<Offer> implementations(std::string_view text) {
    session_->enter();
    const Problem problem = Self::parsed(text);
    std::vector<Offer> offers;
    for (const Way* one : Self::ways()) {
      if (one->operation != Self::operation_of(problem)) continue;
      offers.push_back(
          {std::string(one->name), std::string(one->division()), one->why_not(problem, self())});
    }
    return offers;
  }

  std::unique_ptr<Executable> prepare(std::string_view text, std::string_view name,
                                      std::span<Memory* const> buffers) {
    session_->enter();
    const Problem problem = Self::parsed(text);
    self().require_buffers(problem, buffers);
    for (const Way* one : Self::ways()) {
      if (one->name != name || one->operation != Self::operation_of(problem)) continue;
      return std::make_unique<Executable>(self(), one->prepare(problem, buffers, self()));
    }
    throw Failure(ASSAY_INVALID, "there is no implementation " + std::string(name) + " of " +
                                     std::string(Self::operation_of(problem)) + " here");
  }

  std::uint64_t memory_available() requires requires(const Session& session) {
    session.memory_available();
  }
  {
    session_->enter();
    return session_->memory_available();
  }

  const std::shared_ptr<const Session>& session() const { return session_; }
  std::uint32_t index() const { return index_; }

  QueueTimer<Mark>& timer() {
    if (timer_ == nullptr) {
      timer_ =
          std::make_unique<QueueTimer<Mark>>([this] { return std::make_unique<Mark>(session_); });
    }
    return *timer_;
  }
  /// Puts what overwrites the last-level cache into the queue, then what reads as much as it holds
  /// of lines that stay clean: otherwise the next launch would wait for dirty lines to be written
  /// back.
  void flush() {
    // Some devices tell only a part of their caches, or none.
    constexpr std::uint64_t kLeastFlush = std::uint64_t{64} << 20;
    constexpr std::uint64_t kReadParts = 16;
    if (flushed_ == nullptr) {
      const std::uint64_t bytes = std::max(kLeastFlush, session_->flush_bytes());
      flushed_ = std::make_unique<Memory>(session_, bytes);
      clean_ = std::make_unique<Memory>(session_, bytes / 2);
      read_to_ = std::make_unique<Memory>(session_, bytes / 2 / kReadParts);
    }
    session_->enqueue_fill(flushed_->data(), 1, flushed_->bytes());
    // All parts go to one place, so that few lines are dirty afterwards.
    const std::uint64_t part = read_to_->bytes();
    for (std::uint64_t at = 0; at + part <= clean_->bytes(); at += part) {
      session_->enqueue_copy(read_to_->data(), clean_->data() + at, part,
                             Direction::device_to_device);
    }
  }

  /// The result of `find_out(self)`, called once per device and question.
  template <class FindOut>
  const std::string& once(const std::string& question, const FindOut& find_out) {
    const auto known = found_out_.find(question);
    if (known != found_out_.end()) return known->second;
    return found_out_[question] = find_out(self());
  }

 private:
  Self& self() { return static_cast<Self&>(*this); }

  std::shared_ptr<const Session> session_;
  std::uint32_t index_;
  std::unique_ptr<QueueTimer<Mark>> timer_;
  std::unique_ptr<Memory> flushed_, clean_, read_to_;  ///< made when first needed
  std::map<std::string, std::string> found_out_;
};

}  // namespace assay::sdk
