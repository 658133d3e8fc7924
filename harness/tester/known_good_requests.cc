// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/known_good_requests.h"

#include "codec/encode.h"
#include "codec/message.h"
#include "codec/version_offer.h"

namespace wsapi {
namespace {

std::vector<std::byte> encoded(const AnyMessage& message, Revision revision) {
  return encode_to_bytes(message, revision).value();
}

}  // namespace

std::vector<std::byte> offer_bytes() { return encoded(kOfferOfVersion1, kReferenceRevision); }

std::vector<std::byte> version_set_bytes() {
  return encoded(VersionSet{.version = kVersion1}, kReferenceRevision);
}

std::vector<std::byte> push_bytes(std::uint32_t event_id, Revision revision) {
  return encoded(EventPush{.event_id = static_cast<std::uint16_t>(event_id), .data = {}}, revision);
}

std::vector<std::byte> call_bytes(std::uint32_t id, std::string_view verb, Revision revision,
                                  std::string_view args) {
  return encoded(Call{.call_id = id, .verb = verb, .args = Object{args}}, revision);
}

std::vector<std::byte> describe_bytes(std::uint32_t id, Revision revision) {
  return encoded(Describe{.description_id = id}, revision);
}

}  // namespace wsapi
