#include "harness/terminal/table.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "results/record/printable.h"
#include "results/statistics/statistics.h"

namespace assay::harness::terminal {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;  // width to which a column may be shortened

struct Range {
  std::uint32_t first, last;
};

/// Blocks with the East Asian Width property W or F (UAX 11), approximately.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},  Range{0x3041, 0xa4cf}, Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},  Range{0xff00, 0xff60}, Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1faff}, Range{0x20000, 0x3fffd}};
constexpr std::array kCombining = {Range{0x0300, 0x036f}, Range{0x200b, 0x200f},
                                   Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}};

template <std::size_t n>
bool in(const std::array<Range, n>& ranges, std::uint32_t point) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
    return range.first <= point && point <= range.last;
  });
}

/// The width of the character at `at`; moves `at` behind it. An invalid byte counts as one
/// character.
std::size_t next_width(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return 1;
  const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  std::uint32_t point = more == 0 ? lead : lead & (0x3fu >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xc0) != 0x80) break;
    point = point << 6 | (byte & 0x3fu);
    ++at;
  }
  if (in(kCombining, point)) return 0;
  return in(kWide, point) ? 2 : 1;
}

std::string_view code(Style style) {
  switch (style) {
    case Style::good:
      return "\033[32m";
    case Style::bad:
      return "\033[31m";
    case Style::doubtful:
      return "\033[33m";
    case Style::faint:
      return "\033[2m";
    case Style::strong:
      return "\033[1m";
    case Style::plain:
      break;
  }
  return "";
}

}  // namespace

std::string styled(std::string_view text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\033[0m", code(style), text);
}

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) width += next_width(text, at);
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (text_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t used = 0, kept = 0;
  for (std::size_t at = 0; at < text.size(); kept = at) {
    used += next_width(text, at);
    if (used > width - 1) break;
  }
  return std::string(text.substr(0, kept)) + "…";
}

std::size_t terminal_width() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::vector<std::size_t> Table::widths(std::size_t room) const {
  std::vector<std::size_t> out;
  for (const Column& column : columns_) out.push_back(text_width(column.title));
  for (const auto& row : rows_) {
    if (row.size() == 1) continue;
    for (std::size_t i = 0; i < std::min(row.size(), out.size()); ++i) {
      out[i] = std::max(out[i], text_width(row[i].text));
    }
  }
  std::size_t total = kGap * (out.size() - 1);
  for (const std::size_t width : out) total += width;
  if (total > room) {
    const auto widest = std::max_element(out.begin(), out.end());
    *widest -= std::min(total - room, *widest - std::min(*widest, kNarrowest));
  }
  return out;
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                        std::size_t indent, bool colour) const {
  std::string out(indent, ' ');
  std::size_t pending = 0;  // spaces, written only if text follows them
  for (std::size_t i = 0; i < std::min(cells.size(), columns_.size()); ++i) {
    // Whoever wrote the text must not end the line or move the cursor.
    const std::string text = shortened(results::record::printable_line(cells[i].text), widths[i]);
    const std::size_t blanks = widths[i] - text_width(text);
    const bool right = columns_[i].align == Align::right;
    if (right) pending += blanks;
    if (!text.empty()) {
      out.append(pending, ' ');
      out += styled(text, cells[i].style, colour);
      pending = 0;
    }
    if (!right) pending += blanks;
    pending += kGap;
  }
  return out + "\n";
}

std::string Table::text(std::size_t indent, std::size_t width, bool colour) const {
  const std::vector<std::size_t> fitting = widths(width > indent ? width - indent : 0);
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Style::faint});
  std::string out = line(titles, fitting, indent, colour);
  for (const auto& row : rows_) {
    if (row.size() == 1) {
      out += styled(results::record::printable(row[0].text), row[0].style, colour) + "\n";
    } else {
      out += line(row, fitting, indent, colour);
    }
  }
  return out;
}

std::string bars(std::span<const double> values) {
  static constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄",
                                                              "▅", "▆", "▇", "█"};
  if (values.empty()) return "";
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  std::string out;
  for (const double value : values) {
    const double height = *most > *least ? (value - *least) / (*most - *least) : 0;
    out += kBlocks[static_cast<std::size_t>(std::lround(height * 7))];
  }
  return out;
}

std::string bar(double share, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kEighths = {"",  "▏", "▎", "▍",
                                                               "▌", "▋", "▊", "▉"};
  if (!(share > 0)) return "";
  const double steps = std::round(std::min(share, 1.0) * static_cast<double>(width) * 8);
  const auto eighths = std::max<std::size_t>(1, static_cast<std::size_t>(steps));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  return out + std::string(kEighths[eighths % 8]);
}

std::vector<double> course(std::span<const double> samples, std::size_t points) {
  points = std::min(points, samples.size());
  std::vector<double> out;
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t from = i * samples.size() / points, to = (i + 1) * samples.size() / points;
    out.push_back(results::statistics::median(samples.subspan(from, to - from)));
  }
  return out;
}

std::vector<double> histogram(std::span<const double> samples, double lower, double upper,
                              std::size_t bins) {
  std::vector<double> out(bins);
  for (const double sample : samples) {
    const double place = upper > lower ? (sample - lower) / (upper - lower) : 0;
    const auto last = static_cast<double>(bins - 1);
    ++out[static_cast<std::size_t>(
        std::clamp(std::floor(place * static_cast<double>(bins)), 0.0, last))];
  }
  return out;
}

}  // namespace assay::harness::terminal
