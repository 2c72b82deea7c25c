#include "results/page/rate_text.h"

#include "results/page/quantity_text.h"
#include "results/record/bus_rate.h"

namespace assay::results::page {

std::string byte_rate_text(const record::Record& record) {
  if (const auto bus = bus_rate(record)) return scaled_text(*bus, "B/s") + " busbw";
  return scaled_text(byte_rate(record), "B/s") +
         (record::is_collective(record.operation) ? " algbw" : "");
}

std::string byte_rates_text(const record::Record& record) {
  if (!bus_rate(record)) return byte_rate_text(record);
  return scaled_text(byte_rate(record), "B/s") + " algbw, " + byte_rate_text(record);
}

}  // namespace assay::results::page
