#include "harness/cli/duel/sides.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "harness/cli/hints.h"
#include "harness/cli/values.h"
#include "kernels/error.h"

namespace assay::cli::duel {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kKeys = {"device", "implementation", "threads",
                                        "mode",   "program",        "modules"};
constexpr const char* kForms =
    "a side is a path of an assay program, a folder of backend modules, a device (cpu:0), an "
    "implementation (library/onednn) or settings (threads=1,mode=hot)";

std::string program_at(const std::string& path, const std::string& place) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  if (error || !fs::is_regular_file(whole) || access(whole.c_str(), X_OK) != 0) {
    throw InputError(fmt::format("{}: {} is not a program", place, path),
                     "name the assay program of a build");
  }
  return whole.string();
}

std::string modules_at(const std::string& path, const std::string& place) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  for (fs::directory_iterator entry(whole, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with("assay_backend_") && name.ends_with(".so")) return whole.string();
  }
  throw InputError(fmt::format("{}: {} is not a folder of backend modules", place, path),
                   "it must hold files called assay_backend_NAME.so; for a build name its program");
}

void set(SideChoice& side, const std::string& key, const std::string& value,
         const std::string& place) {
  if (value.empty()) throw InputError(fmt::format("{}: {} has no value", place, key), kForms);
  if (key == "device") side.device = value;
  if (key == "implementation") side.implementation = value;
  if (key == "threads") side.threads = count<unsigned>().read(value, place);
  if (key == "mode") side.mode = mode().read(value, place);
  if (key == "program") side.program = program_at(value, place);
  if (key == "modules") side.modules = modules_at(value, place);
}

void read_settings(SideChoice& side, const std::string& place) {
  for (std::size_t begin = 0; begin <= side.text.size();) {
    const std::size_t end = std::min(side.text.find(',', begin), side.text.size());
    const std::string setting = side.text.substr(begin, end - begin);
    const std::size_t equals = setting.find('=');
    const std::string key = setting.substr(0, equals);
    if (equals == std::string::npos || std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      throw InputError(fmt::format("{}: there is no setting `{}`", place, key),
                       fmt::format("settings are {}", alternatives(kKeys)));
    }
    set(side, key, setting.substr(equals + 1), place);
    begin = end + 1;
  }
}

bool names_implementation(const std::string& text) {
  constexpr std::array kDivisions = {"library/", "native/", "portable/", "reference/"};
  return std::any_of(kDivisions.begin(), kDivisions.end(),
                     [&](const char* division) { return text.starts_with(division); });
}

bool names_device(const std::string& text) {
  return text.find(':') != std::string::npos && text.find('/') == std::string::npos;
}

}  // namespace

SideChoice parse_side(const std::string& text, const std::string& letter) {
  SideChoice side;
  side.text = text;
  const std::string place = fmt::format("{} = {}", letter, text);
  std::error_code ignored;
  if (fs::is_directory(text, ignored)) {
    side.modules = modules_at(text, place);
  } else if (fs::exists(text, ignored)) {
    side.program = program_at(text, place);
  } else if (text.find('=') != std::string::npos) {
    read_settings(side, place);
  } else if (names_implementation(text)) {
    side.implementation = text;
  } else if (names_device(text)) {
    side.device = text;
  } else {
    throw InputError(
        fmt::format("{}: there is no such file, and it names no device or implementation", place),
        kForms);
  }
  return side;
}

MeasurementChoice choice_of(const SideChoice& side, const MeasurementChoice& common) {
  MeasurementChoice out = common;
  if (!side.device.empty()) out.devices = {side.device};
  if (!side.implementation.empty()) out.measurement.implementations = {side.implementation};
  if (side.threads) out.threads = *side.threads;
  if (side.mode) out.measurement.mode = side.mode;
  return out;
}

}  // namespace assay::cli::duel
