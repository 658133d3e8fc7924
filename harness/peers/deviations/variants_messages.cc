// SPDX-License-Identifier: Apache-2.0
//
// Right messages in another order, and with other texts than usual.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <random>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/variants.h"
#include "harness/text/json_slices.h"

namespace wsapi {
namespace {

using namespace changes;
using std::chrono::milliseconds;

bool is_answer(Deviant& d, OctetView octets) {
  return has_operation_of<Reply>(octets, d.revision()) ||
         has_operation_of<Description>(octets, d.revision());
}

// Answers wait for that time; f then sends those that are there.
Change hold_answers(milliseconds time, void (*f)(Deviant&)) {
  Change change = every_out([time, f](Deviant& d, OctetView octets) {
    if (!is_answer(d, octets)) return d.pass_out(octets);
    d.own.kept.emplace_back(octets.begin(), octets.end());
    d.link().later(time, [&d, f] { f(d); });
  });
  change.finish_delay = 2 * time;
  return change;
}

void send_first(Deviant& d) {
  if (d.own.kept.empty()) return;
  const Octets one = std::move(d.own.kept.front());
  d.own.kept.pop_front();
  d.pass_out(OctetView(one));
}

bool is_reply_to(Deviant& d, const Reply& m, std::string_view verb) {
  return !m.error && lower(d.call(m.call_id).verb) == verb;
}

// The data of replies to that verb.
Change edit_data(std::string_view verb, std::string (*edit)(std::string_view)) {
  return edit_out<Reply>([verb, edit](Deviant& d, Reply& m) {
    if (is_reply_to(d, m, verb)) m.data.text = d.keep(edit(m.data.text));
  });
}

// The JSON texts of all objects that are sent.
Change edit_json(std::string (*edit)(std::string_view)) {
  return every_out([edit](Deviant& d, OctetView octets) {
    if (auto m = decode_as<Reply>(octets, d.revision())) {
      m->data.text = d.keep(edit(m->data.text));
      d.pass_out(*m);
    } else if (auto push = decode_as<EventPush>(octets, d.revision())) {
      push->data.text = d.keep(edit(push->data.text));
      d.pass_out(*push);
    } else if (auto all = decode_as<EventBroadcast>(octets, d.revision())) {
      all->data.text = d.keep(edit(all->data.text));
      d.pass_out(*all);
    } else {
      d.pass_out(octets);
    }
  });
}

// f(out, c) for each character of a JSON text, and whether it stands in a string.
template <typename Function>
std::string by_character(std::string_view json, Function f) {
  std::string out;
  bool in_string = false;
  bool is_escaped = false;
  for (const char c : json) {
    f(out, c, in_string && !is_escaped, in_string);
    if (!is_escaped && c == '"') in_string = !in_string;
    is_escaped = in_string && !is_escaped && c == '\\';
  }
  return out;
}

std::string with_escaped_slashes(std::string_view json) {
  return by_character(json, [](std::string& out, char c, bool is_plain, bool) {
    if (c == '/' && is_plain) out += '\\';
    out += c;
  });
}

std::string with_spaces(std::string_view json) {
  return " " +
         by_character(json,
                      [](std::string& out, char c, bool, bool in_string) {
                        const bool is_mark =
                            !in_string && std::string_view("{}[],:").find(c) != std::string::npos;
                        if (is_mark) out += ' ';
                        out += c;
                        if (is_mark) out += "\n\t";
                      }) +
         "\n";
}

// The first ASCII letter of each string as an escape.
std::string with_unicode_escapes(std::string_view json) {
  char before = 0;
  return by_character(json, [&](std::string& out, char c, bool is_plain, bool) {
    const bool is_letter = c >= 'a' && c <= 'z';
    if (is_plain && is_letter && before == '"') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
    before = c;
  });
}

std::string member(std::string_view object, std::string_view name) {
  const auto read = JsonObjectText::read(object);
  return std::string((read ? read->member(name) : std::nullopt).value_or("null"));
}

Change edit_error(void (*f)(Deviant&, Reply&)) {
  return edit_out<Reply>([f](Deviant& d, Reply& m) {
    if (m.error && lower(d.call(m.call_id).verb) != "fail") f(d, m);
  });
}

// Messages of that kind that a call of the verb causes come after its REPLY.
template <WsapiMessage Message>
Change after_the_reply_of(std::string_view verb) {
  return Change{.message_in =
                    [verb](Deviant& d, OctetView octets) {
                      const auto call = decode_as<Call>(octets, d.revision());
                      d.shared.flag = call && lower(call->verb) == verb;
                      d.pass_in(octets);
                      d.shared.flag = false;
                      d.for_each([](Deviant& other) {
                        while (!other.own.kept.empty()) send_first(other);
                      });
                    },
                .message_out =
                    [](Deviant& d, OctetView octets) {
                      if (d.shared.flag && decode_as<Message>(octets, d.revision())) {
                        d.own.kept.emplace_back(octets.begin(), octets.end());
                        return;
                      }
                      d.pass_out(octets);
                    }};
}

std::vector<Deviation> order_variants() {
  return {
      {"replies-late", "calls-any-order", "Each answer comes five milliseconds late.",
       hold_answers(milliseconds(5), send_first)},
      {"replies-in-reverse-order", "calls-any-order",
       "The answers of five milliseconds come in reverse order.",
       hold_answers(milliseconds(5),
                    [](Deviant& d) {
                      while (!d.own.kept.empty()) {
                        const Octets one = std::move(d.own.kept.back());
                        d.own.kept.pop_back();
                        d.pass_out(OctetView(one));
                      }
                    })},
      {"replies-in-any-order", "calls-any-order",
       "The answers of five milliseconds come in random order.",
       hold_answers(milliseconds(5),
                    [](Deviant& d) {
                      std::mt19937 random(static_cast<std::uint32_t>(++d.shared.count));
                      std::ranges::shuffle(d.own.kept, random);
                      while (!d.own.kept.empty()) send_first(d);
                    })},
      {"descriptions-before-replies", "calls-any-order",
       "A DESCRIPTION overtakes the replies of the last five milliseconds.",
       hold_answers(milliseconds(5),
                    [](Deviant& d) {
                      auto end = d.own.kept.begin();  // of the descriptions
                      for (auto it = end; it != d.own.kept.end(); ++it) {
                        if (!has_operation_of<Description>(*it, d.revision())) continue;
                        std::rotate(end++, it, std::next(it));
                      }
                      while (!d.own.kept.empty()) send_first(d);
                    })},
      {"pushes-after-the-reply", "peers-push-order",
       "EVENT PUSH comes after the REPLY of the call that caused it.",
       after_the_reply_of<EventPush>("emit")},
      {"broadcast-after-the-reply", "events-broadcast",
       "BROADCAST comes after the REPLY of the call that caused it.",
       after_the_reply_of<EventBroadcast>("broadcast")},
  };
}

std::vector<Deviation> text_variants() {
  return {
      {"slashes-escaped", "peers-object-text", "In JSON texts / is written as \\/.",
       edit_json(with_escaped_slashes)},
      {"json-with-spaces", "primitives-object", "JSON texts have spaces, tabs and line feeds.",
       edit_json(with_spaces)},
      {"json-with-unicode-escapes", "primitives-object",
       "In JSON texts the first letter of each string is written as an escape.",
       edit_json(with_unicode_escapes)},
      {"emit-replies-true", "messages-reply",
       "The verb emit replies whether there was a subscriber, not how many.",
       edit_data(
           "emit",
           [](std::string_view data) { return std::string(data == "0" ? "false" : "true"); })},
      {"emit-replies-null", "messages-reply", "The verb emit replies null.",
       edit_data("emit", [](std::string_view) { return std::string("null"); })},
      {"emit-replies-object", "messages-reply", "The verb emit replies an object.",
       edit_data("emit",
                 [](std::string_view data) { return fmt::format("{{\"count\":{}}}", data); })},
      {"whoami-in-another-order", "messages-reply",
       "The verb whoami replies its members in another order.",
       edit_data("whoami",
                 [](std::string_view data) {
                   return fmt::format("{{\"creds\":{},\"token\":{},\"session\":{}}}",
                                      member(data, "creds"), member(data, "token"),
                                      member(data, "session"));
                 })},
      {"info-with-each-reply", "messages-reply", "A REPLY of success has an info text.",
       edit_out<Reply>([](Deviant&, Reply& m) {
         if (!m.error && !m.info) m.info = "done";
       })},
      {"errors-without-info", "peers-errors", "A REPLY with an error of the server has no info.",
       edit_error([](Deviant&, Reply& m) { m.info.reset(); })},
      {"errors-with-info", "peers-errors", "A REPLY with an error of the server has an info.",
       edit_error([](Deviant&, Reply& m) { m.info = "see the log"; })},
      {"errors-with-data", "peers-errors", "A REPLY with an error of the server has data.",
       edit_error([](Deviant&, Reply& m) { m.data.text = "{\"code\":-1}"; })},
      {"other-error-texts", "peers-errors", "The errors of the server have texts of their own.",
       edit_error([](Deviant& d, Reply& m) { m.error = d.keep("E-" + std::string(*m.error)); })},
      {"internal-error-for-unknown-session",
       "peers-errors",
       "A CALL with a session that does not exist gets internal-error.",
       edit_error([](Deviant&, Reply& m) {
         if (*m.error == "unknown-session") m.error = "internal-error";
       }),
       {},
       DeviationRevisions::kOfVersion1},
      {"invalid-request-for-unknown-session",
       "peers-errors",
       "A CALL with a session that does not exist gets invalid-request.",
       edit_error([](Deviant&, Reply& m) {
         if (*m.error == "unknown-session") m.error = "invalid-request";
       }),
       {},
       DeviationRevisions::kOfVersion1},
      {"description-null", "peers-descriptions", "Each DESCRIBE is answered by null.",
       edit_out<Description>([](Deviant&, Description& m) { m.description.text = "null"; })},
      {"description-with-spaces", "descriptions-one-answer",
       "The description has spaces, tabs and line feeds.",
       edit_out<Description>([](Deviant& d, Description& m) {
         m.description.text = d.keep(with_spaces(m.description.text));
       })},
      {"description-of-another-form", "descriptions-one-answer",
       "The description is an object that names verbs in another way.",
       edit_out<Description>([](Deviant&, Description& m) {
         m.description.text = "{\"info\":{\"title\":\"other\"},\"verbs\":[{\"verb\":\"echo\"}]}";
       })},
      {"uuid-of-version-1", "events-broadcast-uuid", "The uuid of a BROADCAST is of version 1.",
       edit_out<EventBroadcast>([](Deviant&, EventBroadcast& m) {
         m.uuid.bytes[6] = (m.uuid.bytes[6] & std::byte{0x0f}) | std::byte{0x10};
       })},
  };
}

}  // namespace

std::vector<Deviation> message_variants() {
  std::vector<Deviation> all = order_variants();
  std::ranges::move(text_variants(), std::back_inserter(all));
  return all;
}

}  // namespace wsapi
