// SPDX-License-Identifier: Apache-2.0

#include "fuzz/models/simple_json.h"

namespace wsapi::fuzz {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  bool whole() {
    const bool good = value(0);
    skip_space();
    return good && rest_.empty();
  }

 private:
  [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  void skip_space() {
    while (front() == ' ' || front() == '\t' || front() == '\n' || front() == '\r') {
      rest_.remove_prefix(1);
    }
  }

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool digits() {
    const std::size_t before = rest_.size();
    while (front() >= '0' && front() <= '9') rest_.remove_prefix(1);
    return rest_.size() < before;
  }

  bool number() {
    (void)take("-");
    if (!take("0") && !digits()) return false;
    if (take(".") && !digits()) return false;
    if (!take("e") && !take("E")) return true;
    if (!take("+")) (void)take("-");
    return digits();
  }

  bool string() {
    if (!take("\"")) return false;
    while (!rest_.empty()) {
      if (take("\"")) return true;
      if (static_cast<unsigned char>(front()) < 0x20) return false;
      if (take("\\")) {
        if (take("u")) {
          const auto end = rest_.find_first_not_of("0123456789abcdefABCDEF");
          if (rest_.size() < 4 || end < 4) return false;
          rest_.remove_prefix(4);
          continue;
        }
        if (std::string_view("\"\\/bfnrt").find(front()) == std::string_view::npos) return false;
      }
      if (!rest_.empty()) rest_.remove_prefix(1);
    }
    return false;
  }

  // The members of an array or object, behind its opening bracket.
  bool list(std::string_view close, bool named, std::size_t depth) {
    skip_space();
    if (take(close)) return true;
    do {
      skip_space();
      if (named) {
        if (!string()) return false;
        skip_space();
        if (!take(":")) return false;
      }
      if (!value(depth)) return false;
      skip_space();
    } while (take(","));
    return take(close);
  }

  bool value(std::size_t depth) {
    skip_space();
    if (front() == '"') return string();
    if (take("null") || take("true") || take("false")) return true;
    if (front() != '[' && front() != '{') return number();
    if (depth >= kMaxObjectDepth) return false;
    return take("[") ? list("]", false, depth + 1) : take("{") && list("}", true, depth + 1);
  }

  std::string_view rest_;
};

}  // namespace

bool is_simple_json(std::string_view text) { return Parser(text).whole(); }

}  // namespace wsapi::fuzz
