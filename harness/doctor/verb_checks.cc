// SPDX-License-Identifier: Apache-2.0

#include "harness/doctor/verb_checks.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "harness/suite/requirements.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

const Json kEvent{{"event", "$unique"}};
const Json kEventAndData{{"event", "$unique"}, {"data", "doctor"}};

class CheckBuilder {
 public:
  explicit CheckBuilder(Revision revision) : is_legacy_(revision == Revision::kLegacy) {
    add(Connect{});
  }

  CheckBuilder& call(int id, std::string_view verb, const Json& args) {
    Json message{{"message", kind("call")},
                 {"call_id", id},
                 {"verb", verb},
                 {"args", {{"json", args}}},
                 {"credentials", nullptr}};
    if (is_legacy_) {
      message["session"] = "";
    } else {
      message["session_id"] = 0;
      message["token_id"] = 0;
    }
    requirements_.push_back(verb_requirement(verb));
    return add(SendMessage{std::move(message), {}});
  }

  CheckBuilder& expect(std::vector<Pattern> patterns, std::vector<Pattern> allowed = {}) {
    return add(Expect{Expect::Mode::kAll, std::move(patterns), std::move(allowed)});
  }

  CheckBuilder& subscribe() {
    return call(1, "subscribe", kEvent)
        .expect({pattern("event-create", {{"event_id", "$event"}})})
        .expect({pattern("event-subscribe", {{"call_id", 1}, {"event_id", "$event"}})})
        .expect({reply(1)});
  }

  CheckBuilder& barrier() { return add(Barrier{}); }

  [[nodiscard]] Pattern pattern(std::string_view message, Json fields) const {
    fields["message"] = kind(message);
    return fields;
  }
  [[nodiscard]] Pattern reply(int id, Json fields = Json::object()) const {
    fields["call_id"] = id;
    if (!fields.contains("error")) fields["error"] = nullptr;
    return pattern("reply", std::move(fields));
  }

  TestCase build() {
    TestCase out;
    out.id = "server/doctor/verb";
    out.requirements = requirements_;
    out.script = script_of(std::move(steps_));
    return out;
  }

 private:
  template <typename Action>
  CheckBuilder& add(Action action) {
    steps_.push_back(Step{.connection = "main", .action = std::move(action)});
    return *this;
  }

  [[nodiscard]] std::string kind(std::string_view message) const {
    return (is_legacy_ ? "legacy-" : "") + std::string(message);
  }

  bool is_legacy_;
  std::vector<std::string> requirements_;
  std::vector<Step> steps_;
};

Json as_json(Json value) { return Json{{"json", std::move(value)}}; }

}  // namespace

TestCase verb_check(std::string_view verb, Revision revision) {
  CheckBuilder check(revision);
  if (verb == "echo") {
    const Json value{{"doctor", {1, "x", nullptr}}};
    check.call(1, verb, value).expect({check.reply(1, {{"data", as_json(value)}})});
  } else if (verb == "fail") {
    const Json args{{"error", "doctor-error"}, {"info", "doctor-info"}};
    check.call(1, verb, args).expect({check.reply(1, args)});
  } else if (verb == "delay") {
    check.call(1, verb, {{"ms", 50}, {"data", 7}}).expect({check.reply(1, {{"data", as_json(7)}})});
  } else if (verb == "whoami") {
    const Json members{{"session", "$session"}, {"token", "$token"}, {"creds", "$creds"}};
    check.call(1, verb, nullptr).expect({check.reply(1, {{"data", as_json(members)}})});
  } else if (verb == "subscribe") {
    check.subscribe();
  } else if (verb == "unsubscribe") {
    const Json ids{{"call_id", 2}, {"event_id", "$event"}};
    check.subscribe()
        .call(2, verb, kEvent)
        .expect({check.pattern("event-unsubscribe", ids)},
                {check.pattern("event-remove", Json::object())})
        .expect({check.reply(2)}, {check.pattern("event-remove", Json::object())});
  } else if (verb == "emit") {
    const Json push{{"event_id", "$event"}, {"data", as_json("doctor")}};
    check.subscribe()
        .call(2, verb, kEventAndData)
        .expect({check.pattern("event-push", push), check.reply(2)});
  } else if (verb == "broadcast") {
    check.call(1, verb, kEventAndData)
        .expect({check.pattern("event-broadcast", {{"data", as_json("doctor")}}), check.reply(1)});
  } else if (verb == "remove") {
    check.subscribe()
        .call(2, verb, kEvent)
        .expect({check.pattern("event-remove", {{"event_id", "$event"}}), check.reply(2)});
  } else if (verb == kMuteVerb) {
    check.call(1, verb, nullptr).barrier();
  } else {
    return {};
  }
  return check.barrier().build();
}

}  // namespace wsapi
