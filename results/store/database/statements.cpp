#include "results/store/database/statements.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace assay::results::store {

Database::Database(StoreAddress address, Access access)
    : name_(address.text()),
      connection_(address.on_server() ? open_server(address, access)
                                      : open_file(address.file(), access)) {}

bool Database::has_points() const {
  if (!has_points_) has_points_ = connection_->has_table("point");
  return *has_points_;
}

Statement& Statement::bind(int parameter, std::span<const double> values) {
  if constexpr (std::endian::native == std::endian::little) {
    return bind_bytes(parameter,
                      {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  } else {
    std::string bytes(values.size_bytes(), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    for (auto at = bytes.begin(); at != bytes.end(); at += 8) std::reverse(at, at + 8);
    return bind_bytes(parameter, bytes);
  }
}

std::vector<double> Statement::doubles(int column) const {
  const std::string_view bytes = bytes_view(column);
  std::vector<double> values(bytes.size() / 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t bits = 0;
    for (std::size_t byte = 8; byte-- > 0;) {
      bits = bits << 8 | static_cast<unsigned char>(bytes[8 * i + byte]);
    }
    values[i] = std::bit_cast<double>(bits);
  }
  return values;
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.begin();
}

Transaction::~Transaction() {
  if (!committed_) connection_.roll_back();
}

void Transaction::commit() {
  connection_.commit();
  committed_ = true;
}

}  // namespace assay::results::store
