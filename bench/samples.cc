// SPDX-License-Identifier: Apache-2.0

#include "bench/samples.h"

#include <array>
#include <map>
#include <string_view>

namespace wsapi::bench {
namespace {

constexpr std::string_view kVerb = "subscribe";
constexpr std::string_view kEvent = "engine/speed";
constexpr std::string_view kCredentials = "1001:1001:5f3a-User::App::dashboard";
constexpr std::string_view kSession = "5c9b8f0e-1d2a-4b3c-8d4e-5f6071829304";  // 36 bytes, a uuid
constexpr std::string_view kToken = "d41d8cd98f00b204e9800998ecf8427e";
constexpr std::array kVersions{std::byte{1}};
constexpr std::array<std::size_t, 4> kObjectSizes{8, 100, 1024, 65'536};  // bytes

Call call_of(std::string_view args) {
  return {.call_id = 12,
          .verb = kVerb,
          .session_id = 1,
          .token_id = 1,
          .args = {args},
          .credentials = std::nullopt};
}

std::vector<Sample> make_samples() {
  const std::string_view object = json_object(100);
  std::vector<Sample> all;
  for (const std::size_t size : kObjectSizes) {
    const std::string_view text = json_object(size);
    const std::string suffix = "-" + size_name(size);
    all.push_back({"call" + suffix, call_of(text)});
    all.push_back(
        {"reply" + suffix, Reply{.call_id = 12, .error = {}, .info = {}, .data = {text}}});
    all.push_back({"event-push" + suffix, EventPush{.event_id = 7, .data = {text}}});
  }
  Call with_credentials = call_of(object);
  with_credentials.credentials = kCredentials;
  const std::vector<Sample> others{
      {"call-credentials-100B", with_credentials},
      {"reply-error",
       Reply{.call_id = 12, .error = "unknown-verb", .info = "no such verb", .data = {}}},
      {"event-create", EventCreate{.event_id = 7, .name = kEvent}},
      {"event-remove", EventRemove{.event_id = 7}},
      {"event-subscribe", EventSubscribe{.call_id = 12, .event_id = 7}},
      {"event-unsubscribe", EventUnsubscribe{.call_id = 12, .event_id = 7}},
      {"event-broadcast-100B",
       EventBroadcast{.name = kEvent, .data = {object}, .uuid = {}, .hop = 9}},
      {"event-unexpected", EventUnexpected{.event_id = 7}},
      {"describe", Describe{.description_id = 13}},
      {"description-100B", Description{.description_id = {13}, .description = {object}}},
      {"session-create", SessionCreate{.session_id = 1, .name = kSession}},
      {"session-remove", SessionRemove{.session_id = 1}},
      {"token-create", TokenCreate{.token_id = 1, .token = kToken}},
      {"token-remove", TokenRemove{.token_id = 1}},
      {"version-offer", VersionOffer{.versions = {kVersions}}},
      {"version-set", VersionSet{}},
  };
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace

std::string_view json_object(std::size_t size) {
  // Never erased from, so the texts stay where they are.
  static std::map<std::size_t, std::string> objects;
  std::string& text = objects[size];
  if (text.empty()) {
    text = "{\"a\":\"";
    text.append(size - text.size() - 2, 'x');
    text += "\"}";
  }
  return text;
}

std::string size_name(std::size_t size) {
  constexpr std::size_t kKilo = 1024;
  if (size >= kKilo * kKilo && size % (kKilo * kKilo) == 0) {
    return std::to_string(size / kKilo / kKilo) + "MB";
  }
  if (size >= kKilo && size % kKilo == 0) return std::to_string(size / kKilo) + "KB";
  return std::to_string(size) + "B";
}

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = make_samples();
  return all;
}

}  // namespace wsapi::bench
