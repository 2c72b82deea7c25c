// The output of nccl-tests in the forms in which launchers, loggers and versions hand it over: each
// row becomes its records or is named.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>

#include "kernels/error.h"
#include "kernels/problem.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"

namespace assay::results::exchange::nccl_import_test {
namespace {

using testing::HasSubstr;

constexpr const char* kAbout =
    "# nThread 1 nGpus 2 minBytes 1048576 maxBytes 2097152 step: 2(factor) warmup iters: 1 iters: "
    "20 "
    "agg iters: 1 validation: 1 graph: 0\n"
    "#\n# Using devices\n"
    "#  Rank  0 Group  0 Pid   4001 on     rack-a1 device  0 [0000:1b:00] Accel X 96GB\n"
    "#  Rank  1 Group  0 Pid   4001 on     rack-a1 device  1 [0000:43:00] Accel X 96GB\n#\n";
constexpr const char* kHeading =
    "#                                              out-of-place                       in-place\n"
    "#       size         count      type   redop    root     time   algbw   busbw  #wrong     time"
    "   algbw   busbw  #wrong\n"
    "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us) "
    " (GB/s)  (GB/s)\n";
constexpr const char* kRows =
    "     1048576        262144     float     sum      -1    31.40   33.39   33.39       0    "
    "30.10 "
    "  34.84   34.84       0\n"
    "     2097152        524288     float     sum      -1    48.20   43.51   43.51       0    "
    "47.90 "
    "  43.78   43.78     N/A\n";
constexpr const char* kEnd = "# Out of bounds values : 0 OK\n# Avg bus bandwidth    : 43.5 \n#\n";

std::string plain() {
  return std::string(kAbout) + kHeading + kRows + kEnd;
}

struct Imported {
  record::RecordSet set;
  std::vector<std::string> left_out;

  std::vector<double> microseconds() const {
    std::vector<double> out;
    for (const record::Record& record : set.records) {
      out.push_back(std::round(record.summary.median * 1e10) / 1e4);
    }
    return out;
  }
  std::string problem(std::size_t i) const { return set.records.at(i).problem; }
};

Imported imported(const std::string& content, const std::string& name = "all_reduce_perf.log") {
  Imported out;
  const ImportFile file = {name, content, sha256(content), "2026-01-02T03:04:05.000Z",
                           &out.left_out};
  out.set = import_file(recognise(file), file);
  return out;
}

std::string each_line(const std::string& text,
                      const std::function<std::string(const std::string&, int)>& change) {
  std::istringstream lines(text);
  std::string out;
  int number = 0;
  for (std::string line; std::getline(lines, line);) out += change(line, number++) + "\n";
  return out;
}

const std::vector<double> kTimes = {31.4, 30.1, 48.2, 47.9};

TEST(NcclLog, IsReadBehindWhateverALauncherOrLoggerPutsBeforeItsLines) {
  const std::vector<std::string> prefixes = {
      "",                               // alone
      "0: ",                            // srun --label
      " 0: ",                           //
      "  12: ",                         //
      "[0] ",                           // Intel MPI, MPICH
      "rank 0: ",                       //
      "[rank0]: ",                      // torchrun
      "[default0]:",                    // torchelastic
      "[1,0]<stdout>:",                 // Open MPI
      "[1,0]<stdout>: ",                //
      "[prterun-a1-77@1,0]<stdout>: ",  // PRRTE
      "node1: ",                        // pdsh
      "node-17.cluster.example:",       //
      "worker-0  | ",                   // docker compose
      "(pid=77, ip=10.0.0.1) ",         // ray
      "[pod/nccl-0/main] ",             // kubectl --prefix
      "2026-03-02T10:11:12.123456789Z ",
      "2026-03-02 10:11:12,123 ",
      "[2026-03-02 10:11:12] ",
      "Mon Mar  2 10:11:12 2026[1,0]<stdout>:",
      "Mon Mar  2 10:11:12 2026 ",
      "Mar  2 10:11:12 rack-a1 nccl[77]: ",
      "1772446272.123 ",
      "10:11:12 ",
      "I0302 10:11:12.123456 77 log.cc:12] ",
      "INFO: ",
      "\t",
      "\033[32m",
      "\033[1;32m[0]\033[0m ",
      "\xef\xbb\xbf",
  };
  for (const std::string& prefix : prefixes) {
    const Imported got =
        imported(each_line(plain(), [&](const std::string& line, int) { return prefix + line; }));
    EXPECT_EQ(got.microseconds(), kTimes) << prefix;
    EXPECT_THAT(got.left_out, testing::IsEmpty()) << prefix;
    EXPECT_EQ(got.problem(1),
              "all_reduce bytes=1048576 count=262144 type=float redop=sum root=-1 ranks=2 "
              "placement=in-place")
        << prefix;
    EXPECT_EQ(got.set.records[0].device.name, "2 x Accel X 96GB") << prefix;
    EXPECT_EQ(got.set.runs[0].host, "rack-a1") << prefix;
  }
}

TEST(NcclLog, IsReadWithATimeThatChangesFromLineToLine) {
  const Imported got = imported(each_line(plain(), [](const std::string& line, int number) {
    return fmt::format("2026-03-02T10:11:{:02}.{}Z {}", number, 17 * number, line);
  }));
  EXPECT_EQ(got.microseconds(), kTimes);
  EXPECT_EQ(got.left_out.size(), 0U);
}

TEST(NcclLog, IsReadWithOtherEndsOfLines) {
  for (const char* end : {"\r", "  ", "\t", "\033[0m", "\033[K\r"}) {
    const Imported got =
        imported(each_line(plain(), [&](const std::string& line, int) { return line + end; }));
    EXPECT_EQ(got.microseconds(), kTimes) << end;
  }
  std::string cut = plain();
  cut.resize(cut.find("#", cut.find("N/A")) - 1);  // no line feed at the end
  EXPECT_EQ(imported(cut).microseconds(), kTimes);
}

const char* const kDebug = "rack-a1:4001:4012 [1] NCCL INFO Channel 03/16 : 0[0] -> 1[1] via P2P";

TEST(NcclLog, IsReadBetweenDebugMessages) {
  const Imported between = imported(each_line(plain(), [](const std::string& line, int) {
    return fmt::format("{}\n{}\n[2026-03-02 10:11:12] {}", line, kDebug, kDebug);
  }));
  EXPECT_EQ(between.microseconds(), kTimes);
  EXPECT_THAT(between.left_out, testing::IsEmpty());
}

TEST(NcclLog, IsReadWhereADebugMessageFollowsTheBeginningOfARow) {
  // nccl-tests prints a row in three parts.
  for (const char* messages : {"{}\n", "{}\n{}\n{}\n", " {}\n"}) {
    const std::string debug = fmt::format(fmt::runtime(messages), kDebug, kDebug, kDebug);
    const std::string row = "     1048576        262144     float     sum      -1" + debug +
                            "    31.40   33.39   33.39       0" + debug +
                            "    30.10   34.84   34.84       0\n";
    const Imported got = imported(std::string(kAbout) + kHeading + row + kEnd);
    EXPECT_EQ(got.microseconds(), (std::vector<double>{31.4, 30.1})) << messages;
    EXPECT_THAT(got.left_out, testing::IsEmpty()) << messages;
  }
}

TEST(NcclLog, IsKnownBehindMegabytesOfDebugMessages) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::string(kDebug) + "\n";
  EXPECT_EQ(imported(text + plain()).microseconds(), kTimes);
}

TEST(NcclLog, NamesRowsThatItCannotRead) {
  struct Case {
    const char* row;
    const char* reason;
  };
  for (const Case& one : {
           Case{"1048576 262144 float sum -1 31.40 33.39 33.39", "cut off"},
           Case{"1048576 262144 float sum -1", "cut off"},
           Case{"1048576 262144 float sum -1 31.40 33.39 33.39 0 30.10 34.84 34.84 0 7 8", "fit"},
           Case{"1048576 262144 float sum -1 x31.40 33.39 33.39 0 30.10 34.84 34.84 0", "fit"},
           Case{"1048576 262144 float sum 31.40 33.39 33.39 0 30.10 34.84 34.84 0", "fit"},
           Case{"1048576 262144 float sum -1 0.00 33.39 33.39 0 nan 34.84 34.84 0", "time"},
       }) {
    const Imported got =
        imported(std::string(kAbout) + kHeading + one.row + "\n" + kRows + kEnd, "x.log");
    EXPECT_EQ(got.microseconds(), kTimes) << one.row;
    ASSERT_FALSE(got.left_out.empty()) << one.row;
    EXPECT_THAT(got.left_out[0], testing::AllOf(HasSubstr("x.log:10: "), HasSubstr(one.reason)));
  }
}

TEST(NcclLog, NamesRowsWhoseNumbersAnotherProgramHasWrittenInItsOwnWay) {
  const std::string rest = " float sum -1 31.40 33.39 33.39 0 30.10 34.84 34.84 0";
  const std::vector<std::string> rows = {
      "1,048,576 262,144" + rest,
      "1.048.576 262.144" + rest,
      "1_048_576 262_144" + rest,
      "1M 256K" + rest,
      "1.048576e+06 262144" + rest,
      "1 048 576 262 144" + rest,
      "1\u00a0048\u00a0576 262\u00a0144" + rest,
      "1048576\u00a0262144\u00a0float\u00a0sum 1 2 3",
      "{\"log\":\"1048576 262144" + rest + "\\n\",\"stream\":\"stdout\"}",
      "1048576,262144,float,sum,-1,31.40,33.39,33.39,0,30.10,34.84,34.84,0",
      "| 1048576 | 262144 | float | sum | -1 | 31.40 | 33.39 | 33.39 | 0 |"};
  for (const std::string& row : rows) {
    const Imported got = imported(std::string(kAbout) + kHeading + row + "\n" + kRows + kEnd);
    EXPECT_EQ(got.microseconds(), kTimes) << row;
    ASSERT_FALSE(got.left_out.empty()) << row;
    EXPECT_THAT(got.left_out[0], HasSubstr(".log:10: ")) << row;
  }
}

TEST(NcclLog, NamesARowThatStandsBeforeAnotherOnOneLine) {
  std::string glued = plain();
  glued[glued.find('\n', glued.find("34.84   34.84"))] = ' ';
  const Imported got = imported(glued, "x.log");
  EXPECT_EQ(got.microseconds(), (std::vector<double>{48.2, 47.9}));
  ASSERT_EQ(got.left_out.size(), 1U);
  EXPECT_THAT(got.left_out[0], testing::AllOf(HasSubstr("x.log:10: "), HasSubstr("another row")));
}

TEST(NcclLog, NamesPlacementsWhoseTimeContradictsTheirBandwidth) {
  std::string heading = kHeading;
  for (auto at = heading.find("(us)"); at != std::string::npos; at = heading.find("(us)")) {
    heading.replace(at, 4, "(ms)");
  }
  EXPECT_THROW(imported(kAbout + heading + kRows + kEnd), InputError);
  // A single time in milliseconds between others.
  std::string one = plain();
  one.replace(one.find("48.20"), 5, "0.048");
  const Imported got = imported(one, "x.log");
  EXPECT_EQ(got.microseconds(), (std::vector<double>{31.4, 30.1, 47.9}));
  ASSERT_EQ(got.left_out.size(), 1U);
  EXPECT_THAT(got.left_out[0],
              testing::AllOf(HasSubstr("x.log:11: out-of-place"), HasSubstr("contradict")));
  // The time of -C is that of the CPU, and the bandwidth is not.
  std::string cpu = one;
  for (auto at = cpu.find(" time "); at != std::string::npos; at = cpu.find(" time ")) {
    cpu.replace(at, 6, " cputime ");
  }
  EXPECT_EQ(imported(cpu).set.records.size(), 4U);
}

TEST(NcclLog, NamesRowsWithoutAHeading) {
  const Imported got = imported(std::string(kRows) + plain());
  EXPECT_EQ(got.microseconds(), kTimes);
  ASSERT_EQ(got.left_out.size(), 2U);
  EXPECT_THAT(got.left_out[0], HasSubstr("no heading"));
  EXPECT_THROW(imported(std::string("# nThread 1\n") + kRows), InputError);
}

struct Version {
  const char* name;
  std::string text;
  std::vector<double> microseconds;
  std::string first;  ///< problem of the first record
};

TEST(NcclLog, OfEveryVersionSince2015HasTimesPlacementsAndTypes) {
  const std::string year2015 =
      "# Using devices\n#   Device  0 ->  0 [0x0a] Some GPU\n#   Device  1 ->  1 [0x09] Some "
      "GPU\n\n"
      "#                                                 out-of-place                    in-place\n"
      "#      bytes             N    type      op     time  algbw  busbw      res     time  algbw  "
      "busbw      res\n"
      "    10000000      10000000    char     sum    1.628   6.14   9.21    0e+00    1.932   5.18  "
      " "
      "7.77    0e+00\n";
  const std::string year2018 =
      "# nThread 1 nGpus 2 minBytes 1 maxBytes 8 step: 2(factor) warmup iters: 5 iters: 20 "
      "validation: 0\n#   Rank  0 on       ncrh device  0 [0x05] Some GPU\n"
      "#                                                 out-of-place                    in-place\n"
      "#      bytes             N    type      op     time  algbw  busbw      res     time  algbw  "
      "busbw      res\n"
      "           8             2   float     sum    0.010   0.00   0.00       N/A    0.009   0.00 "
      " "
      " 0.00      N/A\n";
  const std::string broadcast2016 =
      "#                                       out-of-place\n"
      "#      bytes             N    type    root     time  algbw  busbw      res\n"
      "    10000000      10000000    char       1    1.000  10.00  10.00    0e+00\n";
  const std::string year2020 =
      "#                                                       out-of-place                       "
      "in-place\n"
      "#       size         count    type   redop     time   algbw   busbw  error     time   algbw "
      " "
      " busbw  error\n"
      "#        (B)    (elements)                     (us)  (GB/s)  (GB/s)            (us)  (GB/s) "
      " "
      "(GB/s)\n"
      "     1048576        262144   float     sum    31.40   33.39   33.39  1e-07    30.10   34.84 "
      " "
      " 34.84  0e+00\n";
  const std::string cpu_time = [] {
    std::string text = plain();
    for (std::size_t at = 0; (at = text.find("   time ", at)) != std::string::npos;) {
      text.replace(at, 8, "cputime ");
    }
    return text;
  }();
  const std::string stamped = each_line(plain(), [](const std::string& line, int) {
    if (line.find("algbw") != std::string::npos) return line + "            timestamp";
    if (line.find("(us)") != std::string::npos) return line + "  %Y-%m-%d %H:%M:%S";
    return line[0] == ' ' ? line + "  2026-03-02 10:11:10" : line;
  });
  const std::string one_half = std::string(kAbout) +
                               "#                 in-place\n"
                               "# size count type redop root time algbw busbw #wrong\n"
                               "# (B) (elements) (us) (GB/s) (GB/s)\n"
                               "1048576 262144 float sum -1 31.40 33.39 33.39 0\n";
  const std::string nobody_says = std::string(kAbout) +
                                  "# size count type redop root time algbw busbw #wrong\n"
                                  "1048576 262144 float sum -1 31.40 33.39 33.39 0\n";
  const std::string out_alone = std::string(kAbout) +
                                "#                 out-of-place\n"
                                "# size count type redop root time algbw busbw #wrong\n"
                                "1048576 N/A fp8_e4m3 none -1 31.40 33.39 33.39 N/A\n";
  const std::string milliseconds = std::string(kAbout) +
                                   "# out-of-place\n"
                                   "# size count type redop root time algbw busbw #wrong\n"
                                   "# (B) (elements) (ms) (GB/s) (GB/s)\n"
                                   "1048576 262144 float sum -1 0.0314 33.39 33.39 0\n";
  const std::string bare =
      "size count type redop root time algbw busbw #wrong\n"
      "1048576 262144 float sum -1 31.40 33.39 33.39 0\n";
  const std::string all = "all_reduce bytes=1048576 count=262144 type=float redop=sum";
  const std::vector<Version> versions = {
      {"2015, in milliseconds",
       year2015,
       {1628, 1932},
       "all_reduce bytes=10000000 count=10000000 type=char redop=sum ranks=2 "
       "placement=out-of-place"},
      {"2018, too fast for a rate",
       year2018,
       {10, 9},
       "all_reduce bytes=8 count=2 type=float redop=sum ranks=1 placement=out-of-place"},
      {"2016, one half",
       broadcast2016,
       {1000},
       "all_reduce bytes=10000000 count=10000000 type=char root=1 placement=out-of-place"},
      {"2020, largest error", year2020, {31.4, 30.1}, all + " placement=out-of-place"},
      {"-C 1", cpu_time, kTimes, all + " root=-1 ranks=2 placement=out-of-place timing=cpu"},
      {"-S 1", stamped, kTimes, all + " root=-1 ranks=2 placement=out-of-place"},
      {"-O 0 of rccl-tests", one_half, {31.4}, all + " root=-1 ranks=2 placement=in-place"},
      {"one half, not named", nobody_says, {31.4}, all + " root=-1 ranks=2 placement=unknown"},
      {"-c 0, no count",
       out_alone,
       {31.4},
       "all_reduce bytes=1048576 count=N/A type=fp8_e4m3 redop=none root=-1 ranks=2 "
       "placement=out-of-place"},
      {"milliseconds", milliseconds, {31.4}, all + " root=-1 ranks=2 placement=out-of-place"},
      {"no number sign", bare, {31.4}, all + " root=-1 placement=unknown"},
  };
  for (const Version& version : versions) {
    const Imported got = imported(version.text);
    EXPECT_EQ(got.microseconds(), version.microseconds) << version.name;
    EXPECT_EQ(got.problem(0), version.first) << version.name;
    EXPECT_THAT(got.left_out, testing::IsEmpty()) << version.name;
  }
}

TEST(NcclLog, NamesTheCollectiveThatRanOrNone) {
  struct Case {
    std::string before, file, expected;
  };
  const std::string job = "running in /scratch/net_perf/run3\n";
  for (const Case& one : {
           Case{"+ mpirun -n 2 ./build/all_gather_perf -b 1M -e 2M\n" + job, "job.log",
                "all_gather"},
           Case{job, "job.log", "collective"},
           Case{"", "reduce_scatter_perf.out", "reduce_scatter"},
           Case{"", "run7-sendrecv_perf-16.txt", "sendrecv"},
           Case{"", "gpu_perf.log", "collective"},
           Case{"# Collective test starting: alltoall_perf\n", "all_reduce_perf.log", "alltoall"},
           Case{"g++ -o build/all_gather_perf a.o\ng++ -o build/broadcast_perf b.o\n", "job.log",
                "collective"},
           Case{"$ ./reduce_perf -b 8\nerror\n$ ./gather_perf -b 8\n", "job.log", "gather"},
           Case{"binary: '/opt/nccl-tests/bin/all_reduce_perf_mpi'\n", "job.log", "all_reduce"},
           Case{"make all_gather_perf.cu\n", "job.log", "collective"},
           Case{"tests: all_gather_perf all_reduce_perf\n", "job.log", "collective"},
           Case{"storage_perf -b 5\nhypercube_perf -b 8\n", "job.log", "hypercube"},
       }) {
    const Imported got = imported(one.before + plain(), one.file);
    EXPECT_EQ(got.set.records[0].operation, one.expected) << one.before << one.file;
  }
}

TEST(NcclLog, OfSeveralTestsHasEachItsOwnName) {
  const std::string two =
      "+ ./all_gather_perf -b 1M\n" + plain() + "+ ./broadcast_perf -b 1M\n" + plain() + plain();
  const Imported got = imported(two, "job.log");
  ASSERT_EQ(got.set.records.size(), 12U);
  EXPECT_EQ(got.set.records[3].operation, "all_gather");
  EXPECT_EQ(got.set.records[7].operation, "broadcast");
  // Nobody said what the third one was.
  EXPECT_EQ(got.set.records[8].operation, "collective");
}

TEST(NcclLog, OfProcessesThatRanAloneDoesNotCountThemAsRanks) {
  const std::string alone = each_line(plain(), [](const std::string& line, int) { return line; });
  std::string both;
  std::istringstream lines(alone);
  for (std::string line; std::getline(lines, line);) both += "0: " + line + "\n1: " + line + "\n";
  const Imported got = imported(both);
  EXPECT_EQ(got.set.records.size(), 8U);
  EXPECT_THAT(got.problem(0), HasSubstr("ranks=2"));
  // Without labels, each rank is named twice.
  std::string mixed;
  std::istringstream again(alone);
  for (std::string line; std::getline(again, line);) mixed += line + "\n" + line + "\n";
  EXPECT_THAT(imported(mixed).problem(0), testing::Not(HasSubstr("ranks=")));
}

TEST(NcclLog, DoesNotTakeOtherLinesForRows) {
  const std::string other =
      "epoch 3 loss 0.12 lr 1e-4\n"
      "total 1048576 bytes in 12 s\n"
      "12 34 56 78\n"
      "rack-a1:4001:4001 [0] NCCL INFO AllReduce: opCount 5 count 262144 datatype 7 op 0 root 0\n";
  const Imported got = imported(std::string(kAbout) + kHeading + other + kRows + other + kEnd);
  EXPECT_EQ(got.microseconds(), kTimes);
  EXPECT_THAT(got.left_out, testing::IsEmpty());
}

TEST(NcclLog, NamesALineThatNoProgramOfNcclTestsWrites) {
  // Before lines were bounded, each of these took minutes.
  for (const char* part : {"1 ", "\033]"}) {
    std::string line;
    for (int i = 0; i < 2'000'000; ++i) line += part;
    const Imported got = imported(std::string(kAbout) + kHeading + line + "\n" + kRows, "x.log");
    EXPECT_EQ(got.microseconds(), kTimes);
    ASSERT_EQ(got.left_out.size(), 1U);
    EXPECT_THAT(got.left_out[0], testing::AllOf(HasSubstr("x.log:10: "), HasSubstr("65536")));
  }
}

TEST(NcclLog, OfThousandsOfDevicesNamesTheFirst) {
  std::string ranks;
  for (int i = 0; i < 3000; ++i) {
    ranks += fmt::format("#  Rank {} Group 0 Pid 1 on h device 0 [0x07] Accel {}\n", i, i);
  }
  const Imported got = imported("# nThread 1\n" + ranks + kHeading + kRows);
  EXPECT_EQ(got.microseconds(), kTimes);
  EXPECT_THAT(got.set.records[0].device.name,
              testing::AllOf(HasSubstr("3000 x Accel 0 and "), HasSubstr(" and others")));
  EXPECT_LT(got.set.records[0].device.name.size(), 200U);
}

TEST(NcclLog, ThatAssayExportedIsReadBackAsTheSameCollective) {
  for (const char* text :
       {"all_reduce ranks=4 n=1024 type=f32", "all_gather ranks=2 n=16 type=bf16",
        "send_receive ranks=2 n=65536 type=f64"}) {
    const auto problem = kernels::Problem::parse(text);
    record::RecordSet set;
    set.runs.push_back({.id = "run", .started = "2026-01-02T03:04:05.000Z", .host = "node7"});
    for (std::uint32_t repetition = 0; repetition < 3; ++repetition) {
      record::Record record;
      record.run = "run";
      record.problem = problem.text();
      record.operation = problem.operation().name;
      record.work = problem.operation().work(problem);
      record.device = {"mpi", 0, "A processor", "Vendor", "cpu"};
      record.implementation = {"library/mpi", record::Division::library, {}};
      record.repetition = repetition;
      record.check.outcome = kernels::Outcome::right;
      record.summary = statistics::summary_of_model(0.123e-6 * (repetition + 1));
      set.records.push_back(record);
    }
    std::ostringstream out;
    find_exporter("nccl-tests", "").write(set, {"0.1.0", "2026-01-02"}, out);
    const Imported back = imported(out.str(), "t.log");
    ASSERT_EQ(back.set.records.size(), 3U) << out.str();
    EXPECT_THAT(back.left_out, testing::IsEmpty());
    for (std::uint32_t i = 0; i < 3; ++i) {
      const record::Record& record = back.set.records[i];
      EXPECT_EQ(record.problem, problem.text());
      EXPECT_EQ(record.operation, problem.operation().name);
      EXPECT_EQ(record.device.backend, "mpi");
      EXPECT_THAT(record.device.name, HasSubstr("A processor"));
      EXPECT_EQ(record.implementation.name, "library/mpi");
      EXPECT_EQ(record.repetition, i);
      EXPECT_NEAR(record.summary.median, set.records[i].summary.median, 1e-12);
      EXPECT_DOUBLE_EQ(record.work.bytes, set.records[i].work.bytes);
    }
    EXPECT_EQ(back.set.runs[0].host, "node7");
  }
}

}  // namespace
}  // namespace assay::results::exchange::nccl_import_test
