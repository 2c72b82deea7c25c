// Keeps control characters of foreign texts (a module's, an imported file's) from a terminal.
#pragma once

#include <string>
#include <string_view>

namespace assay::harness::terminal {

/// Passes text on in pieces and puts U+FFFD in the place of what could move the cursor, clear the
/// screen or hide text: control characters apart from tab and line break, and on a terminal also
/// DEL, the control characters U+0080 to U+009F and marks of writing direction. Only this program's
/// own colours and its live line pass, and only on a terminal.
class CleanStream {
 public:
  enum class Place { file, terminal, live_terminal };  ///< the last one has a live line
  explicit CleanStream(Place place = Place::file) : place_(place) {}

  /// The clean form of `text` after what was passed before. A sequence that is not complete yet is
  /// kept for the next call.
  std::string pass(std::string_view text);
  /// What was kept, at the end of the text.
  std::string rest();

 private:
  std::string cleaned(std::string_view text, bool is_end);

  Place place_;
  std::string kept_;
};

}  // namespace assay::harness::terminal
