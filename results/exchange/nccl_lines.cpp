#include "results/exchange/nccl_lines.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace assay::results::exchange {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::size_t kLongestCommand = 4096;

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// The end of the escape sequence that begins at `at` (ECMA-48: CSI, OSC and the short ones).
std::size_t end_of_escape(std::string_view text, std::size_t at) {
  const std::size_t next = at + 1;
  if (next >= text.size()) return text.size();
  if (text[next] == '[') {
    std::size_t end = next + 1;
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
    return std::min(end + 1, text.size());
  }
  if (text[next] == ']') {
    // Titles and links of a terminal are short. Looking further would take the square of the time.
    const std::string_view near = text.substr(0, next + kLongestCommand);
    const std::size_t bell = near.find('\a', next), back = near.find("\033\\", next);
    if (bell == std::string_view::npos && back == std::string_view::npos) return next + 1;
    return bell < back ? bell + 1 : back + 2;
  }
  return std::min(next + 1, text.size());
}

std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\033', at), text.size());
    out += text.substr(at, escape - at);
    at = escape == text.size() ? escape : end_of_escape(text, escape);
  }
  return out;
}

/// The begin of the word that ends before `end`, whose blanks are passed over.
std::size_t word_before(std::string_view text, std::size_t end) {
  const std::size_t last = text.find_last_not_of(kBlanks, end == 0 ? 0 : end - 1);
  if (end == 0 || last == std::string_view::npos) return std::string_view::npos;
  const std::size_t blank = text.find_last_of(kBlanks, last);
  return blank == std::string_view::npos ? 0 : blank + 1;
}

/// Where a debug message of NCCL begins, with its "host:pid:thread [device]"; npos if there is
/// none.
std::size_t debug_message(std::string_view text) {
  for (const std::string_view mark :
       {" NCCL INFO ", " NCCL WARN ", " NCCL TRACE ", " NCCL CALL "}) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) continue;
    const std::size_t device = word_before(text, at);
    if (device == std::string_view::npos || text[device] != '[') return at;
    const std::size_t host = word_before(text, device);
    return host == std::string_view::npos ? device : host;
  }
  return std::string_view::npos;
}

/// The value that stands directly before a host's name, since a row was not ended: "-1" of
/// "-1node:12:34".
std::string_view glued_value(std::string_view host) {
  if (host.starts_with("N/A")) return host.substr(0, 3);
  const std::size_t from = host.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(host.find_first_not_of("0123456789.e+", from), host.size());
  const std::string_view value = host.substr(0, end);
  return end < host.size() && is_letter(host[end]) && is_number(value) ? value : std::string_view();
}

bool is_date_or_time(std::string_view word) {
  static constexpr std::array<std::string_view, 19> kNames = {
      "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar",
      "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (std::find(kNames.begin(), kNames.end(), word) != kNames.end()) return true;
  while (!word.empty() && (word.front() == '[' || word.front() == '(')) word.remove_prefix(1);
  if (word.empty() || !is_digit(word.front())) return false;
  const auto count = [&](char c) { return std::count(word.begin(), word.end(), c); };
  return is_number(word) || count(':') >= 2 || count('-') == 2 || count('/') == 2;
}

const std::array<std::string_view, 14> kCollectives = {
    "all_gather", "all_reduce",   "all_to_all", "alltoall",    "alltoallv",
    "broadcast",  "gather",       "hypercube",  "reduce",      "reduce_scatter",
    "scatter",    "send_receive", "sendrecv",   "all_gather_v"};

/// The collective that a program of nccl-tests measures: "all_reduce" for
/// "./build/all_reduce_perf"; "" for other words.
std::string program_of(std::string_view word) {
  while (!word.empty() && std::string_view("'\"`(").find(word.front()) != std::string_view::npos) {
    word.remove_prefix(1);
  }
  if (const std::size_t slash = word.rfind('/'); slash != std::string_view::npos) {
    word.remove_prefix(slash + 1);
  }
  for (const std::string_view collective : kCollectives) {
    if (!word.starts_with(collective)) continue;
    std::string_view rest = word.substr(collective.size());
    if (!rest.starts_with("_perf") && !rest.starts_with("_test")) continue;
    rest.remove_prefix(5);
    if (rest.starts_with("_mpi")) rest.remove_prefix(4);
    const bool ends = rest.empty() || (!is_letter(rest[0]) && !is_digit(rest[0]) && rest[0] != '_');
    // A source file is no program that ran.
    const bool source = rest == ".cu" || rest == ".c" || rest == ".cpp" || rest == ".o";
    if (ends && !source) return std::string(collective);
  }
  return "";
}

}  // namespace

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && end == text.data() + text.size() &&
         (error == std::errc() || error == std::errc::result_out_of_range);
}

bool is_count(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

Words words_of(std::string_view text) {
  Words out;
  while (true) {
    const std::size_t from = text.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) return out;
    text.remove_prefix(from);
    const std::size_t to = std::min(text.find_first_of(kBlanks), text.size());
    out.emplace_back(text.substr(0, to));
    text.remove_prefix(to);
  }
}

NcclLine nccl_line(std::string_view raw) {
  const std::string clean = without_escapes(raw);
  std::string_view text = clean;
  NcclLine line;
  const std::size_t debug = debug_message(text);
  std::string_view value;
  if (debug != std::string_view::npos) {
    if (text.find_first_not_of(kBlanks) < debug) value = glued_value(text.substr(debug));
    text = text.substr(0, debug);
  }
  std::string spaced(text);
  // Open MPI's tag, behind which a long size follows directly.
  if (const std::size_t tag = spaced.find("<stdout>:"); tag != std::string::npos) {
    spaced.insert(tag + 9, " ");
  }
  text = spaced;
  line.words = words_of(text);
  if (!value.empty()) line.words.emplace_back(value);
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    line.is_comment = true;
    line.comment = text.substr(hash + 1);
    line.before_comment = words_of(text.substr(0, hash));
  }
  return line;
}

std::string stream_of(const Words& before) {
  std::string out;
  for (std::string_view word : before) {
    // Open MPI writes its tag directly behind a date.
    const std::size_t tag = word.find('[');
    if (word.find("<std") != std::string_view::npos && tag != std::string_view::npos) {
      word.remove_prefix(tag);
    } else if (is_date_or_time(word)) {
      continue;
    }
    out += word;
    out += ' ';
  }
  return out;
}

std::string collective_in(std::string_view file_name) {
  std::string found;
  for (const std::string_view collective : kCollectives) {
    const std::size_t at = file_name.find(std::string(collective) + "_perf");
    if (at == std::string_view::npos || collective.size() <= found.size()) continue;
    if (at == 0 || !is_letter(file_name[at - 1])) found = collective;
  }
  return found;
}

std::vector<NamedProgram> programs_in(const Words& words) {
  std::vector<NamedProgram> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string collective = program_of(words[i]);
    if (collective.empty()) continue;
    const bool built = i > 0 && words[i - 1] == "-o";
    const bool options = i + 1 < words.size() && words[i + 1].starts_with('-');
    out.push_back({std::move(collective), options && !built});
  }
  return out;
}

}  // namespace assay::results::exchange
