// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/vector_links.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "codec/messages.h"
#include "harness/judge/judge.h"
#include "harness/suite/derive.h"

namespace wsapi::recorded {
namespace {

constexpr std::size_t kMaxSize = 1024;  // bytes; no longer message was recorded

void link(const Row& row, const JudgedMessage& message, const std::vector<MessageVector>& vectors,
          VectorLinks& links) {
  bool any_golden = false;
  bool any = false;
  for (const MessageVector& vector : vectors) {
    // What is misdirected when it is sent the other way says nothing of this one.
    if (vector.id.starts_with(kMisdirectedPrefix) && vector.direction != row.sent_direction()) {
      continue;
    }
    any = true;
    if (!vector.derived) {
      links.golden_ids.insert(vector.id);
      any_golden = true;
    }
    const bool allowed =
        row.binder_is_server ? server_may(vector, message) : client_may(vector, message);
    if (allowed) continue;
    links.contradictions.push_back(
        fmt::format("{}: {}: {}, but see {}", row.file, row.name, message.effect, vector.id));
  }
  if (any) ++(any_golden ? links.golden : links.derived);
}

}  // namespace

VectorIndex::VectorIndex(const std::filesystem::path& vectors_folder,
                         std::vector<FileError>& errors) {
  for (const MessageVector& vector : load_vectors(vectors_folder, errors).messages) {
    add(vector);
    for (const MessageVector& derived : derive(vector)) add(derived);
  }
}

void VectorIndex::add(const MessageVector& vector) {
  if (vector.bytes.size() > kMaxSize) return;
  for (const Revision revision : vector.revisions) {
    vectors_[{revision, vector.bytes.expand()}].push_back(vector);
  }
}

const std::vector<MessageVector>& VectorIndex::find(Revision revision, const Bytes& bytes) const {
  static const std::vector<MessageVector> kNone;
  const auto found = vectors_.find({revision, bytes});
  return found == vectors_.end() ? kNone : found->second;
}

bool server_may(const MessageVector& vector, const JudgedMessage& message) {
  if (vector.direction != Direction::kToServer) return message.effect == "silence";
  const bool reacted = message.effect == name(vector.reaction);
  if (vector.vector_class != VectorClass::kAcceptable) return reacted;
  return (vector.outcomes.understood && reacted) ||
         (vector.outcomes.ignored && message.effect == "silence") ||
         (vector.outcomes.closed && message.effect == "hang-up");
}

bool client_may(const MessageVector& vector, const JudgedMessage& message) {
  if (vector.direction != Direction::kToClient) return message.effect == "nothing";
  const bool valid = vector.vector_class == VectorClass::kValid;
  if (!message.bytes.empty() && message.bytes.front() == std::byte{'v'}) {
    const bool version_1 = vector.message && vector.message->at("version") == kVersion1;
    return message.effect == (version_1 ? "nothing" : "hang-up");
  }
  if (!message.is_pending) return message.effect == "nothing";
  const bool understood = message.effect == "delivered";
  const bool refused = message.effect == "proto-error" || message.effect == "nothing";
  if (vector.vector_class != VectorClass::kAcceptable) return valid ? understood : refused;
  return (vector.outcomes.understood && understood) || (vector.outcomes.ignored && refused);
}

VectorLinks link_with_vectors(std::span<const Row> rows, const VectorIndex& index) {
  VectorLinks links;
  for (const Row& row : rows) {
    for (const JudgedMessage& message : judge(row).messages) {
      if (message.is_after_end) continue;
      link(row, message, index.find(row.revision, message.bytes), links);
    }
  }
  return links;
}

}  // namespace wsapi::recorded
