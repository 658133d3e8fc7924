// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/recorded_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "codec/hex.h"

namespace wsapi::recorded {
namespace {

using nlohmann::json;

// What is wrong with a row, in words.
struct RowError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Peer {
  std::string_view name;
  Revision revision;
};
constexpr Peer kPeers[] = {
    {"afb-daemon c5c15f8", Revision::k2020_03},
    {"afb-daemon 65353dc", Revision::k2020_01},
    {"afb-daemon b55f3cd", Revision::kLegacy},
    {"afb-daemon b55f3cd (legacy)", Revision::kLegacy},
    {"afb-binder with libafb 4.0.3 (2021)", Revision::k2020_03},
    {"afb-binder with libafb e59c791 (2026)", Revision::k2020_03},
};

constexpr std::string_view kMembers[] = {
    "peer",     "role",      "case",         "sent",
    "received", "outcome",   "control_sent", "control_received",
    "sent2",    "received2", "sent3",        "received3",
    "order",    "note",      "sentinel"};

// The value of a line; a member that comes twice is an error.
json parse_line(std::string_view line) {
  std::vector<std::set<std::string>> keys;
  const auto look = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key &&
        !keys.back().insert(parsed.get<std::string>()).second) {
      throw RowError("the member " + parsed.get<std::string>() + " comes twice");
    }
    return true;
  };
  return json::parse(line, look);
}

std::string text_of(const json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end()) throw RowError(fmt::format("the member {} is missing", name));
  if (!found->is_string()) throw RowError(fmt::format("{} is not a text", name));
  return found->get<std::string>();
}

std::optional<std::string> optional_text(const json& row, const char* name) {
  return row.contains(name) ? std::optional(text_of(row, name)) : std::nullopt;
}

std::vector<Bytes> hex_list(const json& row, const std::string& name) {
  std::vector<Bytes> list;
  const auto found = row.find(name);
  if (found == row.end()) return list;
  if (!found->is_array()) throw RowError(name + " is not a list");
  for (const json& entry : *found) {
    const auto bytes = from_hex(entry.is_string() ? entry.get<std::string>() : "?");
    if (!bytes) throw RowError(fmt::format("{}/{} is not hexadecimal", name, list.size()));
    list.push_back(*bytes);
  }
  return list;
}

Exchange exchange_of(const json& row, const std::string& before, const std::string& after) {
  return {hex_list(row, before + "sent" + after), hex_list(row, before + "received" + after)};
}

Revision revision_of_peer(std::string_view name) {
  const auto* const peer = std::ranges::find(kPeers, name, &Peer::name);
  if (peer == std::end(kPeers)) throw RowError(fmt::format("the peer {} is unknown", name));
  return peer->revision;
}

// "r1": a letter, and the number of the connection, or c for the binder's other side.
Step step_of(std::string_view text, std::size_t connection_count) {
  using Kind = Step::Kind;
  constexpr std::string_view kLetters = "srcdahxn";
  constexpr Kind kKinds[] = {Kind::kSent,      Kind::kReceived, Kind::kSent,  Kind::kReceived,
                             Kind::kConnected, Kind::kHungUp,   Kind::kEnded, Kind::kSendFailed};
  const std::size_t letter = kLetters.find(text.front());
  Step step;
  const bool is_known = letter != kLetters.npos;
  if (is_known) step.kind = kKinds[letter];
  step.is_control = text.front() == 'c' || text.front() == 'd' || text.substr(1) == "c";
  const bool has_number = text.size() == 2 && text[1] >= '1' && text[1] <= '9';
  if (has_number) step.connection = static_cast<std::size_t>(text[1] - '1');
  const bool is_right = is_known && (text.size() == 1 || has_number || text.substr(1) == "c") &&
                        step.connection < connection_count;
  if (!is_right) throw RowError(fmt::format("order has the unknown step {}", text));
  return step;
}

// Each frame of the lists has one step.
void check_order(const Row& row) {
  const auto check = [&](const Exchange& exchange, bool is_control, std::size_t connection) {
    const auto count = [&](Step::Kind kind) {
      return static_cast<std::size_t>(std::ranges::count_if(*row.order, [&](const Step& step) {
        return step.kind == kind && step.is_control == is_control &&
               (is_control || step.connection == connection);
      }));
    };
    if (count(Step::Kind::kSent) != exchange.sent.size() ||
        count(Step::Kind::kReceived) != exchange.received.size()) {
      throw RowError("order does not have as many steps as there are frames");
    }
  };
  check(row.control, true, 0);
  for (std::size_t i = 0; i < row.connections.size(); ++i) check(row.connections[i], false, i);
}

std::vector<Step> steps_of(std::string_view text, std::size_t connection_count) {
  std::vector<Step> steps;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (word.empty()) throw RowError("order has an empty step");
    steps.push_back(step_of(word, connection_count));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return steps;
}

Row row_of(const json& object) {
  if (!object.is_object()) throw RowError("the line is not an object");
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(kMembers, name) == std::end(kMembers)) {
      throw RowError("the member " + name + " is unknown");
    }
  }
  Row row;
  row.name = text_of(object, "case");
  row.revision = revision_of_peer(text_of(object, "peer"));
  const std::string role = text_of(object, "role");
  if (role != "server" && role != "client") throw RowError("the role " + role + " is unknown");
  row.binder_is_server = role == "server";
  row.outcome = text_of(object, "outcome");
  row.sentinel = optional_text(object, "sentinel");
  row.note = optional_text(object, "note");
  if (!object.contains("sent") || !object.contains("received")) {
    throw RowError("sent or received is missing");
  }
  row.connections.push_back(exchange_of(object, "", ""));
  for (const char* number : {"2", "3"}) {
    Exchange next = exchange_of(object, "", number);
    const bool is_there = object.contains(std::string("sent") + number) ||
                          object.contains(std::string("received") + number);
    if (is_there) row.connections.push_back(std::move(next));
  }
  row.control = exchange_of(object, "control_", "");
  if (const auto order = optional_text(object, "order")) {
    row.order = steps_of(*order, row.connections.size());
    check_order(row);
  }
  return row;
}

}  // namespace

std::vector<Row> parse_rows(std::string_view text, const std::string& file,
                            std::vector<FileError>& errors) {
  std::vector<Row> rows;
  std::set<std::string> names;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view row_text = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), row_text.size() + 1));
    const auto refuse = [&](const std::string& why) {
      errors.push_back({file, fmt::format("line {}", line), why});
    };
    if (line > kMaxRows) {
      refuse(fmt::format("there are more than {} rows", kMaxRows));
      break;
    }
    try {
      Row row = row_of(parse_line(row_text));
      row.file = file;
      row.line = line;
      if (!names.insert(row.name).second) throw RowError("the case comes twice: " + row.name);
      rows.push_back(std::move(row));
    } catch (const RowError& error) {
      refuse(error.what());
    } catch (const json::exception&) {
      refuse("the line is not JSON");
    }
  }
  return rows;
}

std::vector<Row> load_rows(const std::filesystem::path& folder, std::vector<FileError>& errors) {
  std::vector<std::filesystem::path> paths;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (entry.path().extension() == ".jsonl") paths.push_back(entry.path());
  }
  if (paths.empty()) errors.push_back({folder.string(), "", "there are no .jsonl files"});
  std::ranges::sort(paths);
  std::vector<Row> rows;
  for (const auto& path : paths) {
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string file = path.filename().string();
    if (!in.is_open() || text.empty()) errors.push_back({file, "", "cannot be read, or is empty"});
    std::vector<Row> more = parse_rows(text, file, errors);
    rows.insert(rows.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
  }
  return rows;
}

}  // namespace wsapi::recorded
