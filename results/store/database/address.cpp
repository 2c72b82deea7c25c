#include "results/store/database/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "kernels/error.h"
#include "results/store/database/address_text.h"

namespace assay::results::store {

namespace {

constexpr std::string_view kHidden = "***";
constexpr std::array<std::string_view, 2> kSchemes = {"postgresql://", "postgres://"};

/// The length of the PostgreSQL scheme that a text begins with, or 0.
std::size_t scheme_of(std::string_view text) {
  for (const std::string_view scheme : kSchemes) {
    if (text.starts_with(scheme)) return scheme.size();
  }
  return 0;
}

/// Whether a text begins like a URL: letters, then "://".
bool is_url(std::string_view text) {
  std::size_t letters = 0;
  while (letters < text.size() && std::isalpha(static_cast<unsigned char>(text[letters])) != 0) {
    ++letters;
  }
  return letters > 0 && text.substr(letters).starts_with("://");
}

/// The user part of a URL, with the password: everything before the last @ that precedes the
/// database's name. libpq uses the first @; a URL with several is refused.
std::string_view user_of(std::string_view url) {
  const std::string_view place = url.substr(0, url.find('?')).substr(scheme_of(url));
  const std::size_t at = place.rfind('@');
  return at == std::string_view::npos ? std::string_view() : place.substr(0, at);
}

std::string_view password_of(std::string_view url) {
  const std::string_view user = user_of(url);
  const std::size_t colon = user.find(':');
  return colon == std::string_view::npos ? std::string_view() : user.substr(colon + 1);
}

/// The text must be a single URL.
std::string hidden(std::string_view url) {
  std::string out(url);
  if (const std::string_view password = password_of(url); !password.empty()) {
    out.replace(static_cast<std::size_t>(password.data() - url.data()), password.size(), kHidden);
  }
  // Which other parameters hold a secret, nobody can list: "options" may, and so may a slip.
  constexpr std::array<std::string_view, 10> kHarmless = {
      "host",    "hostaddr", "port",       "dbname",          "user",
      "sslmode", "service",  "gssencmode", "connect_timeout", "application_name"};
  for (std::size_t at = out.find('?'); at < out.size();) {
    const std::size_t from = at + 1, end = std::min(out.find('&', from), out.size());
    const std::size_t equals = std::min(out.find('=', from), end);
    at = end;
    if (std::ranges::find(kHarmless, out.substr(from, equals - from)) != kHarmless.end()) continue;
    const std::size_t value = equals == end ? from : equals + 1;
    if (value == end) continue;
    out.replace(value, end - value, kHidden);
    at = value + kHidden.size();
  }
  return out;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

StoreAddress::StoreAddress(const std::string& text) : text_(text), on_server_(scheme_of(text) > 0) {
  if (on_server_ && user_of(text).find_first_of("@/") != std::string_view::npos) {
    throw InputError(fmt::format("store {}: its user or password contains @ or /", hidden(text)),
                     "write %40 for @ and %2F for / there");
  }
  if (!on_server_ && is_url(text)) {
    throw InputError(fmt::format("store {}: is neither a file nor a PostgreSQL server's URL",
                                 text.substr(0, text.find("://") + 3)),
                     "name a file, or postgresql://USER@HOST/DATABASE");
  }
  require_file_or_url(text);
}

std::string StoreAddress::text() const {
  return on_server_ ? hidden(text_) : text_;
}

bool StoreAddress::is_missing() const {
  std::error_code ignored;
  return !on_server_ && !std::filesystem::exists(file(), ignored);
}

StoreAddress default_store() {
  if (const std::string address = variable("ASSAY_DB"); !address.empty()) return address;
  // A relative XDG_DATA_HOME is to be ignored (XDG Base Directory Specification 0.8).
  if (const std::string data = variable("XDG_DATA_HOME"); data.starts_with('/')) {
    return std::filesystem::path(data) / "assay" / "assay.db";
  }
  const std::string home = variable("HOME");
  if (home.empty()) {
    throw InputError("the store has no location: HOME is not set",
                     "set ASSAY_DB to a file or to a PostgreSQL server's URL");
  }
  return std::filesystem::path(home) / ".local" / "share" / "assay" / "assay.db";
}

std::string without_passwords(std::string_view text) {
  std::string out;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t begin = std::string_view::npos;
    for (const std::string_view scheme : kSchemes) begin = std::min(begin, text.find(scheme, from));
    if (begin == std::string_view::npos) return out.append(text.substr(from));
    const std::size_t end = std::min(text.find_first_of(" \t\n'\"", begin), text.size());
    out.append(text.substr(from, begin - from)).append(hidden(text.substr(begin, end - begin)));
    from = end;
  }
  return out;
}

}  // namespace assay::results::store
