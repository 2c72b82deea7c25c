#include "harness/environment/container.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "kernels/sha256.h"

namespace assay::harness::environment {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class Root : public testing::Test {
 protected:
  void SetUp() override {
    root = fs::path(testing::TempDir()) /
           testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root);
    fs::create_directories(root);
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }

  json container() const {
    return container_json(
        [this](const char* name) {
          const auto found = variables.find(name);
          return found == variables.end() ? std::nullopt : std::optional(found->second);
        },
        root);
  }

  fs::path root;
  std::map<std::string, std::string> variables;
};

using Container = Root;
using ControlGroup = Root;

TEST_F(Container, IsNullWhereThereIsNone) {
  const json none = container();
  EXPECT_TRUE(none.at("kind").is_null());
  EXPECT_TRUE(none.at("orchestrator").is_null());
  EXPECT_TRUE(none.at("image").is_null());
}

TEST_F(Container, OfPodmanNamesItsImage) {
  write("run/.containerenv",
        "engine=\"podman-4.3.1\"\nname=\"x\"\nid=\"1234\"\nimage=\"docker.io/debian:12\"\n"
        "imageid=\"abcd\"\n");
  EXPECT_EQ(container().at("kind"), "podman");
  EXPECT_EQ(container().at("image").at("name"), "docker.io/debian:12");
  EXPECT_EQ(container().at("image").at("id"), "abcd");
  EXPECT_EQ(container().dump().find("1234"), std::string::npos) << "each start has another id";
}

TEST_F(Container, OfDockerIsTheSameImageAtEachStart) {
  write(".dockerenv", "");
  const auto started = [&](const std::string& init, const std::string& image) {
    write("proc/self/mountinfo",
          "1 0 0:1 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/" + init +
              ":/var/lib/docker/overlay2/l/" + image + ",upperdir=/u,workdir=/w\n");
    return container().at("image").at("layers_sha256");
  };
  EXPECT_EQ(started("A", "X"), started("B", "X"));
  EXPECT_NE(started("A", "X"), started("A", "Y"));
  EXPECT_EQ(started("A", "X"), sha256("/var/lib/docker/overlay2/l/X"));
}

TEST_F(Container, OfKubernetesAndApptainerIsReadFromVariables) {
  variables = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"container", "oci"}};
  EXPECT_EQ(container().at("orchestrator"), "kubernetes");
  EXPECT_EQ(container().at("kind"), "oci");
  variables = {{"APPTAINER_CONTAINER", "/images/assay.sif"}};
  EXPECT_EQ(container().at("kind"), "apptainer");
  EXPECT_EQ(container().at("image").at("name"), "/images/assay.sif");
}

TEST_F(ControlGroup, GivesTheTightestLimitOfAGroupAndThoseAboveIt) {
  write("proc/self/cgroup", "0::/jobs/mine\n");
  write("sys/fs/cgroup/cpu.weight", "999\n");
  write("sys/fs/cgroup/jobs/cpu.max", "50000 100000\n");
  write("sys/fs/cgroup/jobs/memory.max", "2000000\n");
  write("sys/fs/cgroup/jobs/io.max", "8:16 rbps=2097152 wbps=max\n");
  write("sys/fs/cgroup/jobs/mine/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/jobs/mine/memory.max", "1000000\n");
  write("sys/fs/cgroup/jobs/mine/memory.high", "max\n");
  write("sys/fs/cgroup/jobs/mine/cpu.weight", "100\n");
  write("sys/fs/cgroup/jobs/mine/cpuset.cpus.effective", "0-3\n");
  const json out = control_group_json(root);
  EXPECT_EQ(out.at("cgroup_cpu_max"), "50000 100000");
  EXPECT_EQ(out.at("cgroup_memory_max"), "1000000");
  EXPECT_EQ(out.at("cgroup_memory_high"), "max");
  EXPECT_EQ(out.at("cgroup_cpu_weight"), "100");
  EXPECT_EQ(out.at("cgroup_cpus"), "0-3");
  EXPECT_TRUE(out.at("cgroup_memory_nodes").is_null());
  EXPECT_EQ(out.at("cgroup_io_max"), json({"8:16 rbps=2097152 wbps=max"}));
}

TEST_F(ControlGroup, OfAContainerIsTheHighestVisibleOne) {
  write("proc/self/cgroup", "0::/only/on/the/host\n");
  write("sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(control_group_json(root).at("cgroup_cpu_max"), "200000 100000");
  EXPECT_TRUE(control_group_json(root).at("cgroup_io_max").is_null());
}

}  // namespace
}  // namespace assay::harness::environment
