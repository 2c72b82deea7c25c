// How the ranks of a job find their coordinator, and share a secret.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/ranks/address.h"
#include "harness/ranks/announcement.h"
#include "harness/ranks/hub.h"
#include "harness/ranks/job_secret.h"
#include "harness/ranks/link.h"
#include "harness/ranks/place.h"
#include "harness/worker/interrupt.h"

namespace assay::harness::ranks {

/// The variable with which a user gives the ranks of a launcher their secret, as 64 hexadecimal
/// digits.
inline constexpr const char* kSecretVariable = "ASSAY_RENDEZVOUS_SECRET";

/// Either an announcement of rank 0, or its endpoint. Then the secret comes from the process that
/// started this one, or from the user.
class Meeting {
 public:
  /// `text` is a folder, "pmix", HOST:PORT or a local endpoint. `told` is the secret that the
  /// process that started this one has told. Throws InputError for an invalid port, or if an
  /// address lacks a secret.
  Meeting(const std::string& text, const Place& place, std::optional<JobSecret> told = {});

  /// Begins to listen: at the named address; else at a local endpoint if all ranks are on this
  /// host, or at this host's own addresses. Ranks can connect from then on; the destructor removes
  /// the file.
  Hub listen();
  /// Only after listen().
  const JobSecret& secret() const { return *secret_; }

  /// Connects to rank 0 as soon as it is available. Throws Error after `timeout_seconds`,
  /// Interrupted if `interrupt` has a signal, InputError if the announcement is none to trust.
  Link connect(double timeout_seconds, const worker::Interrupt& interrupt) const;

  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

 private:
  std::vector<std::string> named_endpoints() const;
  std::optional<Coordinates> known() const;

  std::string text_;
  std::optional<HostAndPort> address_;
  std::unique_ptr<Announcement> announcement_;
  std::optional<JobSecret> secret_;
  bool one_host_ = false, started_by_launcher_ = false;
};

}  // namespace assay::harness::ranks
