#include "backends/cpu/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <latch>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "backends/cpu/cache_flusher.h"
#include "backends/cpu/parallel.h"
#include "backends/cpu/text_files.h"
#include "backends/cpu/topology.h"

namespace assay::backends::cpu {
namespace {

/// Processors that the calling thread may run on.
std::set<int> allowed_here() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  std::set<int> out;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &set)) out.insert(i);
  }
  return out;
}

std::set<int> all_processors() {
  std::set<int> out;
  for (const Processor& processor : topology().processors) out.insert(processor.os_index);
  return out;
}

TEST(Topology, PlacesOneThreadOnEachCoreBeforeASecond) {
  const Topology& found = topology();
  ASSERT_GE(found.processors.size(), found.cores);
  std::set<int> cores;
  for (unsigned i = 0; i < found.cores; ++i) cores.insert(found.processors[i].core);
  EXPECT_EQ(cores.size(), found.cores);
  EXPECT_EQ(all_processors().size(), found.processors.size());
}

TEST(Topology, HoldsWhatTheProcessMayUse) {
  const std::set<int> mine = allowed_here();
  const std::set<int> all = all_processors();
  EXPECT_TRUE(std::includes(all.begin(), all.end(), mine.begin(), mine.end()));
  EXPECT_LE(topology().cores, topology().machine_cores);
}

TEST(Machine, HasAThreadForEachCoreUnlessToldOtherwise) {
  EXPECT_GE(Machine(0).threads(), 1u);
  EXPECT_LE(Machine(0).threads(), topology().cores);
  EXPECT_EQ(Machine(1).threads(), 1u);
  EXPECT_EQ(Machine(3).threads(), 3u);
}

TEST(Machine, HasCachesThatGrowOutward) {
  const Machine machine(0);
  EXPECT_GE(machine.l1_bytes(), 4u << 10);
  EXPECT_GE(machine.l2_bytes(), machine.l1_bytes());
  EXPECT_GE(machine.last_level_bytes(), machine.l2_bytes());
  EXPECT_LE(machine.last_level_bytes(), std::size_t{16} << 30);
}

TEST(Machine, PinsEachThreadOfItsArenaToAProcessorOfItsOwn) {
  Machine machine(static_cast<unsigned>(topology().processors.size()));
  std::mutex mutex;
  std::map<pid_t, std::set<int>> where;
  for (int round = 0; round < 20; ++round) {
    on_all_threads(machine, [&](int) {
      const std::lock_guard lock(mutex);
      where[gettid()] = allowed_here();
    });
  }
  std::set<int> taken;
  for (const auto& [thread, processors] : where) {
    ASSERT_EQ(processors.size(), 1u);
    EXPECT_TRUE(taken.insert(*processors.begin()).second);
  }
}

TEST(Machine, RunsEverySlotOnceThoughThereAreFewerProcessors) {
  Machine machine(static_cast<unsigned>(topology().processors.size()) + 3);
  std::vector<std::atomic<int>> runs(machine.threads());
  on_all_threads(machine, [&](int slot) { ++runs[static_cast<std::size_t>(slot)]; });
  for (const auto& count : runs) EXPECT_EQ(count, 1);
}

/// A thread pool like that of a library; its threads report where they may run.
class Pool {
 public:
  explicit Pool(std::size_t threads) : allowed_(threads), noted_(static_cast<long>(threads)) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this, i] {
        ask_.wait();
        allowed_[i] = allowed_here();
        noted_.count_down();
        end_.wait();
      });
    }
  }
  ~Pool() {
    end_.count_down();
    for (std::thread& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  const std::vector<std::set<int>>& allowed() {
    ask_.count_down();
    noted_.wait();
    return allowed_;
  }

 private:
  std::vector<std::set<int>> allowed_;
  std::latch ask_{1}, noted_, end_{1};
  std::vector<std::thread> threads_;
};

TEST(Machine, PinsAPoolAroundTheCallingThread) {
  const auto count = static_cast<unsigned>(topology().processors.size());
  Machine machine(count);
  machine.pin_all_threads();
  // A pool that a pinned thread creates inherits the thread's processor, but must not stay on it.
  Pool pool(count - 1);
  machine.pin_all_threads();
  std::set<int> taken = allowed_here();
  EXPECT_EQ(taken.size(), 1u);
  for (const std::set<int>& processors : pool.allowed()) {
    ASSERT_EQ(processors.size(), 1u);
    EXPECT_TRUE(taken.insert(*processors.begin()).second);
  }
  EXPECT_EQ(taken.size(), count);
}

TEST(Machine, PinsEverythingToItsOnlyPlaceWithOneThread) {
  Machine machine(1);
  Pool pool(2);
  machine.pin_all_threads();
  for (const std::set<int>& processors : pool.allowed()) EXPECT_EQ(processors, allowed_here());
}

TEST(Machine, LetsThreadsGoInTheEnd) {
  {
    Machine machine(1);
    machine.pin_all_threads();
    EXPECT_EQ(allowed_here().size(), 1u);
  }
  EXPECT_EQ(allowed_here(), all_processors());
}

TEST(Machine, FlushesTimeAndAgain) {
  Machine machine(0);
  for (int round = 0; round < 3; ++round) machine.flush_caches();
  EXPECT_EQ(allowed_here().size(), 1u);
}

TEST(CacheFlusher, WritesEveryLineOfTwiceTheCachesEachTime) {
  Processor small;
  small.l1_bytes = 1 << 10, small.l2_bytes = 4 << 10, small.llc_bytes = 1 << 20;
  Processor other = small;
  other.last_level = 1;
  CacheFlusher flusher({small, small, other}, [](std::size_t) {});
  EXPECT_GE(flusher.bytes(), std::size_t{4} << 20);
  EXPECT_EQ(flusher.written(), 0u);
  for (std::uint64_t round = 1; round <= 5; ++round) {
    flusher.flush();
    EXPECT_EQ(flusher.written(), round * (flusher.bytes() / 64));
  }
}

TEST(CacheFlusher, WritesTwiceASecondLevelThatIsLargerThanItsShareOfTheLast) {
  Processor processor;
  processor.l2_bytes = 2 << 20, processor.llc_bytes = 1 << 20;
  const CacheFlusher flusher({processor, processor}, [](std::size_t) {});
  EXPECT_GE(flusher.bytes(), std::size_t{8} << 20);
}

TEST(CacheFlusher, PinsEachOfItsThreadsOnce) {
  std::mutex mutex;
  std::multiset<std::size_t> places;
  {
    CacheFlusher flusher({Processor{}, Processor{}, Processor{}}, [&](std::size_t place) {
      const std::lock_guard lock(mutex);
      places.insert(place);
    });
    flusher.flush();
  }
  EXPECT_EQ(places, (std::multiset<std::size_t>{1, 2}));
}

TEST(Features, AreNamedAsTheyAreFound) {
  Features features;
  EXPECT_EQ(features.text(), "");
  features.avx2 = features.avx512_vnni = true;
  EXPECT_EQ(features.text(), "avx2 avx512_vnni");
}

TEST(Features, AgreeWithWhatTheKernelTells) {
  const std::map<std::string, std::string> flags = {{"avx2", "avx2"},
                                                    {"avx512", "avx512vl"},
                                                    {"avx512_bf16", "avx512_bf16"},
                                                    {"avx512_vnni", "avx512_vnni"},
                                                    {"avx512_fp16", "avx512_fp16"},
                                                    {"amx_bf16", "amx_bf16"},
                                                    {"amx_int8", "amx_int8"},
                                                    {"neon", "asimd"},
                                                    {"neon_bf16", "bf16"},
                                                    {"neon_i8mm", "i8mm"},
                                                    {"sve", "sve"}};
  std::istringstream words(whole_text("/proc/cpuinfo"));
  std::set<std::string> told;
  for (std::string word; words >> word;) told.insert(word);
  std::istringstream found(detect_features().text());
  std::set<std::string> ours;
  for (std::string word; found >> word;) ours.insert(flags.at(word));
  for (const auto& [name, flag] : flags) {
    EXPECT_EQ(ours.contains(flag), told.contains(flag)) << name;
  }
}

}  // namespace
}  // namespace assay::backends::cpu
