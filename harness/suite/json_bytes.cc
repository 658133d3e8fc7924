// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_bytes.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "codec/hex.h"

namespace wsapi {
namespace {

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// "some-words-7"
bool are_words(std::string_view text) {
  char before = '-';
  for (const char c : text) {
    if (!is_lower(c) && !(c == '-' && before != '-')) return false;
    before = c;
  }
  return before != '-';
}

BytePiece read_piece(const JsonPlace& place) {
  if (place.json().is_string()) return {read_hex(place), 1};
  ObjectReader in(place);
  BytePiece piece;
  piece.bytes = in.required("repeat", [](const JsonPlace& p) { return read_hex(p, 1); });
  piece.count =
      in.required("count", [](const JsonPlace& p) { return read_number(p, 1, kMaxCount); });
  in.finish();
  return piece;
}

}  // namespace

std::vector<std::byte> read_hex(const JsonPlace& place, std::size_t min, std::size_t max) {
  const auto* const text = place.json().get_ptr<const std::string*>();
  const bool lower =
      text != nullptr && std::ranges::none_of(*text, [](char c) { return c >= 'A' && c <= 'Z'; });
  auto bytes = lower ? from_hex(*text) : std::nullopt;
  if (!bytes || bytes->size() < min || bytes->size() > max) {
    place.expected(min == 0 ? "lower-case hexadecimal"
                            : fmt::format("lower-case hexadecimal of at least {} bytes", min));
    return {};
  }
  return std::move(*bytes);
}

WireBytes read_wire_bytes(const JsonPlace& place) {
  if (place.json().is_string()) return WireBytes(read_hex(place));
  constexpr std::size_t kMaxPieces = 4096;
  std::vector<BytePiece> pieces = read_list(place, 1, kMaxPieces, read_piece);
  std::size_t size = 0;
  for (const BytePiece& piece : pieces) {
    // Each of the two factors is bounded by the file, so that their product does not wrap.
    size += std::min(piece.bytes.size() * piece.count, kMaxExpandedSize + 1);
  }
  if (size > kMaxExpandedSize) {
    place.error(fmt::format("more than {} bytes when expanded", kMaxExpandedSize));
    return {};
  }
  return WireBytes(std::move(pieces));
}

std::vector<Revision> read_revisions(const JsonPlace& place) {
  return read_set(place, 1, kRevisions.size(),
                  [](const JsonPlace& item) { return read_enum<Revision>(item, kRevisions); });
}

std::string read_id(const JsonPlace& place) {
  std::string id = read_text(place);
  const std::size_t slash = id.find('/');
  const std::string_view text = id;
  if (slash == std::string::npos || !are_words(text.substr(0, slash)) ||
      !are_words(text.substr(slash + 1))) {
    place.expected("an id, \"group/words\"");
  }
  return id;
}

std::string read_sentence(const JsonPlace& place) {
  constexpr std::size_t kMinSize = 10;
  std::string text = read_text(place, kMinSize);
  if (text.empty()) return text;
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  if (blank(text.front()) || blank(text.back())) place.expected("a sentence without blanks around");
  return text;
}

std::string read_clause(const JsonPlace& place) {
  std::string clause = read_text(place, 1);
  const bool is_number = !clause.empty() && clause.front() >= '0' && clause.front() <= '9';
  if (!are_words(clause) || is_number)
    place.expected("the anchor of a rule in vectors/PROTOCOL.md");
  return clause;
}

std::string read_flag(const JsonPlace& place) {
  std::string flag = read_text(place, 1);
  const bool good =
      !flag.empty() && flag.front() >= 'A' && flag.front() <= 'Z' &&
      std::ranges::all_of(flag, [](char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); });
  if (!good) place.expected("a flag, such as EmbeddedNul");
  return flag;
}

}  // namespace wsapi
