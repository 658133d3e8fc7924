// SPDX-License-Identifier: Apache-2.0

// The fast ways of decoding and encoding against the careful ones, which look at every field by
// itself: on good messages, on every truncation, and on many random changes, they agree.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

constexpr int kChanges = 2000;  // for each message and revision

std::vector<AnyMessage> some_messages() {
  static constexpr std::array kVersions{std::byte{1}, std::byte{2}};
  std::vector<AnyMessage> messages;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    messages.push_back(Message{});
    return false;
  });
  messages.push_back(Call{.call_id = 1,
                          .verb = "verb",
                          .session_id = 2,
                          .token_id = 3,
                          .args = {"{}"},
                          .credentials = "me"});
  messages.push_back(Call{.call_id = 1, .verb = "", .args = {""}, .credentials = ""});
  messages.push_back(Reply{.call_id = 9, .error = "e", .info = "", .data = {"[1]"}});
  messages.push_back(EventBroadcast{.name = "n", .data = {"1"}, .uuid = {}, .hop = 3});
  messages.push_back(VersionOffer{.versions = {kVersions}});
  messages.push_back(Description{.description_id = {7}, .description = {"{}"}});
  messages.push_back(
      Call{.call_id = 1, .verb = "v", .session = "s", .args = {"1"}, .credentials = {}});
  return messages;
}

// decode() and decode_as() say the same of these bytes.
template <WsapiMessage Message>
void expect_agreement(std::span<const std::byte> bytes, Revision revision) {
  const auto fast = decode(bytes, revision, Message::kDirection);
  const auto careful = decode_as<Message>(bytes, revision);
  if (careful) {
    ASSERT_TRUE(fast) << to_hex(bytes);
    const auto* const message = std::get_if<Message>(&fast->message);
    ASSERT_NE(message, nullptr);
    EXPECT_EQ(*message, *careful) << to_hex(bytes);
  } else if (has_operation_of<Message>(bytes, revision)) {
    ASSERT_FALSE(fast) << to_hex(bytes);
    EXPECT_EQ(fast.error(), careful.error()) << to_hex(bytes);
  }
}

template <WsapiMessage Message>
void expect_agreement_near(std::vector<std::byte> bytes, Revision revision, std::mt19937& random) {
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a read past it.
    expect_agreement<Message>(std::vector(bytes.begin(), bytes.begin() + std::ptrdiff_t(size)),
                              revision);
  }
  for (int change = 0; change < kChanges; ++change) {
    auto changed = bytes;
    for (unsigned i = 0; i <= random() % 3; ++i) {
      changed[random() % changed.size()] =
          static_cast<std::byte>(random() % 7 == 0 ? 255 : random() % 9);
    }
    changed.resize(changed.size() + random() % 3);
    changed.shrink_to_fit();
    expect_agreement<Message>(changed, revision);
  }
}

TEST(FastPaths, DecodingAgreesWithTheCarefulWay) {
  std::mt19937 random(1);
  for (const Revision revision : kRevisions) {
    for (const AnyMessage& any : some_messages()) {
      if (info_of(any, revision) == nullptr) continue;
      const auto bytes = encode_to_bytes(any, revision);
      ASSERT_TRUE(bytes);
      std::visit([&]<typename Message>(
                     const Message&) { expect_agreement_near<Message>(*bytes, revision, random); },
                 any);
    }
  }
}

// The parts of a buffer by address and size.
std::vector<std::pair<const void*, std::size_t>> parts_of(const WriteBuf& out,
                                                          const WriteBuf& base) {
  std::vector<std::pair<const void*, std::size_t>> parts;
  const auto* const first = reinterpret_cast<const char*>(&base);
  for (const iovec& part : out.parts()) {
    const auto* const at = static_cast<const char*>(part.iov_base);
    const bool own = at >= first && at < first + sizeof(WriteBuf);
    // Of the buffer's own bytes, where in the buffer they are.
    parts.emplace_back(own ? reinterpret_cast<const void*>(at - first) : at, part.iov_len);
  }
  return parts;
}

// Every state of a buffer that a message may find: empty, ending in scalars, ending in a text.
constexpr std::array kBefore{"", "s", "t", "ts", "st", "sts"};

void put_before(WriteBuf& out, std::string_view before) {
  for (const char c : before) {
    ASSERT_EQ(c == 's' ? out.put_u16(7) : out.put(chars("text")), ErrorCode::kNone);
  }
}

TEST(FastPaths, EncodingGivesThePartsOfTheCarefulWay) {
  for (const Revision revision : kRevisions) {
    for (const AnyMessage& any : some_messages()) {
      if (info_of(any, revision) == nullptr) continue;
      for (const std::string_view before : kBefore) {
        WriteBuf fast;
        WriteBuf careful;
        put_before(fast, before);
        put_before(careful, before);
        const Error fast_error = encode(any, revision, fast);
        const Error careful_error = std::visit(
            [&](const auto& message) { return put_message(message, revision, careful); }, any);
        EXPECT_EQ(fast_error, careful_error);
        EXPECT_EQ(parts_of(fast, fast), parts_of(careful, careful)) << before;
        EXPECT_EQ(fast.scalar_size(), careful.scalar_size());
      }
    }
  }
}

TEST(FastPaths, AFailureLeavesTheBufferAsItWas) {
  const std::vector<std::byte> too_many(256);
  const VersionOffer offer{.versions = {too_many}};
  for (const std::string_view before : kBefore) {
    WriteBuf out;
    put_before(out, before);
    const auto parts = parts_of(out, out);
    const std::size_t scalar_size = out.scalar_size();
    EXPECT_EQ(encode(offer, kReferenceRevision, out).code, ErrorCode::kTooManyVersions);
    EXPECT_EQ(parts_of(out, out), parts) << before;
    EXPECT_EQ(out.scalar_size(), scalar_size);
    // A text that is too long fails behind other parts.
    const Reply reply{.call_id = 1,
                      .error = "e",
                      .info = {},
                      .data = {std::string_view("x", WriteBuf::kTextSizeLimit)}};
    EXPECT_EQ(encode(reply, kReferenceRevision, out).code, ErrorCode::kStringTooLong);
    EXPECT_EQ(parts_of(out, out), parts) << before;
    EXPECT_EQ(out.scalar_size(), scalar_size);
  }
}

}  // namespace
}  // namespace wsapi
