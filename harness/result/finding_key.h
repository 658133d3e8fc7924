// SPDX-License-Identifier: Apache-2.0
#pragma once

// By what failures are told apart: two cases that failed with the same key failed by one fault.

#include <string>
#include <string_view>

#include "harness/result/case_record.h"

namespace wsapi {

// Of a case with faults: those. Of the basic case of a feature: the feature. Else: the reason
// without what differs from run to run, the field that differs, and the rules that the case is
// about.
[[nodiscard]] std::string finding_key(const CaseRecord& record);

// The same for whole groups of such cases, of which `example` shows the fault best: groups with the
// same key show one fault by different signs. Empty where what differs tells it apart already.
[[nodiscard]] std::string finding_key_of_example(const CaseRecord& example);

// The kind of a message in words: "REPLY" of "REPLY 1 with an error", "PONG" of "an empty PONG";
// empty where it names none.
[[nodiscard]] std::string message_kind(std::string_view words);

// The section of the protocol that an anchor is in: "calls" of "calls-one-reply".
[[nodiscard]] std::string section_of(const std::string& clause);

}  // namespace wsapi
