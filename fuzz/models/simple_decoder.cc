// SPDX-License-Identifier: Apache-2.0

#include "fuzz/models/simple_decoder.h"

#include "fuzz/models/simple_utf8.h"

namespace wsapi::fuzz {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

std::string escape(std::uint32_t unit) {
  std::string out = "\\u";
  for (const std::uint32_t divisor : {4096U, 256U, 16U, 1U}) out += kDigits[unit / divisor % 16];
  return out;
}

// Reads from the front to the back. Once something is missing, all that follows is of no use.
struct Input {
  const std::vector<std::uint8_t>& bytes;
  std::uint64_t at = 1;  // after the operation
  bool bad = false;

  std::uint64_t integer(std::uint64_t size) {
    if (bad || at + size > bytes.size()) {
      bad = true;
      return 0;
    }
    std::uint64_t value = 0;
    std::uint64_t factor = 1;
    for (std::uint64_t i = 0; i < size; ++i) {
      value += bytes[at + i] * factor;
      factor *= 256;
    }
    at += size;
    return value;
  }

  // Behind its length, which counts the NUL.
  std::string text_of(std::uint64_t length) {
    if (bad || length == 0 || at + length > bytes.size() || bytes[at + length - 1] != 0) {
      bad = true;
      return "";
    }
    std::string text;
    for (std::uint64_t i = 0; i + 1 < length; ++i) text += static_cast<char>(bytes[at + i]);
    at += length;
    return text;
  }
};

// The JSON form of one message, field by field.
struct Form {
  Input& in;
  std::string json;

  Form(Input& input, const std::string& name) : in(input), json("{\"message\":\"" + name + "\"") {}

  void key(const std::string& name) { json += ",\"" + name + "\":"; }
  void number(const std::string& name, std::uint64_t size) {
    key(name);
    json += std::to_string(in.integer(size));
  }
  void string(const std::string& name) {
    key(name);
    json += simple_json_text(in.text_of(in.integer(4)));
  }
  void nullstring(const std::string& name) {
    key(name);
    const std::uint64_t length = in.integer(4);
    json += length == 0 ? "null" : simple_json_text(in.text_of(length));
  }
  void uuid(const std::string& name) {
    key(name);
    json += '"';
    for (int i = 0; i < 16; ++i) {
      if (i == 4 || i == 6 || i == 8 || i == 10) json += '-';
      const std::uint64_t byte = in.integer(1);
      json += kDigits[byte / 16];
      json += kDigits[byte % 16];
    }
    json += '"';
  }
  void versions(const std::string& name) {
    key(name);
    json += '[';
    const std::uint64_t count = in.integer(1);
    for (std::uint64_t i = 0; i < count; ++i) {
      json += (i > 0 ? "," : "") + std::to_string(in.integer(1));
    }
    json += ']';
  }
  std::string end() { return json + '}'; }
};

// ---- Version 1 (protocol section 3)

std::string call(Input& in) {
  Form form(in, "call");
  form.number("call_id", 2);
  form.string("verb");
  form.number("session_id", 2);
  form.number("token_id", 2);
  form.string("args");
  form.nullstring("credentials");
  return form.end();
}

std::string reply(Input& in) {
  Form form(in, "reply");
  form.number("call_id", 2);
  form.nullstring("error");
  form.nullstring("info");
  form.string("data");
  return form.end();
}

std::string event_create(Input& in) {
  Form form(in, "event-create");
  form.number("event_id", 2);
  form.string("name");
  return form.end();
}

std::string event_remove(Input& in) {
  Form form(in, "event-remove");
  form.number("event_id", 2);
  return form.end();
}

std::string event_subscribe(Input& in) {
  Form form(in, "event-subscribe");
  form.number("call_id", 2);
  form.number("event_id", 2);
  return form.end();
}

std::string event_unsubscribe(Input& in) {
  Form form(in, "event-unsubscribe");
  form.number("call_id", 2);
  form.number("event_id", 2);
  return form.end();
}

std::string event_push(Input& in) {
  Form form(in, "event-push");
  form.number("event_id", 2);
  form.string("data");
  return form.end();
}

std::string event_broadcast(Input& in, const std::string& name) {
  Form form(in, name);
  form.string("name");
  form.string("data");
  form.uuid("uuid");
  form.number("hop", 1);
  return form.end();
}

std::string event_unexpected(Input& in) {
  Form form(in, "event-unexpected");
  form.number("event_id", 2);
  return form.end();
}

std::string describe(Input& in) {
  Form form(in, "describe");
  form.number("description_id", 2);
  return form.end();
}

std::string description(Input& in, std::uint64_t id_size) {
  Form form(in, "description");
  form.number("description_id", id_size);
  form.string("description");
  return form.end();
}

std::string session_create(Input& in) {
  Form form(in, "session-create");
  form.number("session_id", 2);
  form.string("name");
  return form.end();
}

std::string session_remove(Input& in) {
  Form form(in, "session-remove");
  form.number("session_id", 2);
  return form.end();
}

std::string token_create(Input& in) {
  Form form(in, "token-create");
  form.number("token_id", 2);
  form.string("token");
  return form.end();
}

std::string token_remove(Input& in) {
  Form form(in, "token-remove");
  form.number("token_id", 2);
  return form.end();
}

std::string version_offer(Input& in) {
  Form form(in, "version-offer");
  form.number("identifier", 4);
  form.versions("versions");
  return form.end();
}

std::string version_set(Input& in) {
  Form form(in, "version-set");
  form.number("version", 1);
  return form.end();
}

// ---- Legacy (protocol section 5)

std::string legacy_call(Input& in) {
  Form form(in, "legacy-call");
  form.number("call_id", 4);
  form.string("verb");
  form.string("session");
  form.string("args");
  form.nullstring("credentials");
  return form.end();
}

std::string legacy_reply(Input& in) {
  Form form(in, "legacy-reply");
  form.number("call_id", 4);
  form.nullstring("error");
  form.nullstring("info");
  form.string("data");
  return form.end();
}

// CREATE and REMOVE.
std::string legacy_event(Input& in, const std::string& name) {
  Form form(in, name);
  form.number("event_id", 4);
  form.string("name");
  return form.end();
}

std::string legacy_event_push(Input& in) {
  Form form(in, "legacy-event-push");
  form.number("event_id", 4);
  form.string("name");
  form.string("data");
  return form.end();
}

// SUBSCRIBE and UNSUBSCRIBE.
std::string legacy_subscription(Input& in, const std::string& name) {
  Form form(in, name);
  form.number("call_id", 4);
  form.number("event_id", 4);
  form.string("name");
  return form.end();
}

std::string legacy_describe(Input& in) {
  Form form(in, "legacy-describe");
  form.number("description_id", 4);
  return form.end();
}

std::string legacy_description(Input& in) {
  Form form(in, "legacy-description");
  form.number("description_id", 4);
  form.string("description");
  return form.end();
}

// ---- The empty string where there is no such message.

std::string to_server(Input& in) {
  switch (in.bytes[0]) {
    case 0x4b: return call(in);
    case 0x55: return event_unexpected(in);
    case 0x44: return describe(in);
    case 0x53: return session_create(in);
    case 0x73: return session_remove(in);
    case 0x54: return token_create(in);
    case 0x74: return token_remove(in);
    case 0x56: return version_offer(in);
    default: return "";
  }
}

std::string to_client(Input& in, Revision revision) {
  switch (in.bytes[0]) {
    case 0x6b: return reply(in);
    case 0x45: return event_create(in);
    case 0x65: return event_remove(in);
    case 0x58: return event_subscribe(in);
    case 0x78: return event_unsubscribe(in);
    case 0x50: return event_push(in);
    case 0x42: return event_broadcast(in, "event-broadcast");
    case 0x64: return description(in, revision == Revision::k2020_01 ? 4 : 2);
    case 0x76: return version_set(in);
    default: return "";
  }
}

std::string legacy_to_server(Input& in) {
  switch (in.bytes[0]) {
    case 0x43: return legacy_call(in);
    case 0x44: return legacy_describe(in);
    default: return "";
  }
}

std::string legacy_to_client(Input& in) {
  switch (in.bytes[0]) {
    case 0x59: return legacy_reply(in);
    case 0x2a: return event_broadcast(in, "legacy-event-broadcast");
    case 0x2b: return legacy_event(in, "legacy-event-create");
    case 0x2d: return legacy_event(in, "legacy-event-remove");
    case 0x21: return legacy_event_push(in);
    case 0x53: return legacy_subscription(in, "legacy-event-subscribe");
    case 0x55: return legacy_subscription(in, "legacy-event-unsubscribe");
    case 0x64: return legacy_description(in);
    default: return "";
  }
}

}  // namespace

std::string simple_json_text(const std::string& text) {
  const auto points = code_points(text);
  if (!points) {
    std::string out = "{\"hex\":\"";
    for (const char c : text) {
      const auto byte = static_cast<std::uint8_t>(c);
      out += kDigits[byte / 16];
      out += kDigits[byte % 16];
    }
    return out + "\"}";
  }
  std::string out = "\"";
  for (const std::uint32_t point : *points) {
    if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point >= 32 && point <= 126) {
      out += static_cast<char>(point);
    } else if (point <= 0xffff) {
      out += escape(point);
    } else {
      out += escape(0xd800 + (point - 0x10000) / 1024);
      out += escape(0xdc00 + (point - 0x10000) % 1024);
    }
  }
  return out + '"';
}

std::optional<std::string> simple_decode(const std::vector<std::uint8_t>& bytes, Revision revision,
                                         Direction direction) {
  if (bytes.empty()) return std::nullopt;
  Input in{.bytes = bytes};
  const bool legacy = revision == Revision::kLegacy;
  std::string json;
  if (direction == Direction::kToServer) {
    json = legacy ? legacy_to_server(in) : to_server(in);
  } else {
    json = legacy ? legacy_to_client(in) : to_client(in, revision);
  }
  if (json.empty() || in.bad) return std::nullopt;
  return json;
}

}  // namespace wsapi::fuzz
