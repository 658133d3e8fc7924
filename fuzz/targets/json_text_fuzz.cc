// SPDX-License-Identifier: Apache-2.0
//
// JSON texts as they travel in objects: what the reference server looks into. Input: the text.

#include "harness/text/json_slices.h"

#include <string>

#include "codec/utf8.h"
#include "fuzz/check.h"
#include "fuzz/models/simple_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const std::string_view text = fuzz::as_text(data, size);
  const bool json = is_json(text);
  // A text of this size has no number that is too large without an exponent; and the simple parser
  // does not look at what an escape stands for, which may be half a character.
  const bool simple = text.find_first_of("eE\\") == std::string_view::npos && size <= 256;
  if (simple && is_utf8(text) && fuzz::is_simple_json(text)) {
    fuzz::check(json, "what a simple parser takes for JSON is JSON");
  }
  const std::string string = json_string(text);
  fuzz::check(is_json(string), "a JSON string is JSON");
  const auto back = read_json_string(string);
  fuzz::check(back.has_value(), "a JSON string can be read");
  fuzz::check(!is_utf8(text) || *back == text, "a JSON string is that of its text");
  const std::string either = json_or_string(text);
  fuzz::check(either == (json ? std::string(text) : string), "a text is JSON, or becomes a string");
  fuzz::check(!read_json_unsigned(text) || json, "a number is JSON");
  const auto object = JsonObjectText::read(text);
  fuzz::check(!object || json, "an object is JSON");
  if (!object) return 0;
  for (const std::string_view name : {"", "a", "verb", "event"}) {
    const auto member = object->member(name);
    if (!member) continue;
    fuzz::check(member->data() >= text.data() &&
                    member->data() + member->size() <= text.data() + text.size(),
                "a member's value lies in the text");
    fuzz::check(is_json(*member), "a member's value is JSON");
  }
  return 0;
}
