// Text in columns for terminals: alignment that counts what is seen, not bytes; colour; small
// charts of block characters.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::harness::terminal {

enum class Style { plain, good, bad, doubtful, faint, strong };

/// The text between ANSI codes, or as it is without `colour`.
std::string styled(std::string_view text, Style style, bool colour);

/// Columns that UTF-8 text takes on a terminal: two for East Asian wide characters, none for
/// combining marks.
std::size_t text_width(std::string_view text);

/// At most `width` columns of it, the last one "…" where something was cut off.
std::string shortened(std::string_view text, std::size_t width);

/// Columns of the terminal behind standard output; 80 where it is none.
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
  /// Lines that end with a newline, without blanks at their ends, led by `indent` blanks. Where the
  /// columns are wider than `width` together, the widest one is shortened.
  std::string text(std::size_t indent, std::size_t width, bool colour) const;

 private:
  std::vector<std::size_t> widths(std::size_t room) const;
  std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   std::size_t indent, bool colour) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// One block character a value, from "▁" for the least to "█" for the greatest.
std::string bars(std::span<const double> values);
/// The medians of `points` equal stretches of the samples: how they went over time.
std::vector<double> course(std::span<const double> samples, std::size_t points);
/// How many samples lie in each of `bins` equal parts of [lower, upper], the ends taking in what
/// lies beyond them.
std::vector<double> histogram(std::span<const double> samples, double lower, double upper,
                              std::size_t bins);

}  // namespace assay::harness::terminal
