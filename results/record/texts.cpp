#include "results/record/texts.h"

#include "kernels/secrets.h"
#include "kernels/sha256.h"
#include "results/record/json_library.h"
#include "results/record/printable.h"

namespace assay::results::record {
namespace {

using nlohmann::json;

/// Masks the strings of a JSON value. Returns how many it changed.
std::size_t mask(json& value) {
  std::size_t masked = 0;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::string safe = without_known_secrets(text);
    masked = safe == text ? 0 : 1;
    if (masked > 0) value = std::move(safe);
  } else if (value.is_structured()) {
    for (auto& item : value) masked += mask(item);
  }
  return masked;
}

void visit_all(Properties& properties, const std::function<void(std::string&)>& visit) {
  for (auto& [key, value] : properties) visit(value);
}

std::size_t mask_environments(RecordSet& record_set) {
  std::size_t masked = 0;
  std::map<std::string, std::string> renamed, all;
  for (auto& [hash, text] : record_set.environments) {
    json parsed = has_known_secret(text) ? json::parse(text, nullptr, false) : json();
    const std::size_t here = parsed.is_discarded() ? 0 : mask(parsed);
    masked += here;
    if (here > 0) text = parsed.dump(-1, ' ', false, json::error_handler_t::replace);
    const std::string name = here > 0 ? sha256(text) : hash;
    if (here > 0) renamed[hash] = name;
    all[name] = std::move(text);
  }
  record_set.environments = std::move(all);
  const auto rename = [&](std::string& environment) {
    if (const auto found = renamed.find(environment); found != renamed.end()) {
      environment = found->second;
    }
  };
  for (Run& run : record_set.runs) rename(run.environment);
  for (Record& record : record_set.records) rename(record.environment);
  return masked;
}

template <typename T>
std::string first_secret_of(T copy) {
  std::string found;
  for_each_text(copy, [&](std::string& text) {
    if (!found.empty()) return;
    std::string safe = without_known_secrets(text);
    if (safe != text) found = std::move(safe);
  });
  return found;
}

}  // namespace

void for_each_text(Record& record, const std::function<void(std::string&)>& visit) {
  visit(record.problem);
  visit(record.operation);
  visit(record.reason);
  for (Note& note : record.notes) visit(note.text);
  DeviceIdentity& device = record.device;
  for (std::string* text : {&device.backend, &device.name, &device.vendor, &device.kind,
                            &device.unique_id, &device.bus_id, &device.driver, &device.types}) {
    visit(*text);
  }
  visit_all(device.properties, visit);
  visit(record.implementation.name);
  visit_all(record.implementation.details, visit);
  visit(record.check.method);
  visit(record.check.where);
  visit(record.sensors.throttle);
  visit(record.energy.source);
  visit(record.imported_from.file);
}

void for_each_text(Run& run, const std::function<void(std::string&)>& visit) {
  visit(run.suite);
  visit(run.command);
  visit(run.host);
}

void make_printable(RecordSet& record_set) {
  const auto clean = [](std::string& text) {
    if (!is_printable(text)) text = printable(text);
  };
  const auto clean_name = [](std::string& text) { text = printable_line(text); };
  for (Record& record : record_set.records) {
    for_each_text(record, clean);
    for (std::string* name : {&record.problem, &record.operation, &record.device.name,
                              &record.implementation.name, &record.imported_from.file}) {
      clean_name(*name);
    }
  }
  for (Run& run : record_set.runs) for_each_text(run, clean_name);
}

std::size_t mask_secrets(RecordSet& record_set) {
  std::size_t masked = 0;
  const auto hide = [&](std::string& text) {
    std::string safe = without_known_secrets(text);
    if (safe == text) return;
    text = std::move(safe);
    ++masked;
  };
  for (Record& record : record_set.records) for_each_text(record, hide);
  for (Run& run : record_set.runs) for_each_text(run, hide);
  return masked + mask_environments(record_set);
}

std::string first_secret(const Record& record) {
  // Samples are the most of a record and hold no text.
  Record copy = record;
  return first_secret_of(std::move(copy));
}

std::string first_secret(const Run& run) {
  return first_secret_of(run);
}

std::string first_secret(const std::string& environment_json) {
  if (!has_known_secret(environment_json)) return "";
  json parsed = json::parse(environment_json, nullptr, false);
  if (parsed.is_discarded() || mask(parsed) == 0) return "";
  return "the environment";
}

}  // namespace assay::results::record
