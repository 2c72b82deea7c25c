// A text that many results share: a million of them name a thousand runs.
#pragma once

#include <memory>
#include <string>

namespace assay::results::regress {

/// Copies share one text, which never changes.
class SharedText {
 public:
  SharedText() = default;
  SharedText(const std::string& text) : text_(std::make_shared<const std::string>(text)) {}
  SharedText(const char* text) : SharedText(std::string(text)) {}

  const std::string& str() const {
    static const std::string kNone;
    return text_ ? *text_ : kNone;
  }
  operator const std::string&() const { return str(); }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.text_ == b.text_ || a.str() == b.str();
  }
  friend bool operator==(const SharedText& a, const std::string& b) { return a.str() == b; }

 private:
  std::shared_ptr<const std::string> text_;
};

}  // namespace assay::results::regress
