#include "results/record/environment_changes.h"

#include <set>

#include "results/record/parse_json.h"

namespace assay::results::record {

namespace {

using nlohmann::ordered_json;

std::string value_text(const ordered_json& value) {
  if (value.is_null()) return "not recorded";
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void add_changes(const ordered_json& before, const ordered_json& after, const std::string& path,
                 std::vector<EnvironmentChange>& out) {
  if (before == after) return;
  if (!before.is_object() || !after.is_object()) {
    out.push_back({path, value_text(before), value_text(after)});
    return;
  }
  std::set<std::string> keys;
  for (const auto& item : before.items()) keys.insert(item.key());
  for (const auto& item : after.items()) keys.insert(item.key());
  for (const std::string& key : keys) {
    // A run asks only the modules of the devices that it names.
    if (path == "modules" && before.contains(key) != after.contains(key)) continue;
    add_changes(before.value(key, ordered_json()), after.value(key, ordered_json()),
                path.empty() ? key : path + "." + key, out);
  }
}

}  // namespace

std::vector<EnvironmentChange> environment_changes(const std::string& before,
                                                   const std::string& after) {
  const auto parse = [](const std::string& text) { return parse_json<ordered_json>(text); };
  const ordered_json a = parse(before), b = parse(after);
  std::vector<EnvironmentChange> out;
  if (a.is_object() && b.is_object()) add_changes(a, b, "", out);
  return out;
}

}  // namespace assay::results::record
