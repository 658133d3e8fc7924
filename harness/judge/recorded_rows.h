// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads the recordings of real binders (vectors/recorded/README.md): the rows of a file, each an
// exchange with a binder. Strict: what the README does not explain is an error.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/json_file.h"

namespace wsapi::recorded {

using Bytes = std::vector<std::byte>;

// One connection: frames, or several where they went out in one write, in their order.
struct Exchange {
  std::vector<Bytes> sent;      // by the recorder
  std::vector<Bytes> received;  // from the binder
};

// One letter of `order`: what happened next.
struct Step {
  enum class Kind : std::uint8_t {
    kSent,        // s
    kReceived,    // r
    kConnected,   // a: the binder connected again
    kHungUp,      // h: the recorder ended the connection
    kEnded,       // x: the binder did
    kSendFailed,  // n
  };
  Kind kind = Kind::kSent;
  bool is_control = false;
  std::size_t connection = 0;  // of Row::connections; without meaning where is_control
};

struct Row {
  std::string file;
  std::size_t line = 0;  // from 1
  std::string name;      // the field `case`
  Revision revision = kReferenceRevision;
  bool binder_is_server = false;
  std::string outcome;
  std::optional<std::string> sentinel;
  std::optional<std::string> note;
  std::vector<Exchange> connections;  // one at least
  Exchange control;                   // on the binder's other side, where it is a server
  std::optional<std::vector<Step>> order;

  [[nodiscard]] Direction sent_direction() const {
    return binder_is_server ? Direction::kToServer : Direction::kToClient;
  }
  [[nodiscard]] const std::vector<Bytes>& sent() const { return connections.front().sent; }
  [[nodiscard]] const std::vector<Bytes>& received() const { return connections.front().received; }
};

inline constexpr std::size_t kMaxRows = 10'000;  // of one file

// The rows of a text in the format of a .jsonl file; what is wrong is appended to `errors`, with
// the line, and its row left out.
[[nodiscard]] std::vector<Row> parse_rows(std::string_view text, const std::string& file,
                                          std::vector<FileError>& errors);

// The rows of all .jsonl files of the folder, in the order of their names.
[[nodiscard]] std::vector<Row> load_rows(const std::filesystem::path& folder,
                                         std::vector<FileError>& errors);

}  // namespace wsapi::recorded
