// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_bytes.h"

#include <string>
#include <utility>

#include "codec/hex.h"

namespace wsapi {

using Json = nlohmann::json;

std::vector<std::byte> hex_of(const Json& json) {
  return from_hex(json.get_ref<const std::string&>()).value_or(std::vector<std::byte>{});
}

WireBytes wire_bytes_of(const Json& json) {
  if (json.is_string()) return WireBytes(hex_of(json));
  std::vector<BytePiece> pieces;
  for (const Json& piece : json) {
    if (piece.is_string()) {
      pieces.push_back({hex_of(piece), 1});
    } else {
      pieces.push_back({hex_of(piece.at("repeat")), piece.at("count").get<std::size_t>()});
    }
  }
  return WireBytes(std::move(pieces));
}

std::vector<Revision> revisions_of(const Json& json) {
  std::vector<Revision> revisions;
  for (const Json& item : json) {
    const auto revision = parse_revision(item.get_ref<const std::string&>());
    if (revision) revisions.push_back(*revision);
  }
  return revisions;
}

}  // namespace wsapi
