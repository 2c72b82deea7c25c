#include "harness/ranks/announcement.h"

#include <fmt/format.h>

#include "harness/ranks/private_file.h"
#include "results/record/json_library.h"

namespace assay::harness::ranks {

namespace {

using nlohmann::ordered_json;

class InFile : public Announcement {
 public:
  InFile(const std::filesystem::path& folder, const std::string& job)
      : file_(folder, fmt::format("{}.json", job)) {}
  ~InFile() override {
    if (published_) file_.remove();
  }

  void publish(const Coordinates& coordinates) override {
    file_.write(coordinates.text());
    published_ = true;
  }
  std::optional<Coordinates> find() override {
    return Coordinates::from_text(file_.read().value_or(""));
  }
  std::string place() const override { return fmt::format("through {}", file_.path()); }

 private:
  PrivateFile file_;
  bool published_ = false;
};

}  // namespace

std::string Coordinates::text() const {
  return ordered_json{{"endpoints", endpoints}, {"secret", secret.hex()}}.dump();
}

std::optional<Coordinates> Coordinates::from_text(const std::string& text) {
  const auto json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    const auto secret = JobSecret::from_hex(json.at("secret").get<std::string>());
    if (!secret) return std::nullopt;
    return Coordinates{json.at("endpoints"), *secret};
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

std::unique_ptr<Announcement> announcement_in_file(const std::filesystem::path& folder,
                                                   const std::string& job) {
  return std::make_unique<InFile>(folder, job);
}

}  // namespace assay::harness::ranks
