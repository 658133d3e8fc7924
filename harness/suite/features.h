// SPDX-License-Identifier: Apache-2.0
#pragma once

// Features: what cases use that test something else. Each has a basic case in
// vectors/scenarios/basic.json, the smallest that shows it. Where that fails, cases that merely use
// the feature say nothing, and are blocked by it.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/test_case.h"

namespace wsapi {

struct Feature {
  std::string_view name;
  std::string_view words;  // what is wrong where its basic case fails
};

// In the order in which their basic cases are run: a basic case uses features of earlier ones only.
inline constexpr std::array kFeatures{
    Feature{"negotiation", "an offer of version 1 is not answered by VERSION SET"},
    Feature{"call", "calls are not answered"},
    Feature{"second-connection", "a second client is not served while the first is connected"},
    Feature{"one-write", "of frames that come in one piece not all are understood"},
    Feature{"pieces", "a frame that comes in pieces is not understood"},
    Feature{"length-16", "frames of 126 bytes and more are not understood"},
    Feature{"length-64", "frames of 65,536 bytes and more are not understood"},
    Feature{"masking", "masked frames are not understood"},
    Feature{"fragmentation", "fragmented messages are not understood"},
    Feature{"ping", "a PING is not answered by a PONG"},
    Feature{"pong", "a PONG that nobody asked for is not passed over"},
    Feature{"empty-message", "an empty message is not dropped"},
    Feature{"half-frame", "a client that stops inside a frame keeps others waiting"},
    Feature{"describe", "a DESCRIBE is not answered"},
    Feature{"verb:echo", "the verb echo of the test API does not do what it must"},
    Feature{"verb:fail", "the verb fail of the test API does not do what it must"},
    Feature{"verb:delay", "the verb delay of the test API does not do what it must"},
    Feature{"verb:whoami", "the verb whoami of the test API does not do what it must"},
    Feature{"verb:subscribe", "the verb subscribe of the test API does not do what it must"},
    Feature{"verb:unsubscribe", "the verb unsubscribe of the test API does not do what it must"},
    Feature{"verb:emit", "the verb emit of the test API does not do what it must"},
    Feature{"verb:broadcast", "the verb broadcast of the test API does not do what it must"},
    Feature{"verb:mute", "the verb mute of the test API does not do what it must"},
    Feature{"verb:remove", "the verb remove of the test API does not do what it must"},
};

// Null where there is no feature of that name.
[[nodiscard]] const Feature* find_feature(std::string_view name) noexcept;

// What the case uses, in the order of kFeatures, without the feature whose basic case it is.
[[nodiscard]] std::vector<std::string> features_of(const TestCase& test_case);

}  // namespace wsapi
