// SPDX-License-Identifier: Apache-2.0

#include "harness/run/verb_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/text/json_slices.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using Right = VerbCheck::Right;

constexpr std::size_t kMaxError = 40;  // characters

bool is_same_json(const std::string& left, const std::string& right) {
  return is_json(left) && is_json(right) && Json::parse(left) == Json::parse(right);
}

bool is_whoami(const std::string& data) {
  if (!is_json(data)) return false;
  const Json value = Json::parse(data);
  return value.is_object() &&
         std::ranges::all_of(std::array{"session", "token", "creds"},
                             [&](const char* key) { return value.contains(key); });
}

}  // namespace

std::vector<VerbCheck> verb_checks(const std::string& unique) {
  const std::string nonce = Json(unique).dump();
  const std::string event = Json{{"event", unique}}.dump();
  const std::string removed = Json{{"event", unique + "removed"}}.dump();
  const std::string data = Json{{"event", unique}, {"data", 1}}.dump();
  return {
      {.verb = "echo", .args = nonce, .right = Right::kSameData, .wanted = nonce},
      {.verb = "fail",
       .args = R"({"error":"probe-error","info":"probe"})",
       .right = Right::kError,
       .wanted = "probe-error"},
      {.verb = "delay",
       .args = Json{{"ms", 0}, {"data", unique}}.dump(),
       .right = Right::kSameData,
       .wanted = nonce},
      {.verb = "whoami", .args = "null", .right = Right::kWhoami},
      {.verb = "subscribe", .args = event},
      {.verb = "emit", .args = data},
      {.verb = "unsubscribe", .args = event, .needs = "subscribe"},
      {.verb = "broadcast", .args = data},
      {.verb = "subscribe", .args = removed},
      {.verb = "remove", .args = removed, .needs = "subscribe"},
      {.verb = "mute", .args = "null", .right = Right::kNoAnswer},
  };
}

std::string fault_of(const VerbCheck& check, const std::optional<VerbAnswer>& answer) {
  if (check.right == Right::kNoAnswer) return answer ? "answers, which it must not" : "";
  if (!answer) return "does not answer";
  const std::string error =
      answer->error ? fmt::format(" ({})", printable(*answer->error, kMaxError)) : "";
  if (check.right == Right::kError) {
    if (!answer->error) return "answers without an error";
    return *answer->error == check.wanted ? "" : "answers another error" + error;
  }
  if (answer->error) return "answers an error" + error;
  const bool is_right =
      check.right == Right::kSuccess ||
      (check.right == Right::kWhoami && is_whoami(answer->data)) ||
      (check.right == Right::kSameData && is_same_json(answer->data, check.wanted));
  return is_right ? "" : "answers other data";
}

}  // namespace wsapi
