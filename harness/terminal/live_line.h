// One line on a terminal's stderr that is drawn over and over, and goes when it is erased.
#pragma once

#include <chrono>
#include <string>

namespace assay::harness::terminal {

class LiveLine {
 public:
  /// Draws nothing where stderr is no terminal.
  explicit LiveLine(bool terminal) : terminal_(terminal) {}
  ~LiveLine() { erase(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  /// Shortened to the terminal's width.
  void show(const std::string& text);
  void erase();
  /// Seconds since it was made.
  double elapsed() const;

 private:
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace assay::harness::terminal
