// SPDX-License-Identifier: Apache-2.0

// What a user of the installed codec does: a message to bytes and back.

#include <cstdio>

#include "codec/decode.h"
#include "codec/encode.h"

int main() {
  const wsapi::AnyMessage sent = wsapi::EventRemove{.event_id = 7};
  const auto bytes = wsapi::encode_to_bytes(sent, wsapi::Revision::k2020_03);
  if (!bytes.ok()) return std::puts("cannot encode"), 1;
  const auto received =
      wsapi::decode(*bytes, wsapi::Revision::k2020_03, wsapi::Direction::kToClient);
  if (!received.ok()) return std::puts("cannot decode"), 1;
  return received->message == sent ? 0 : 1;
}
