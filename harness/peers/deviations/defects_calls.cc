// SPDX-License-Identifier: Apache-2.0
//
// Calls and their replies.

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"
#include "harness/text/json_slices.h"

namespace wsapi {
namespace {

using namespace changes;
using std::chrono::milliseconds;

Change edit_reply(void (*f)(Deviant&, Reply&)) { return edit_out<Reply>(f); }

bool is_of_verb(Deviant& d, const Reply& m, std::string_view verb) {
  return lower(d.call(m.call_id).verb) == verb;
}

// The text at most so long.
void cut(NullString& text, std::size_t size) {
  if (text) text = text->substr(0, size);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  for (std::size_t at = out.find(from); at != std::string::npos; at = out.find(from, at)) {
    out.replace(at, from.size(), to);
    at += to.size();
  }
  return out;
}

// Every number of the JSON text as `%g` would print it.
std::string as_double(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) in_string = !in_string;
    std::size_t end = i;
    while (!in_string && end < json.size() && json[end] >= '0' && json[end] <= '9') ++end;
    if (end == i) {
      out += c;
    } else {
      out += std::string(json.substr(i, end - i)) + ".0";
      i = end - 1;
    }
  }
  return out;
}

}  // namespace

std::vector<Deviation> call_defects() {
  return {
      {"call-not-answered",
       "calls-one-reply",
       "The third CALL of a connection is not answered.",
       drop_in<Call>([](Deviant& d, const Call&) { return ++d.own.count == 3; }),
       {"calls-any-order"}},
      {"reply-twice", "calls-one-reply", "Each REPLY is sent twice.",
       after_out<Reply>([](Deviant& d, const Reply& m) { d.pass_out(m); })},
      {"late-reply-twice",
       "calls-one-reply",
       "The REPLY to a call that had to wait is sent again 20 ms later.",
       after_out<Reply>([](Deviant& d, const Reply& m) {
         if (!is_of_verb(d, m, "delay")) return;
         d.link().later(milliseconds(20),
                        [&d, id = m.call_id] { d.pass_out(Reply{.call_id = id}); });
       }),
       {"calls-any-order"}},
      {"reply-with-id-0", "calls-one-reply", "Each REPLY has the id 0.",
       edit_reply([](Deviant&, Reply& m) { m.call_id = 0; })},
      {"reply-with-low-octet-of-id",
       "calls-one-reply",
       "A REPLY has only the lower eight bits of the call id.",
       edit_reply([](Deviant&, Reply& m) { m.call_id = m.call_id & 0xff; }),
       {"messages-call", "messages-reply", "primitives-integers", "calls-ids"}},
      {"reply-id-swapped",
       "primitives-little-endian",
       "The octets of the id in a REPLY are swapped.",
       edit_reply([](Deviant&, Reply& m) {
         const std::uint32_t id = m.call_id;
         m.call_id = (id & 0xff) << 8U | (id >> 8U & 0xff);
       }),
       {"calls-one-reply"}},
      {"reply-id-signed",
       "calls-one-reply",
       "An id above 32,767 is answered with the id 32,767.",
       edit_reply(
           [](Deviant&, Reply& m) { m.call_id = std::min<std::uint32_t>(m.call_id, 0x7fff); }),
       {"messages-call", "primitives-integers", "calls-ids", "legacy-messages"}},
      {"reply-with-id-of-latest",
       "calls-any-order",
       "A late REPLY has the id of the latest CALL instead of its own.",
       before_in<Call>([](Deviant& d, const Call& m) { d.own.count = m.call_id; }) +
           edit_reply(
               [](Deviant& d, Reply& m) { m.call_id = static_cast<std::uint32_t>(d.own.count); }),
       {"calls-one-reply"}},
      {"one-call-at-a-time",
       "calls-any-order",
       "While a call waits, no other request of its connection is served.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (d.own.flag) {
                      d.own.kept.emplace_back(octets.begin(), octets.end());
                      return;
                    }
                    const auto call = decode_as<Call>(octets, d.revision());
                    d.own.flag = call && lower(call->verb) == "delay";
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    d.pass_out(octets);
                    if (!d.own.flag || !decode_as<Reply>(octets, d.revision())) return;
                    d.own.flag = false;
                    auto kept = std::move(d.own.kept);
                    d.own.kept.clear();
                    d.link().later(milliseconds(0), [&d, kept = std::move(kept)] {
                      for (const Octets& one : kept) d.pass_in(OctetView(one));
                    });
                  }},
       {"calls-one-reply"}},
      {"delays-block-all-connections",
       "calls-any-order",
       "While a call waits, no connection is served.",
       Change{.octets_in =
                  [](Deviant& d, Octets& octets) {
                    if (!d.shared.flag) return;
                    d.own.kept.push_back(std::move(octets));
                    octets.clear();
                  },
              .message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto call = decode_as<Call>(octets, d.revision());
                    if (call && lower(call->verb) == "delay") {
                      d.shared.flag = true;
                      d.shared.count = d.number();
                    }
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    d.pass_out(octets);
                    const auto reply = decode_as<Reply>(octets, d.revision());
                    if (!reply || !is_of_verb(d, *reply, "delay")) return;
                    d.shared.flag = false;
                    d.for_each([](Deviant& other) {
                      auto kept = std::move(other.own.kept);
                      other.own.kept.clear();
                      other.link().later(milliseconds(0), [&other, kept = std::move(kept)] {
                        for (const Octets& one : kept) other.link().feed(one);
                      });
                    });
                  }},
       {"calls-one-reply", "classes-no-harm"}},
      {"pending-at-most-64",
       "calls-pending-limit",
       "More than 64 calls that wait on one connection are not answered.",
       drop_in<Call>([](Deviant& d, const Call& m) {
         return lower(m.verb) == "delay" && ++d.own.count > 64;
       }) + after_out<Reply>([](Deviant& d, const Reply& m) {
         if (is_of_verb(d, m, "delay")) --d.own.count;
       }),
       {"calls-any-order", "calls-one-reply"}},
      {"pending-at-most-1024",
       "calls-pending-limit",
       "More than 1,024 calls that wait on one connection are refused.",
       options([](ReferenceServerOptions& o) { o.session_limits.max_requests = 1024; }),
       {"calls-any-order", "calls-one-reply"}},
      {"calls-at-most-65535",
       "calls-one-reply",
       "After 65,535 calls nothing more is answered on a connection.",
       drop_in<Call>([](Deviant& d, const Call&) { return ++d.own.count > 65'535; }),
       {"calls-ids"}},
      {"pending-id-closes",
       "classes-call-id",
       "A CALL with an id that is pending ends the connection.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         if (d.own.ids[m.call_id]++ > 0) return d.link().break_off(false);
         d.pass_in(octets);
       }) + after_out<Reply>([](Deviant& d, const Reply& m) { d.own.ids.erase(m.call_id); }),
       {"calls-one-reply"}},
      {"call-id-0-not-answered",
       "classes-call-id",
       "A CALL with id 0 ends the connection.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         if (m.call_id == 0) return d.link().break_off(true);
         d.pass_in(octets);
       }),
       {"calls-ids"}},
      {"error-lost",
       "messages-reply",
       "A REPLY never has an error.",
       edit_reply([](Deviant&, Reply& m) { m.error.reset(); }),
       {"calls-one-reply", "primitives-nullstring", "calls-session-unknown"}},
      {"success-is-empty-error",
       "primitives-nullstring",
       "A REPLY of success has the empty error instead of null.",
       edit_reply([](Deviant&, Reply& m) {
         if (!m.error) m.error = "";
       }),
       {"messages-reply", "calls-one-reply"}},
      {"error-text-cut",
       "messages-reply",
       "An error text is cut after 63 octets.",
       edit_reply([](Deviant&, Reply& m) { cut(m.error, 63); }),
       {"primitives-string"}},
      {"info-text-cut",
       "messages-reply",
       "An info text is cut after 255 octets.",
       edit_reply([](Deviant&, Reply& m) { cut(m.info, 255); }),
       {"primitives-string"}},
      {"error-in-capitals", "messages-reply", "An error text is sent in capitals.",
       edit_reply([](Deviant& d, Reply& m) {
         if (!m.error) return;
         std::string text(*m.error);
         for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
         m.error = d.keep(text);
       })},
      {"info-lost", "messages-reply", "A REPLY of the verb fail never has an info.",
       edit_reply([](Deviant& d, Reply& m) {
         if (is_of_verb(d, m, "fail")) m.info.reset();
       })},
      {"info-and-error-swapped", "messages-reply", "Error and info of a REPLY are swapped.",
       edit_reply([](Deviant&, Reply& m) {
         if (m.error && m.info) std::swap(m.error, m.info);
       })},
      {"data-null-as-empty", "primitives-object",
       "Where there is no object, the empty text is sent.", edit_reply([](Deviant&, Reply& m) {
         if (m.data.text == "null") m.data.text = "";
       })},
      {"integers-as-doubles", "primitives-object", "Integers come back with a fraction.",
       edit_reply([](Deviant& d, Reply& m) {
         if (is_of_verb(d, m, "echo")) m.data.text = d.keep(as_double(m.data.text));
       })},
      {"integers-beyond-32-bits-cut",
       "primitives-object",
       "The integer 9007199254740993 and others beyond 32 bits come back as 2147483647.",
       edit_reply([](Deviant& d, Reply& m) {
         if (!is_of_verb(d, m, "echo")) return;
         const auto number = read_json_unsigned(m.data.text);
         if (number && *number > 0x7fffffff) m.data.text = "2147483647";
       }),
       {"primitives-integers"}},
      {"booleans-as-integers", "primitives-object", "true and false come back as 1 and 0.",
       edit_reply([](Deviant& d, Reply& m) {
         if (!is_of_verb(d, m, "echo")) return;
         m.data.text = d.keep(replaced(replaced(m.data.text, "true", "1"), "false", "0"));
       })},
      {"strings-without-escapes",
       "primitives-object",
       "Backslashes are lost from strings that come back.",
       edit_reply([](Deviant& d, Reply& m) {
         if (is_of_verb(d, m, "echo")) m.data.text = d.keep(replaced(m.data.text, "\\", ""));
       }),
       {"primitives-utf-8"}},
      {"latin-1-only", "primitives-utf-8", "Octets above 127 come back as question marks.",
       edit_reply([](Deviant& d, Reply& m) {
         std::string text(m.data.text);
         std::ranges::replace_if(
             text, [](char c) { return static_cast<signed char>(c) < 0; }, '?');
         m.data.text = d.keep(text);
       })},
      {"args-cut-to-4096",
       "primitives-string",
       "Arguments of more than 4,096 octets are cut.",
       edit_in<Call>([](Deviant&, Call& m) { m.args.text = m.args.text.substr(0, 4096); }),
       {"frames-length", "frames-pieces", "frames-limit", "classes-no-harm"}},
      {"large-reply-lost",
       "calls-one-reply",
       "A REPLY of more than 65,535 octets is not sent.",
       on_out<Reply>([](Deviant& d, const Reply&, OctetView octets) {
         if (octets.size() <= 0xffff) d.pass_out(octets);
       }),
       {"frames-length", "primitives-string", "frames-limit", "primitives-object"}},
      {"reply-of-256-shifted",
       "primitives-string",
       "A REPLY whose data has 255 octets or a multiple of 256 with its NUL loses the last of "
       "them.",
       edit_reply([](Deviant&, Reply& m) {
         const std::size_t size = m.data.text.size() + 1;
         if (size % 256 == 0 && size > 0) m.data.text.remove_suffix(1);
       }),
       {"primitives-object", "frames-length"}},
      {"verb-prefix-enough",
       "calls-verb",
       "A verb that begins with a known one is that verb.",
       edit_in<Call>([](Deviant& d, Call& m) {
         for (const std::string_view known : {"echo", "fail", "whoami"}) {
           if (lower(m.verb).starts_with(known)) m.verb = d.keep(std::string(known));
         }
       }),
       {"peers-verbs", "primitives-string"}},
      {"verb-cut-to-255",
       "calls-verb",
       "Of a verb only the first 255 octets are looked at.",
       edit_in<Call>([](Deviant&, Call& m) {
         constexpr std::string_view kKnown = "echo";
         if (m.verb.size() > 255 && m.verb.starts_with(kKnown)) m.verb = kKnown;
       }),
       {"peers-verbs", "primitives-string"}},
      {"empty-verb-not-answered",
       "calls-one-reply",
       "A CALL of the empty verb is not answered.",
       drop_in<Call>([](Deviant&, const Call& m) { return m.verb.empty(); }),
       {"messages-call", "primitives-string"}},
      {"unknown-verb-closes",
       "calls-one-reply",
       "A CALL of a verb with an octet above 127 ends the connection.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         const bool is_ascii =
             std::ranges::all_of(m.verb, [](char c) { return static_cast<signed char>(c) >= 0; });
         if (!is_ascii) return d.link().break_off(false);
         d.pass_in(octets);
       }),
       {"classes-not-utf-8", "primitives-utf-8"}},
      {"credentials-lost", "calls-credentials", "The application never gets credentials.",
       edit_in<Call>([](Deviant&, Call& m) { m.credentials.reset(); })},
      {"credentials-kept", "calls-credentials",
       "A call without credentials has those of the call before.",
       edit_in<Call>([](Deviant& d, Call& m) {
         if (m.credentials) {
           d.own.text = *m.credentials;
         } else if (!d.own.text.empty()) {
           m.credentials = d.own.text;
         }
       })},
      {"credentials-of-first-call", "calls-credentials",
       "Each call has the credentials of the first one that had any.",
       edit_in<Call>([](Deviant& d, Call& m) {
         if (!d.own.text.empty() && m.credentials) m.credentials = d.own.text;
         if (d.own.text.empty() && m.credentials) d.own.text = *m.credentials;
       })},
      {"credentials-of-all", "calls-credentials",
       "A call without credentials has the last ones of any connection.",
       edit_in<Call>([](Deviant& d, Call& m) {
         if (m.credentials) {
           d.shared.text = *m.credentials;
         } else if (!d.shared.text.empty()) {
           m.credentials = d.shared.text;
         }
       })},
      {"credentials-needed",
       "primitives-nullstring",
       "A CALL without credentials is not answered.",
       drop_in<Call>([](Deviant&, const Call& m) { return !m.credentials.has_value(); }),
       {"calls-one-reply", "calls-credentials", "messages-call", "legacy-messages"}},
  };
}

}  // namespace wsapi
