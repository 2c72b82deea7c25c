#include "results/store/database/address_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "kernels/error.h"

namespace assay::results::store {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kBlanks = " \t\n\r";

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// The keys by which libpq's connection strings name a server and its user (PostgreSQL
/// documentation, section "Parameter Key Words").
bool is_connection_string(std::string_view text) {
  static constexpr std::array<std::string_view, 10> kKeys = {
      "host",     "hostaddr", "port",    "dbname",  "user",
      "password", "passfile", "service", "sslmode", "sslpassword"};
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  std::string_view key = text.substr(0, equals);
  key = key.substr(0, std::min(key.find_last_not_of(kBlanks) + 1, key.size()));
  return std::ranges::find(kKeys, key) != kKeys.end();
}

/// Whether behind the last colon of the host's place there is no port: "postgresql://ada:secret".
bool has_other_than_port(std::string_view url) {
  const std::string_view place = url.substr(url.find("://") + 3);
  const std::string_view host = place.substr(0, place.find_first_of("/?"));
  if (host.find('@') != std::string_view::npos || host.starts_with('[')) return false;
  const std::size_t colon = host.find(':');
  if (colon == std::string_view::npos) return false;
  return host.substr(colon + 1).find_first_not_of(std::string(kDigits) + ",:") !=
             std::string_view::npos &&
         host.find(',') == std::string_view::npos;
}

}  // namespace

void require_file_or_url(const std::string& text) {
  constexpr const char* kHint =
      "name a file, as ./NAME where it begins like this, or postgresql://USER@HOST/DATABASE; "
      "passwords belong in ~/.pgpass or PGPASSWORD";
  const std::string_view all = text;
  const std::size_t first = all.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return;
  const std::string trimmed = lower(all.substr(first));
  const bool is_url = all.starts_with("postgresql://") || all.starts_with("postgres://");
  if (is_url && has_other_than_port(all)) {
    throw InputError("the store's URL has no user and host: between : and / stands no port",
                     "write postgresql://USER@HOST:PORT/DATABASE; passwords belong in ~/.pgpass or "
                     "PGPASSWORD");
  }
  if (is_url) return;
  for (const std::string_view scheme : {"postgresql:", "postgresql+", "postgres:", "postgres+"}) {
    if (trimmed.starts_with(scheme)) {
      throw InputError("the store is named almost, but not quite, like a PostgreSQL server", kHint);
    }
  }
  if (is_connection_string(trimmed)) {
    throw InputError("the store is named by a connection string, which is no file", kHint);
  }
}

}  // namespace assay::results::store
