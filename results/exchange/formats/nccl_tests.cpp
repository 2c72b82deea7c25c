// Reads the output of nccl-tests and rccl-tests: one line per size, out-of-place and in-place.
// Their count of wrong elements is kept, but assay itself verified nothing.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/exchange/format.h"
#include "results/exchange/nccl_lines.h"
#include "results/exchange/nccl_own.h"
#include "results/exchange/nccl_record.h"
#include "results/exchange/nccl_table.h"
#include "results/exchange/series.h"

namespace assay::results::exchange {

extern const Importer nccl_tests_importer;

namespace {

/// What an operation is called whose name the output does not tell.
constexpr const char* kUnknown = "collective";

/// A row has about 150 bytes; debug messages and prefixes of launchers make lines longer.
constexpr std::size_t kLongestLine = std::size_t{64} << 10;

/// Of different names in one test; a job has one or two.
constexpr std::size_t kMostDevices = 8;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool recognises_nccl_tests(std::string_view beginning) {
  const bool table = contains(beginning, " algbw") && contains(beginning, " busbw");
  // The table may stand behind many debug messages.
  return table || contains(beginning, "# nThread ") ||
         contains(beginning, "# nccl-tests version ") ||
         contains(beginning, "# Collective test starting: ");
}

/// Reads a log line by line.
class LogReader {
 public:
  LogReader(const ImportFile& file, record::RecordSet& record_set)
      : file_(file), record_set_(record_set), from_file_name_(collective_in(file.base_name())) {}

  void read() {
    for (std::size_t at = 0; at < file_.content.size();) {
      const std::size_t end = std::min(file_.content.find('\n', at), file_.content.size());
      ++number_;
      if (end - at > kLongestLine) {
        leave_out(number_,
                  fmt::format("of {} bytes only the first {} were read", end - at, kLongestLine));
      }
      take_line(nccl_line(file_.content.substr(at, std::min(end - at, kLongestLine))));
      at = end + 1;
    }
    for (auto& [name, stream] : streams_) end_row(stream);
  }

  const std::string& host() const { return host_; }
  const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  std::string place(std::size_t number) const { return fmt::format("{}:{}", file_.name, number); }

  void leave_out(std::size_t number, const std::string& reason) {
    left_out_.push_back(fmt::format("{}: {}", place(number), reason));
  }

  /// A row that was begun and never completed.
  void end_row(NcclStream& stream) {
    if (stream.begin) leave_out(stream.begin_line, "the row is cut off");
    stream.begin.reset();
  }

  /// The stream with a table that a line belongs to, if it is a row.
  NcclStream* stream_of_row(const NcclLine& line) {
    for (const std::size_t count : words_before_) {
      if (count > line.words.size()) break;
      const auto found = streams_.find(
          stream_of({line.words.begin(), line.words.begin() + static_cast<std::ptrdiff_t>(count)}));
      const bool fits = found != streams_.end() && !found->second.columns.names.empty() &&
                        found->second.columns.words_before == count;
      if (fits) return &found->second;
    }
    return last_table_;
  }

  void take_line(const NcclLine& line) {
    if (line.words.empty()) return;
    take_library(line.words);
    if (take_heading(line)) return;
    if (line.is_comment && take_comment(line)) return;
    take_programs(line.words);
    NcclStream* const stream = stream_of_row(line);
    if (stream != nullptr && take_row(*stream, line.words)) return;
    if (!looks_like_row(line.words)) return;
    leave_out(number_, stream == nullptr ? "a row above which no heading names the columns"
                                         : fmt::format("does not fit the {} columns of the heading",
                                                       stream->columns.names.size()));
  }

  void take_library(const Words& words) {
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
      const bool named = (words[i] == "NCCL" || words[i] == "RCCL") && words[i + 1] == "version";
      if (named) library_ = fmt::format("{} version {}", words[i], words[i + 2]);
    }
  }

  bool take_heading(const NcclLine& line) {
    const auto first = std::find_if(line.words.begin(), line.words.end(), [](const auto& word) {
      return word == "size" || word == "bytes" || word == "#size" || word == "#bytes";
    });
    if (first == line.words.end()) return false;
    Words before(line.words.begin(), first);
    if (line.is_comment) before = line.before_comment;
    Words names(first, line.words.end());
    if (names.front().starts_with('#')) names.front().erase(0, 1);
    NcclStream& stream = streams_[stream_of(before)];
    auto columns = nccl_columns(names, stream.placements);
    if (!columns) return false;
    end_row(stream);
    stream.columns = std::move(*columns);
    stream.columns.words_before = before.size();
    words_before_.insert(before.size());
    last_table_ = &stream;
    unit_known_ = false;
    return true;
  }

  /// False if the comment is unknown and may be anything.
  bool take_comment(const NcclLine& line) {
    const Words words = words_of(line.comment);
    if (words.empty()) return true;
    NcclStream& stream = streams_[stream_of(line.before_comment)];
    if (words.front() == "nThread") {
      begin_test(stream, words);
    } else if (const auto own = nccl_own_line(line.comment)) {
      stream.own = own;
    } else if (contains(line.comment, "Collective test starting:")) {
      const auto programs = programs_in(words);
      if (programs.empty()) return true;
      stream.collective = programs.back().collective;
      stream.collective_used = false;
    } else if (words.size() > 1 && (words.front() == "Rank" || words.front() == "Device")) {
      take_rank(stream, words);
    } else if (is_placement_line(words)) {
      stream.placements = words;
    } else if (contains(line.comment, "(GB/s)")) {
      take_units(stream, words);
    } else {
      return false;
    }
    return true;
  }

  static bool is_placement_line(const Words& words) {
    return std::all_of(words.begin(), words.end(), [](const std::string& word) {
      return word == "out-of-place" || word == "in-place";
    });
  }

  void take_units(NcclStream& stream, const Words& words) {
    const auto unit = [&](std::string_view text, double seconds) {
      if (std::find(words.begin(), words.end(), text) == words.end()) return;
      stream.columns.unit = seconds;
      unit_known_ = true;
    };
    unit("(us)", 1e-6);
    unit("(ms)", 1e-3);
    unit("(s)", 1);
  }

  /// "nThread 1 nGpus 8 ... warmup iters: 5 iters: 20 agg iters: 1": another test begins. One file
  /// often has the logs of several tests.
  void begin_test(NcclStream& stream, const Words& words) {
    end_row(stream);
    const std::string collective = stream.collective;
    const bool used = stream.collective_used;
    stream = {};
    if (!used) stream.collective = collective;
    if (rows_since_name_) named_.clear();
    rows_since_name_ = false;
    if (last_table_ == &stream) last_table_ = nullptr;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      const bool plain = words[i] == "iters:" && words[i - 1] != "iters" &&
                         words[i - 1] != "warmup" && words[i - 1] != "agg";
      if (plain) stream.iterations = words[i + 1];
    }
  }

  /// "Rank  0 Group  0 Pid  123 on   node1 device  0 [0x07] NVIDIA A100-SXM4-40GB"; in 2015 to 2018
  /// "Rank  0 uses device  0 [0x07] ..." and "Device  0 ->  0 [0x07] ...".
  void take_rank(NcclStream& stream, const Words& words) {
    if (!is_count(words[1])) return;
    if (!stream.ranks.insert(words[1]).second) stream.ranks_unclear = true;
    const auto on = std::find(words.begin(), words.end(), "on");
    if (on != words.end() && on + 1 != words.end()) {
      if (stream.host.empty()) stream.host = *(on + 1);
      if (host_.empty()) host_ = *(on + 1);
    }
    const auto bus = std::find_if(words.begin(), words.end(),
                                  [](const std::string& word) { return word.starts_with('['); });
    if (bus == words.end()) return;
    const std::string device = fmt::format("{}", fmt::join(bus + 1, words.end(), " "));
    auto& known = stream.devices;
    // Every record of the table has these names.
    if (known.size() > kMostDevices) return;
    if (std::find(known.begin(), known.end(), device) != known.end()) return;
    known.push_back(known.size() < kMostDevices ? device : "others");
  }

  void take_programs(const Words& words) {
    const auto programs = programs_in(words);
    if (programs.empty()) return;
    if (rows_since_name_) named_.clear();
    rows_since_name_ = false;
    named_.insert(named_.end(), programs.begin(), programs.end());
  }

  /// The collective of the rows that follow: as the output says, as the last command line before
  /// it, as the only program that is named there, or as the file's name. Otherwise unknown.
  std::string collective(const NcclStream& stream) const {
    if (!stream.collective.empty()) return stream.collective;
    for (auto named = named_.rbegin(); named != named_.rend(); ++named) {
      if (named->is_command) return named->collective;
    }
    std::set<std::string> all;
    for (const NamedProgram& program : named_) all.insert(program.collective);
    if (!from_file_name_.empty()) all.insert(from_file_name_);
    return all.size() == 1 ? *all.begin() : kUnknown;
  }

  /// False if the words have no part of a row.
  bool take_row(NcclStream& stream, const Words& words) {
    if (const auto row = whole_row(stream.columns, words)) {
      end_row(stream);
      const auto before = static_cast<std::ptrdiff_t>(words.size() - row->size());
      if (looks_like_row({words.begin(), words.begin() + before})) {
        leave_out(number_, "another row stands before the last one of the line");
      }
      add_row(stream, *row, number_);
      return true;
    }
    if (const auto begin = row_begin(stream.columns, words)) {
      end_row(stream);
      stream.begin = begin;
      stream.begin_line = number_;
      return true;
    }
    if (!stream.begin) return false;
    const auto row = continued_row(stream.columns, *stream.begin, words);
    if (!row) return false;
    stream.begin = row;
    if (row->size() == stream.columns.names.size()) {
      stream.begin.reset();
      add_row(stream, *row, stream.begin_line);
    }
    return true;
  }

  void add_row(NcclStream& stream, const Words& row, std::size_t number) {
    if (!unit_known_) {
      if (const auto unit = unit_of_row(stream.columns, row)) {
        stream.columns.unit = *unit;
      }
    }
    for (std::size_t which = 0; which < stream.columns.placements.size(); ++which) {
      const std::string_view text = stream.columns.value(row, "time", which);
      const double time = std::strtod(std::string(text).c_str(), nullptr);
      if (!std::isfinite(time) || !(time > 0)) {
        leave_out(number, fmt::format("{}: the time {} is not above zero",
                                      stream.columns.placements[which], text));
        continue;
      }
      if (contradicts_rate(stream.columns, row, which)) {
        leave_out(number, fmt::format("{}: its size, time and bandwidth contradict each other",
                                      stream.columns.placements[which]));
        continue;
      }
      record_set_.records.push_back(nccl_record(
          stream, {collective(stream), library_, row, which, time * stream.columns.unit}));
    }
    stream.own.reset();
    rows_since_name_ = true;
    stream.collective_used = true;
  }

  const ImportFile& file_;
  record::RecordSet& record_set_;
  std::vector<std::string> left_out_;
  std::size_t number_ = 0;  ///< of the line
  std::string host_, library_;
  std::map<std::string, NcclStream> streams_;
  std::set<std::size_t> words_before_;  ///< of all tables
  NcclStream* last_table_ = nullptr;    ///< std::map does not move its values
  std::string from_file_name_;
  std::vector<NamedProgram> named_;  ///< programs named since the last table
  bool rows_since_name_ = false, unit_known_ = false;
};

void finish(const ImportFile& file, const std::string& host, record::RecordSet& record_set) {
  record::Run run;
  run.id = file.derived_id(0);
  run.started = run.ended = file.changed;
  run.host = host;
  run.command = "nccl-tests";
  std::uint64_t number = 0;
  for (record::Record& record : record_set.records) {
    record.id = file.derived_id(++number);
    record.run = run.id;
    record.started = run.started;
  }
  record_set.runs.push_back(std::move(run));
}

record::RecordSet read_nccl_tests(const ImportFile& file) {
  record::RecordSet record_set;
  LogReader reader(file, record_set);
  reader.read();
  if (record_set.records.empty()) {
    const std::string why = reader.left_out().empty() ? "" : "; " + reader.left_out().front();
    throw InputError(
        fmt::format("{}: contains no line of an nccl-tests table{}", file.name, why),
        "use the complete standard output of all_reduce_perf or another nccl-tests program");
  }
  file.leave_out(reader.left_out());
  finish(file, reader.host(), record_set);
  return record_set;
}

}  // namespace

const Importer nccl_tests_importer = {"nccl-tests",
                                      "standard output of all_reduce_perf and similar programs",
                                      recognises_nccl_tests, read_nccl_tests};

}  // namespace assay::results::exchange
