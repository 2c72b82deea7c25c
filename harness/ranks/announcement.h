// How rank 0 tells the ranks of a launcher where it listens and their secret.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/ranks/job_secret.h"

namespace assay::harness::ranks {

/// Where rank 0 listens (address.h, in the order to try), and what proves that a process belongs
/// to the job.
struct Coordinates {
  std::vector<std::string> endpoints;
  JobSecret secret;

  /// In JSON, for announcements.
  std::string text() const;
  /// nullopt for any other text.
  static std::optional<Coordinates> from_text(const std::string& text);
};

/// A place that all ranks of a job of this user can access, and no other user.
class Announcement {
 public:
  virtual ~Announcement() = default;

  /// Called by rank 0. Readers see all of it or none. Throws InputError.
  virtual void publish(const Coordinates& coordinates) = 0;
  /// Called by the other ranks, again and again until it returns something; waits for nothing.
  /// Throws InputError if it will never be found, or if another user could have written it.
  virtual std::optional<Coordinates> find() = 0;
  /// "through /home/ada/assay/ranks-1000/7.json"
  virtual std::string place() const = 0;
};

/// A file that only this user can read, which exists as long as the announcement does.
std::unique_ptr<Announcement> announcement_in_file(const std::filesystem::path& folder,
                                                   const std::string& job);

}  // namespace assay::harness::ranks
