#include "tests/fakes/faults.h"

#include <cstdlib>
#include <sstream>
#include <string>

namespace assay::fakes {
namespace {

std::vector<NamedFault> chosen() {
  const char* names = std::getenv("ASSAY_FAKE_DEVICES");
  if (names == nullptr) return {kFaults.begin(), kFaults.end()};
  std::vector<NamedFault> out;
  std::istringstream stream(names);
  for (std::string name; std::getline(stream, name, ',');) {
    for (const NamedFault& fault : kFaults) {
      if (fault.name == name) out.push_back(fault);
    }
  }
  return out;
}

}  // namespace

const std::vector<NamedFault>& presented() {
  static const std::vector<NamedFault> all = chosen();
  return all;
}

const char* words() {
  const char* const set = std::getenv("ASSAY_FAKE_WORDS");
  return set == nullptr ? "" : set;
}

bool only(Fault fault) {
  return presented().size() == 1 && presented().front().fault == fault;
}

}  // namespace assay::fakes
