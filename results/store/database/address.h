// The location of a store: a file, or a database on a PostgreSQL server.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace assay::results::store {

enum class Access { read, write };

class StoreAddress {
 public:
  /// A server's URL if the text begins with postgresql:// or postgres://, else a file's path.
  /// Throws InputError for any other URL, for one whose password cannot be separated from the
  /// rest, and for what is meant for a server and is no URL (address_text.h).
  StoreAddress(const std::string& text);  // NOLINT(google-explicit-constructor): text is an address
  StoreAddress(const char* text)          // NOLINT(google-explicit-constructor)
      : StoreAddress(std::string(text)) {}
  StoreAddress(const std::filesystem::path& file)  // NOLINT(google-explicit-constructor)
      : StoreAddress(file.string()) {}

  bool on_server() const { return on_server_; }
  std::filesystem::path file() const { return text_; }
  /// The URL with its password. Pass it only to the client library.
  const std::string& url() const { return text_; }
  /// The file, or the URL without its password. Use it in messages and in everything that is
  /// stored.
  std::string text() const;
  /// Whether the file is missing. Always false for a server: only connecting can tell.
  bool is_missing() const;

 private:
  std::string text_;
  bool on_server_ = false;
};

/// $ASSAY_DB if set, else $XDG_DATA_HOME/assay/assay.db, else ~/.local/share/assay/assay.db.
StoreAddress default_store();

/// Replaces the password of each PostgreSQL URL in a text, for example a command line, by ***.
std::string without_passwords(std::string_view text);

}  // namespace assay::results::store
