// A fake work queue. Work is executed only when the host waits for it, so that a host which does
// not wait finds the old contents.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace assay::fakes {

/// A place in a queue, with the time at which work came by it.
struct Mark {
  bool placed = false, reached = false;
  std::chrono::steady_clock::time_point at;
};

class WorkQueue {
 public:
  /// Work that returns "" or what went wrong.
  using Work = std::function<std::string()>;

  void push(Work work) { work_.push_back(std::move(work)); }
  /// A mark may be placed again; work placed before it still passes it first.
  void push(const std::shared_ptr<Mark>& mark) {
    *mark = {true, false, {}};
    push([mark] {
      mark->reached = true;
      mark->at = std::chrono::steady_clock::now();
      return std::string();
    });
  }

  bool idle() const { return work_.empty(); }

  /// Does what was asked for, up to the mark where one is given. Returns what went wrong first.
  std::string drain(const Mark* until = nullptr) {
    std::string wrong;
    while (!work_.empty() && (until == nullptr || !until->reached)) {
      const Work next = std::move(work_.front());
      work_.pop_front();
      const std::string why = next();
      if (wrong.empty()) wrong = why;
    }
    return wrong;
  }

 private:
  std::deque<Work> work_;
};

}  // namespace assay::fakes
