#include "results/store/database/postgresql_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "kernels/error.h"

namespace assay::results::store {

namespace {

/// The first line of libpq's message, without the severity at its beginning.
std::string first_line(std::string text) {
  text = text.substr(0, text.find('\n'));
  for (const std::string_view word : {"FATAL:  ", "ERROR:  "}) {
    if (const std::size_t at = text.find(word); at != std::string::npos)
      text.erase(at, word.size());
  }
  return text.empty() ? "no reason given" : text;
}

std::string field(const PGresult* result, int code) {
  const char* text = result ? PQresultErrorField(result, code) : nullptr;
  return text ? text : "";
}

/// A failure, identified by its SQLSTATE or by the first two letters, which are its class
/// (PostgreSQL documentation, appendix A).
struct KnownFailure {
  std::string_view state;
  bool input;  ///< InputError; otherwise Error
  std::string_view hint;
};
constexpr std::array kKnown = {
    KnownFailure{"25006", true,
                 "it is read-only; if the server is a standby, name the primary server"},
    KnownFailure{"53100", false, "free space on the server's disk"},
    KnownFailure{"53", false, "free the server's resources, then try again"},
    KnownFailure{"55P03", false, "another process holds the store; try again when it is done"},
    KnownFailure{"40", false, "another process changed the same rows at the same time; try again"},
    KnownFailure{"58", false, "check the server's disk"},
    KnownFailure{"XX", true, "the database is damaged: restore a backup"},
};

/// The statements with which the database's owner can grant the missing rights.
std::string grants(PGconn* connection, std::string_view refused) {
  if (refused.find("for database") != std::string_view::npos) {
    return fmt::format("let its owner run: GRANT CREATE ON DATABASE \"{}\" TO \"{}\"",
                       PQdb(connection), PQuser(connection));
  }
  return fmt::format(
      "let its owner run: GRANT USAGE ON SCHEMA assay TO \"{0}\"; GRANT SELECT, INSERT, UPDATE ON "
      "ALL TABLES IN SCHEMA assay TO \"{0}\" (SELECT alone for reading)",
      PQuser(connection));
}

}  // namespace

void fail_to_connect(const StoreAddress& address, PGconn* connection) {
  const std::string all = PQerrorMessage(connection), why = first_line(all);
  const auto says = [&](std::string_view words) { return why.find(words) != std::string::npos; };
  std::string hint =
      "check the URL, and whether you can connect to the server: psql '" + address.text() + "'";
  if (PQconnectionNeedsPassword(connection) != 0) {
    hint = "put the password into ~/.pgpass or PGPASSWORD";
  } else if (PQconnectionUsedPassword(connection) != 0 && says("password")) {
    hint = "check the user and the password (in the URL, PGPASSWORD or ~/.pgpass)";
  } else if (says("database \"") && says("does not exist")) {
    hint = fmt::format("create it: createdb --encoding=UTF8 {}", PQdb(connection));
  } else if (says("too many") || says("remaining connection slots")) {
    hint = "try again when other connections have ended";
  } else if (all.find("FATAL") == std::string::npos) {
    // No server answered.
    hint = "check host and port, and whether the server runs and can be reached from here";
  }
  throw InputError(fmt::format("store {}: {}", address.text(), why), hint);
}

void fail_to_command(const std::string& name, PGconn* connection, const PGresult* result) {
  if (PQstatus(connection) == CONNECTION_BAD ||
      field(result, PG_DIAG_SQLSTATE).starts_with("57P")) {
    const std::string why = field(result, PG_DIAG_MESSAGE_PRIMARY);
    throw InputError(fmt::format("store {}: the connection is lost: {}", name,
                                 first_line(why.empty() ? PQerrorMessage(connection) : why)),
                     "everything stored before is safe; when the server can be reached again, "
                     "repeat the command or resume the run");
  }
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  const std::string primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string what = fmt::format(
      "store {}: {}", name, primary.empty() ? first_line(PQerrorMessage(connection)) : primary);
  if (state == "42501") throw InputError(what, grants(connection, primary));
  const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const KnownFailure& one) {
    return state.starts_with(one.state);
  });
  if (known == kKnown.end()) throw Error(what);
  if (known->input) throw InputError(what, std::string(known->hint));
  throw Error(what, std::string(known->hint));
}

}  // namespace assay::results::store
