// SPDX-License-Identifier: Apache-2.0
#pragma once

// Recorded messages that have the bytes of vectors: what the binder did must be what these allow.

#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/judge/judgement.h"
#include "harness/suite/vectors.h"

namespace wsapi::recorded {

// The message vectors, golden and derived, by revision and bytes.
class VectorIndex {
 public:
  // What is wrong with the vectors is appended to `errors`.
  VectorIndex(const std::filesystem::path& vectors_folder, std::vector<FileError>& errors);

  [[nodiscard]] const std::vector<MessageVector>& find(Revision revision, const Bytes& bytes) const;

 private:
  void add(const MessageVector& vector);

  std::map<std::pair<Revision, Bytes>, std::vector<MessageVector>> vectors_;
};

struct VectorLinks {
  // Recorded messages with the bytes of a golden vector; with those of derived ones alone.
  int golden = 0;
  int derived = 0;
  std::set<std::string> golden_ids;
  // Where a vector does not allow what the binder did, in words.
  std::vector<std::string> contradictions;
};

// Whether the vector's class and reaction allow what a server did: "reply", "silence", "hang-up"
// ...
[[nodiscard]] bool server_may(const MessageVector& vector, const JudgedMessage& message);
// The same of a client: "delivered", "proto-error", "nothing", "hang-up".
[[nodiscard]] bool client_may(const MessageVector& vector, const JudgedMessage& message);

// Looks up all messages that judge_server() or judge_client() has judged.
[[nodiscard]] VectorLinks link_with_vectors(std::span<const Row> rows, const VectorIndex& index);

}  // namespace wsapi::recorded
