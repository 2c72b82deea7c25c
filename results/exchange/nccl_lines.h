// The lines of a log that holds the output of nccl-tests: what launchers, loggers and NCCL itself
// put before, behind and between the lines of the tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::results::exchange {

using Words = std::vector<std::string>;

/// One line of a log.
struct NcclLine {
  Words words;           ///< in front of a debug message of NCCL; with what a launcher put before
  std::string comment;   ///< what follows the first '#'; empty if the line has none
  Words before_comment;  ///< what a launcher put before that '#'
  bool is_comment = false;
};

/// Terminal escape sequences are removed, and so is a debug message of NCCL
/// ("host:123:456 [0] NCCL INFO ..."), which may follow the beginning of a row directly.
NcclLine nccl_line(std::string_view line);

/// The words of a text, separated by blanks.
Words words_of(std::string_view text);

/// What identifies the process that wrote a line among the words that a launcher put before it:
/// "[1,0]<stdout>:", "0:", "node1:". Dates and times of day are left out.
std::string stream_of(const Words& before);

/// The programs of nccl-tests that a line names, and how.
struct NamedProgram {
  std::string collective;   ///< "all_reduce"
  bool is_command = false;  ///< with options behind it: the line shows how it was started
};
std::vector<NamedProgram> programs_in(const Words& words);

/// The collective whose program a file's name contains: "reduce" for "run3-reduce_perf.log"; "" if
/// there is none.
std::string collective_in(std::string_view file_name);

/// Whether the text is a number as nccl-tests writes it. "inf" and "nan" are numbers.
bool is_number(std::string_view text);
/// Whether it consists of digits.
bool is_count(std::string_view text);

}  // namespace assay::results::exchange
