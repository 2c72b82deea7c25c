// A status line on a terminal's stderr that is redrawn in place and erased at the end.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace assay::harness::terminal {

/// The width of the terminal on stderr; 80 if it is unknown.
std::size_t columns_of_stderr();

class LiveLine {
 public:
  /// Draws nothing if stderr is not a terminal.
  explicit LiveLine(bool terminal) : terminal_(terminal) {}
  ~LiveLine() { erase(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  /// Shows the text, shortened to the terminal's width.
  void show(const std::string& text);
  void erase();
  /// Seconds since construction.
  double elapsed() const;

 private:
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace assay::harness::terminal
