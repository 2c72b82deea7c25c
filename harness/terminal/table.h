// Text in columns for terminals: alignment by displayed width instead of bytes, colour, and small
// charts of block characters.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::harness::terminal {

enum class Style { plain, good, bad, doubtful, faint, strong };

/// The text within ANSI codes, or unchanged without `colour`.
std::string styled(std::string_view text, Style style, bool colour);

/// Number of columns of UTF-8 text on a terminal: two for East Asian wide characters, none for
/// combining marks.
std::size_t text_width(std::string_view text);

/// The text cut to at most `width` columns; if something was cut off, the last column is "…".
std::string shortened(std::string_view text, std::size_t width);

/// Number of columns of the terminal on standard output; 80 if it is not a terminal.
std::size_t terminal_width();

enum class Align { left, right };

struct Cell {
  std::string text;
  Style style = Style::plain;
};

/// Rows of cells under titles. A row with a single cell spans all columns.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  /// Lines that begin with `indent` spaces and end with a newline, without trailing spaces. If all
  /// columns together are wider than `width`, the widest one is shortened.
  std::string text(std::size_t indent, std::size_t width, bool colour) const;

 private:
  std::vector<std::size_t> widths(std::size_t room) const;
  std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   std::size_t indent, bool colour) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// One block character per value, from "▁" for the smallest to "█" for the largest.
std::string bars(std::span<const double> values);
/// A horizontal bar of at most `width` columns, in steps of an eighth of a column; at least one
/// step for a share above 0, the whole width for 1 and more.
std::string bar(double share, std::size_t width);
/// The medians of `points` equal parts of the samples, which show their course over time.
std::vector<double> course(std::span<const double> samples, std::size_t points);
/// The number of samples in each of `bins` equal parts of [lower, upper]. The first and the last
/// part also count samples beyond the limits.
std::vector<double> histogram(std::span<const double> samples, double lower, double upper,
                              std::size_t bins);

}  // namespace assay::harness::terminal
