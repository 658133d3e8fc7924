// SPDX-License-Identifier: Apache-2.0

// What can be asked of the list of messages: their descriptions by name, operation and revision.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codec/message.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

struct Operations {
  Revision revision;
  Direction direction;
  std::string_view operations;
};
constexpr Operations kOperations[] = {
    {Revision::k2020_01, Direction::kToServer, "KUDSsTtV"},
    {Revision::k2020_01, Direction::kToClient, "kEeXxPBdv"},
    {Revision::k2020_03, Direction::kToServer, "KUDSsTtV"},
    {Revision::k2020_03, Direction::kToClient, "kEeXxPBdv"},
    {Revision::kLegacy, Direction::kToServer, "CD"},
    {Revision::kLegacy, Direction::kToClient, "Y*+-!SUd"},
};

TEST(FindOperation, FindsExactlyTheOperationsOfTheRevisionAndDirection) {
  for (const auto& [revision, direction, operations] : kOperations) {
    for (int value = 0; value < 256; ++value) {
      const char operation = static_cast<char>(value);
      const MessageInfo* const info = find_operation(operation, revision, direction);
      ASSERT_EQ(info != nullptr, operations.find(operation) != std::string_view::npos)
          << name(revision) << " " << name(direction) << " " << value;
      if (info == nullptr) continue;
      EXPECT_EQ(info->operation, operation);
      EXPECT_EQ(info->direction, direction);
      EXPECT_TRUE(in_revision(*info, revision));
    }
  }
}

TEST(FindMessage, FindsEachByItsNameAndNothingElse) {
  std::set<std::string_view> names;
  for (const MessageInfo& info : kMessageInfos) {
    EXPECT_EQ(find_message(info.name), &info);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
  }
  EXPECT_EQ(names.size(), 27u);  // 17 of version 1, 10 of legacy
  for (const std::string_view unknown : {"", "Call", "call ", "cal", "CALL", "legacy"}) {
    EXPECT_EQ(find_message(unknown), nullptr) << unknown;
  }
}

TEST(InfoOf, IsTheDescriptionInTheRevisionOrNone) {
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    for (const Revision revision : kRevisions) {
      const MessageInfo* const info = info_of(AnyMessage{Message{}}, revision);
      EXPECT_EQ(info, info_of<Message>(revision));
      EXPECT_EQ(info != nullptr, in_revision<Message>(revision)) << Message::kTitle;
      if (info == nullptr) continue;
      EXPECT_TRUE(in_revision(*info, revision));
      EXPECT_EQ(info->title, Message::kTitle);
      EXPECT_EQ(info->direction, Message::kDirection);
    }
    return false;
  });
  EXPECT_EQ(info_of<Call>(Revision::kLegacy)->name, "legacy-call");
  EXPECT_EQ(info_of<Call>(Revision::k2020_03)->name, "call");
  EXPECT_EQ(info_of<VersionSet>(Revision::kLegacy), nullptr);
}

TEST(MessageInfo, TellsTheFieldsOfTheWireFormat) {
  const auto fields_of = [](std::string_view name) {
    std::string out;
    for (const FieldInfo& field : find_message(name)->fields) out.append(field.name).append(" ");
    return out;
  };
  EXPECT_EQ(fields_of("call"), "call_id verb session_id token_id args credentials ");
  EXPECT_EQ(fields_of("legacy-call"), "call_id verb session args credentials ");
  EXPECT_EQ(fields_of("event-push"), "event_id data ");
  EXPECT_EQ(fields_of("legacy-event-push"), "event_id name data ");
  EXPECT_EQ(find_message("description")->fields[0].type, WireType::kDescriptionId);
  EXPECT_EQ(find_message("event-broadcast")->fields[2].type, WireType::kUuid);
}

TEST(HasField, IsTrueOfTheMembersThatTheRevisionHas) {
  EXPECT_TRUE(has_field<&EventPush::name>(Revision::kLegacy));
  EXPECT_FALSE(has_field<&EventPush::name>(Revision::k2020_01));
  EXPECT_TRUE(has_field<&EventPush::event_id>(Revision::k2020_01));
  EXPECT_FALSE(has_field<&Call::token_id>(Revision::kLegacy));
  EXPECT_TRUE(has_field<&Call::token_id>(Revision::k2020_03));
  EXPECT_FALSE(has_field<&SessionCreate::name>(Revision::kLegacy));
}

TEST(HasOperationOf, LooksAtTheFirstByteAlone) {
  EXPECT_TRUE(has_operation_of<Call>(bytes("4b"), Revision::k2020_01));
  EXPECT_FALSE(has_operation_of<Call>(bytes("4b"), Revision::kLegacy));
  EXPECT_TRUE(has_operation_of<Call>(bytes("43 00"), Revision::kLegacy));
  EXPECT_FALSE(has_operation_of<VersionOffer>(bytes("56"), Revision::kLegacy));
  EXPECT_FALSE(has_operation_of<Call>({}, Revision::k2020_01));
}

TEST(AllFields, StopsAtTheFirstThatSaysSo) {
  std::vector<std::string_view> names;
  EXPECT_FALSE((all_fields<Reply, WireFormat::kVersion1>([&](const auto& field) {
    names.push_back(field.name);
    return field.name != "error";
  })));
  EXPECT_EQ(names, (std::vector<std::string_view>{"call_id", "error"}));
}

}  // namespace
}  // namespace wsapi
