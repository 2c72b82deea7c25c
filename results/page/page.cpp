#include "results/page/page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cctype>
#include <map>
#include <span>
#include <stdexcept>

#include "kernels/embedded.h"

namespace assay::results::page {

std::span<const assay::EmbeddedFile> page_files();

namespace {

/// Empty if there is no such file.
std::string_view file_if_any(std::string_view name) {
  for (const EmbeddedFile& candidate : page_files()) {
    if (candidate.name == name) return candidate.text;
  }
  return {};
}

std::string_view file(std::string_view name) {
  const std::string_view text = file_if_any(name);
  if (text.empty()) throw std::logic_error(fmt::format("the report's {} was not built in", name));
  return text;
}

/// Replaces "{{name}}" by values in one pass, so that values may contain anything.
std::string filled(std::string_view pattern,
                   const std::map<std::string, std::string_view, std::less<>>& values) {
  std::string out;
  for (;;) {
    const std::size_t open = pattern.find("{{");
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = pattern.find("}}", open);
    out += values.at(std::string(pattern.substr(open + 2, close - open - 2)));
    pattern.remove_prefix(close + 2);
  }
}

/// The hash by which the page allows only this script to run.
std::string hash_source(std::string_view script) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(script.data()), script.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> text{};
  EVP_EncodeBlock(text.data(), digest.data(), SHA256_DIGEST_LENGTH);
  return fmt::format("'sha256-{}'", reinterpret_cast<const char*>(text.data()));
}

/// Text as a string of CSS, in which nothing can end the string or the style.
std::string css_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == ' ' || c == ',' || c == '.' || byte >= 0x80;
    out += plain ? std::string(1, c) : fmt::format("\\{:x} ", byte);
  }
  return out + "\"";
}

}  // namespace

std::string page_html(const Page& page) {
  const std::string data = script_safe(page.data);
  const std::string_view chart = file("chart.min.js");
  std::string style(file("report.css")), script(file("report.js"));
  if (!page.addition.empty()) {
    style += file(page.addition + ".css");
    script += file_if_any(page.addition + ".js");
  }
  if (!page.print_foot.empty()) {
    style +=
        fmt::format("@page {{ @bottom-left {{ content: {}; }} }}\n", css_string(page.print_foot));
  }
  const std::string hashes = hash_source(chart) + " " + hash_source(script);
  const std::string title = escaped(page.title);
  return filled(file("page.html"), {{"hashes", hashes},
                                    {"title", title},
                                    {"style", style},
                                    {"body", page.body.text},
                                    {"data", data},
                                    {"chart", chart},
                                    {"script", script}});
}

bool is_page(const std::string& beginning) {
  const std::string_view page = file("page.html");
  return beginning.starts_with(page.substr(0, page.find("<meta name=\"viewport\"")));
}

}  // namespace assay::results::page
