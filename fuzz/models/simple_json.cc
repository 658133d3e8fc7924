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

  bool consume(std::string_view token) {
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
    (void)consume("-");
    if (!consume("0") && !digits()) return false;
    if (consume(".") && !digits()) return false;
    if (!consume("e") && !consume("E")) return true;
    if (!consume("+")) (void)consume("-");
    return digits();
  }

  bool string() {
    if (!consume("\"")) return false;
    while (!rest_.empty()) {
      if (consume("\"")) return true;
      if (static_cast<unsigned char>(front()) < 0x20) return false;
      if (consume("\\")) {
        if (consume("u")) {
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

  // The members of an array or object, after its opening bracket.
  bool list(std::string_view close, bool named, std::size_t depth) {
    skip_space();
    if (consume(close)) return true;
    do {
      skip_space();
      if (named) {
        if (!string()) return false;
        skip_space();
        if (!consume(":")) return false;
      }
      if (!value(depth)) return false;
      skip_space();
    } while (consume(","));
    return consume(close);
  }

  bool value(std::size_t depth) {
    skip_space();
    if (front() == '"') return string();
    if (consume("null") || consume("true") || consume("false")) return true;
    if (front() != '[' && front() != '{') return number();
    if (depth >= kMaxObjectDepth) return false;
    return consume("[") ? list("]", false, depth + 1) : consume("{") && list("}", true, depth + 1);
  }

  std::string_view rest_;
};

}  // namespace

bool is_simple_json(std::string_view text) { return Parser(text).whole(); }

}  // namespace wsapi::fuzz
