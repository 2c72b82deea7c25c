// Compiled separately: PMIx's header defines macros with common names.
#include "harness/ranks/pmix.h"

#include <fmt/format.h>

#include "kernels/error.h"

#ifdef ASSAY_PMIX
#include <dlfcn.h>
#include <pmix.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#endif

namespace assay::harness::ranks {

namespace {

constexpr const char* kMend =
    "name a folder that all ranks can access, or HOST:PORT of rank 0, with --rendezvous";

}  // namespace

#ifdef ASSAY_PMIX

namespace {

/// The functions of the PMIx library, whose version is the launcher's affair.
class Library {
 public:
  Library() {
    void* const opened = dlopen("libpmix.so.2", RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) throw InputError(fmt::format("--rendezvous pmix: {}", dlerror()), kMend);
    find(opened, "PMIx_Init", init);
    find(opened, "PMIx_Finalize", finalize);
    find(opened, "PMIx_Put", put);
    find(opened, "PMIx_Commit", commit);
    find(opened, "PMIx_Get_nb", get_nb);
    find(opened, "PMIx_Error_string", error_string);
  }

  void check(pmix_status_t status, const char* what) const {
    if (status == PMIX_SUCCESS) return;
    throw InputError(fmt::format("--rendezvous pmix: {}: {}", what, error_string(status)), kMend);
  }

  decltype(&PMIx_Init) init = nullptr;
  decltype(&PMIx_Finalize) finalize = nullptr;
  decltype(&PMIx_Put) put = nullptr;
  decltype(&PMIx_Commit) commit = nullptr;
  decltype(&PMIx_Get_nb) get_nb = nullptr;
  decltype(&PMIx_Error_string) error_string = nullptr;

 private:
  template <typename Function>
  static void find(void* opened, const char* name, Function& out) {
    out = reinterpret_cast<Function>(dlsym(opened, name));
    if (out == nullptr) {
      throw InputError(fmt::format("--rendezvous pmix: libpmix.so.2 has no {}", name), kMend);
    }
  }
};

/// The connection to the launcher's server. It ends before the ranks measure: a rank that ended
/// without it would end the job.
class Connection {
 public:
  explicit Connection(const Library& library) : library_(library) {
    // A process that connects as the same rank later, as workers do by MPI, is told nothing where
    // the server gives its values in shared memory (PMIx 4.2).
    constexpr int kKeep = 0;
    setenv("PMIX_MCA_gds", "hash", kKeep);
    library_.check(library_.init(&self_, nullptr, 0), "PMIx_Init");
  }
  ~Connection() { library_.finalize(nullptr, 0); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Rank 0 of this job.
  pmix_proc_t rank_0() const {
    pmix_proc_t out = self_;
    out.rank = 0;
    return out;
  }

 private:
  const Library& library_;
  pmix_proc_t self_ = {};
};

constexpr const char* kKey = "assay.coordinates";

class ByPmix : public Announcement {
 public:
  void publish(const Coordinates& coordinates) override {
    const Connection connection(library_);
    std::string text = coordinates.text();
    pmix_value_t value = {};
    value.type = PMIX_STRING;
    value.data.string = text.data();
    library_.check(library_.put(PMIX_GLOBAL, kKey, &value), "PMIx_Put");
    library_.check(library_.commit(), "PMIx_Commit");
  }

  std::optional<Coordinates> find() override {
    if (!connection_) connection_.emplace(library_);
    if (!asked_) ask();
    const std::lock_guard lock(answer_->mutex);
    // The server of another host may not have heard of rank 0 yet.
    if (answer_->failed) asked_ = false;
    auto out = Coordinates::from_text(answer_->text);
    if (out) connection_.reset();
    return out;
  }

  std::string place() const override { return "through PMIx"; }

 private:
  /// What a thread of the library writes.
  struct Answer {
    std::mutex mutex;
    std::string text;
    bool failed = false;
  };

  static void take(pmix_status_t status, pmix_value_t* value, void* to) {
    const std::unique_ptr<std::shared_ptr<Answer>> answer(
        static_cast<std::shared_ptr<Answer>*>(to));
    const std::lock_guard lock((*answer)->mutex);
    if (status == PMIX_SUCCESS && value != nullptr && value->type == PMIX_STRING) {
      (*answer)->text = value->data.string;
    } else {
      (*answer)->failed = true;
    }
  }

  void ask() {
    answer_ = std::make_shared<Answer>();
    auto to = std::make_unique<std::shared_ptr<Answer>>(answer_);
    const pmix_proc_t rank_0 = connection_->rank_0();
    library_.check(library_.get_nb(&rank_0, kKey, nullptr, 0, take, to.get()), "PMIx_Get_nb");
    (void)to.release();
    asked_ = true;
  }

  Library library_;
  std::optional<Connection> connection_;
  std::shared_ptr<Answer> answer_;
  bool asked_ = false;
};

}  // namespace

std::unique_ptr<Announcement> announcement_by_pmix() {
  // PMIx_Init in a process that no such launcher started would make a server of its own.
  if (std::getenv("PMIX_NAMESPACE") == nullptr) {
    throw InputError("--rendezvous pmix: no launcher with PMIx has started this process",
                     "start the ranks with mpirun of Open MPI or with srun --mpi=pmix");
  }
  return std::make_unique<ByPmix>();
}

#else

std::unique_ptr<Announcement> announcement_by_pmix() {
  throw InputError("--rendezvous pmix: Assay was built without PMIx", kMend);
}

#endif

}  // namespace assay::harness::ranks
