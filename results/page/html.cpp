#include "results/page/html.h"

namespace assay::results::page {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Html prose(std::string_view text) {
  Html out;
  for (;;) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    out += html("{}", text.substr(0, close == std::string_view::npos ? close : open));
    if (close == std::string_view::npos) return out;
    out += html("<code>{}</code>", text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

std::string script_safe(std::string json) {
  // In JSON, "<" occurs only inside strings.
  for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;) {
    json.replace(at, 1, "\\u003c");
  }
  return json;
}

Html link(std::string_view address, std::string_view text) {
  if (!address.starts_with("https://") && !address.starts_with("http://")) return html("{}", text);
  return html(R"(<a href="{}" rel="noopener noreferrer">{}</a>)", address, text);
}

}  // namespace assay::results::page
