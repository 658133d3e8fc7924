// SPDX-License-Identifier: Apache-2.0
//
// Sessions and tokens. A table that goes wrong is a change to what is bound, removed or used.

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;

constexpr std::uint32_t kSpareId = 0xfff0;  // for what must be bound under another id

// Two names of which `canonical` makes the same one end in one session: that of the first.
Change merge_names(std::string (*canonical)(std::string_view)) {
  return edit_in<SessionCreate>([canonical](Deviant& d, SessionCreate& m) {
    const auto entry = d.shared.names.emplace(canonical(m.name), std::string(m.name)).first;
    m.name = d.keep(entry->second);
  });
}

Change edit_session_ids(std::uint32_t (*edit)(std::uint32_t)) {
  return Change{.message_in = [edit](Deviant& d, OctetView octets) {
    if (auto m = decode_as<SessionCreate>(octets, d.revision())) {
      m->session_id = edit(m->session_id);
      d.pass_in(*m);
    } else if (auto removal = decode_as<SessionRemove>(octets, d.revision())) {
      removal->session_id = edit(removal->session_id);
      d.pass_in(*removal);
    } else if (auto call = decode_as<Call>(octets, d.revision())) {
      call->session_id = edit(call->session_id);
      d.pass_in(*call);
    } else {
      d.pass_in(octets);
    }
  }};
}

// Calls with a session that is not bound, of which own.ids keeps account.
Change with_bound_sessions(void (*on_call)(Deviant&, Call, bool is_bound)) {
  return Change{.message_in = [on_call](Deviant& d, OctetView octets) {
    if (const auto m = decode_as<SessionCreate>(octets, d.revision())) {
      if (m->name.size() <= 36) d.own.ids[m->session_id] = 1;
    } else if (const auto removal = decode_as<SessionRemove>(octets, d.revision())) {
      d.own.ids.erase(removal->session_id);
    } else if (const auto call = decode_as<Call>(octets, d.revision())) {
      return on_call(d, *call, d.own.ids.contains(call->session_id));
    }
    d.pass_in(octets);
  }};
}

Change with_bound_tokens(void (*on_call)(Deviant&, Call, bool is_bound)) {
  return Change{.message_in = [on_call](Deviant& d, OctetView octets) {
    if (const auto m = decode_as<TokenCreate>(octets, d.revision())) {
      d.own.ids[m->token_id] = 1;
    } else if (const auto removal = decode_as<TokenRemove>(octets, d.revision())) {
      d.own.ids.erase(removal->token_id);
    } else if (const auto call = decode_as<Call>(octets, d.revision())) {
      return on_call(d, *call, d.own.ids.contains(call->token_id));
    }
    d.pass_in(octets);
  }};
}

}  // namespace

std::vector<Deviation> session_defects() {
  std::vector<Deviation> all{
      {"unknown-session-served",
       "calls-session-unknown",
       "A CALL with a session that does not exist is served without one.",
       with_bound_sessions([](Deviant& d, Call m, bool is_bound) {
         if (!is_bound) m.session_id = 0;
         d.pass_in(m);
       }),
       {"sessions-remove", "sessions-create"}},
      {"unknown-session-closes", "calls-session-unknown",
       "A CALL with a session that does not exist ends the connection.",
       with_bound_sessions([](Deviant& d, Call m, bool is_bound) {
         if (!is_bound && m.session_id != 0) return d.link().finish();
         d.pass_in(m);
       })},
      {"unknown-session-not-answered",
       "calls-session-unknown",
       "A CALL with a session that does not exist is not answered.",
       with_bound_sessions([](Deviant& d, Call m, bool is_bound) {
         if (is_bound || m.session_id == 0) d.pass_in(m);
       }),
       {"calls-one-reply"}},
      {"sessions-of-all-connections",
       "calls-session-unknown",
       "A session that another connection created can be used.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (const auto m = decode_as<SessionCreate>(octets, d.revision())) {
                      d.shared.texts[m->session_id] = std::string(m->name);
                    }
                    const auto call = decode_as<Call>(octets, d.revision());
                    if (call && d.shared.texts.contains(call->session_id)) {
                      d.pass_in(SessionCreate{.session_id = call->session_id,
                                              .name = d.shared.texts[call->session_id]});
                    }
                    d.pass_in(octets);
                  }},
       {"sessions-create", "sessions-remove", "calls-disconnected"}},
      {"session-name-of-first-connection", "sessions-create",
       "A session has the name that the id had on the first connection which bound it.",
       edit_in<SessionCreate>([](Deviant& d, SessionCreate& m) {
         const auto entry = d.shared.texts.emplace(m.session_id, std::string(m.name)).first;
         m.name = d.keep(entry->second);
       })},
      {"session-not-bound", "sessions-create", "SESSION CREATE binds nothing.",
       drop_in<SessionCreate>(kAlways)},
      {"session-name-in-small-letters", "sessions-create",
       "Two session names that differ in case alone end in one session.", merge_names(lower)},
      {"session-name-by-first-eight", "sessions-create",
       "Two session names with the same first eight octets end in one session.",
       merge_names([](std::string_view name) { return std::string(name.substr(0, 8)); })},
      {"session-name-by-short-hash", "sessions-create",
       "Two session names with the same hash of eight bits end in one session.",
       merge_names([](std::string_view name) {
         std::uint32_t hash = 2166136261;
         for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
         return std::to_string(hash & 0xff);
       })},
      {"session-name-cut-to-32",
       "sessions-create",
       "A session name is cut after 32 octets.",
       edit_in<SessionCreate>([](Deviant&, SessionCreate& m) { m.name = m.name.substr(0, 32); }),
       {"peers-session"}},
      {"session-names-swapped", "sessions-create",
       "A call has the name of the session that was bound last, whatever its id.",
       with_bound_sessions([](Deviant& d, Call m, bool is_bound) {
         if (is_bound && !d.own.ids.empty()) m.session_id = d.own.ids.rbegin()->first;
         d.pass_in(m);
       })},
      {"session-ids-of-eight-bits",
       "sessions-create",
       "Of a session id only the lower eight bits are looked at.",
       edit_session_ids([](std::uint32_t id) { return id & 0xff; }),
       {"calls-session-unknown"}},
      {"sessions-at-most-64", "sessions-create", "More than 64 sessions are not bound.",
       options([](ReferenceServerOptions& o) { o.session_limits.max_sessions = 64; })},
      {"sessions-at-most-256", "sessions-create", "More than 256 sessions are not bound.",
       options([](ReferenceServerOptions& o) { o.session_limits.max_sessions = 256; })},
      {"session-id-0-bound",
       "calls-session-unknown",
       "The session id 0 can be bound, and then calls without a session use it.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    auto m = decode_as<SessionCreate>(octets, d.revision());
                    if (m && m->session_id == 0) {
                      d.own.flag = true;
                      m->session_id = kSpareId;
                      return d.pass_in(*m);
                    }
                    auto call = decode_as<Call>(octets, d.revision());
                    if (call && call->session_id == 0 && d.own.flag) {
                      call->session_id = kSpareId;
                      return d.pass_in(*call);
                    }
                    d.pass_in(octets);
                  }},
       {"peers-session", "sessions-create"}},
      {"session-remove-ignored", "sessions-remove", "SESSION REMOVE unbinds nothing.",
       drop_in<SessionRemove>(kAlways)},
      {"session-remove-takes-all", "sessions-remove", "SESSION REMOVE unbinds all sessions.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (const auto m = decode_as<SessionCreate>(octets, d.revision())) {
                      d.own.ids[m->session_id] = 1;
                    }
                    if (decode_as<SessionRemove>(octets, d.revision())) {
                      for (const auto& [id, bound] : d.own.ids) {
                        d.pass_in(SessionRemove{.session_id = id});
                      }
                      d.own.ids.clear();
                    }
                    d.pass_in(octets);
                  }}},
      {"session-remove-takes-token", "sessions-remove",
       "SESSION REMOVE unbinds the token with that id.",
       on_in<SessionRemove>([](Deviant& d, const SessionRemove& m, OctetView) {
         d.pass_in(TokenRemove{.token_id = m.session_id});
       })},
      {"session-remove-takes-token-too", "sessions-remove",
       "SESSION REMOVE unbinds the session, and the token with that id too.",
       before_in<SessionRemove>([](Deviant& d, const SessionRemove& m) {
         d.pass_in(TokenRemove{.token_id = m.session_id});
       })},
      {"token-remove-takes-session", "sessions-remove",
       "TOKEN REMOVE unbinds the session with that id.",
       on_in<TokenRemove>([](Deviant& d, const TokenRemove& m, OctetView) {
         d.pass_in(SessionRemove{.session_id = m.token_id});
       })},
      {"token-remove-ignored", "sessions-remove", "TOKEN REMOVE unbinds nothing.",
       drop_in<TokenRemove>(kAlways)},
      {"session-not-bound-again", "sessions-remove",
       "A session id that was removed cannot be bound again.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (const auto m = decode_as<SessionRemove>(octets, d.revision())) {
                      d.own.ids[m->session_id] = 1;
                    }
                    const auto m = decode_as<SessionCreate>(octets, d.revision());
                    if (m && d.own.ids.contains(m->session_id)) return;
                    d.pass_in(octets);
                  }}},
      {"removed-session-name-kept", "sessions-remove",
       "A session id that is bound again has the name that it had before.",
       edit_in<SessionCreate>([](Deviant& d, SessionCreate& m) {
         const auto entry = d.own.texts.emplace(m.session_id, std::string(m.name)).first;
         m.name = d.keep(entry->second);
       })},
      {"unknown-remove-closes", "sessions-remove",
       "The removal of a session that does not exist ends the connection.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (const auto m = decode_as<SessionCreate>(octets, d.revision())) {
                      d.own.ids[m->session_id] = 1;
                    }
                    const auto m = decode_as<SessionRemove>(octets, d.revision());
                    if (m && d.own.ids.erase(m->session_id) == 0) return d.link().finish();
                    d.pass_in(octets);
                  }}},
      {"unknown-token-remove-takes-first", "sessions-remove",
       "The removal of a token that does not exist unbinds the one with the lowest id.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (const auto m = decode_as<TokenCreate>(octets, d.revision())) {
                      d.own.ids[m->token_id] = 1;
                    }
                    const auto m = decode_as<TokenRemove>(octets, d.revision());
                    if (m && d.own.ids.erase(m->token_id) == 0 && !d.own.ids.empty()) {
                      return d.pass_in(TokenRemove{.token_id = d.own.ids.begin()->first});
                    }
                    d.pass_in(octets);
                  }}},
      {"session-create-answered",
       "sessions-not-answered",
       "SESSION CREATE is answered by a REPLY with its id.",
       before_in<SessionCreate>(
           [](Deviant& d, const SessionCreate& m) { d.pass_out(Reply{.call_id = m.session_id}); }),
       {"messages-session-create"}},
      {"session-create-sent-back", "sessions-not-answered", "SESSION CREATE is sent back.",
       on_in<SessionCreate>([](Deviant& d, const SessionCreate&, OctetView octets) {
         d.pass_in(octets);
         d.pass_out(octets);
       })},
      {"session-remove-answered",
       "sessions-not-answered",
       "SESSION REMOVE is answered by a REPLY with its id.",
       before_in<SessionRemove>(
           [](Deviant& d, const SessionRemove& m) { d.pass_out(Reply{.call_id = m.session_id}); }),
       {"sessions-remove"}},
      {"token-create-answered", "sessions-not-answered",
       "TOKEN CREATE is answered by a REPLY with its id.",
       before_in<TokenCreate>(
           [](Deviant& d, const TokenCreate& m) { d.pass_out(Reply{.call_id = m.token_id}); })},
      {"token-remove-answered",
       "sessions-not-answered",
       "TOKEN REMOVE is answered by a REPLY with its id.",
       before_in<TokenRemove>(
           [](Deviant& d, const TokenRemove& m) { d.pass_out(Reply{.call_id = m.token_id}); }),
       {"sessions-remove"}},
      {"token-not-bound", "sessions-create", "TOKEN CREATE binds nothing.",
       drop_in<TokenCreate>(kAlways)},
      {"token-is-session",
       "sessions-create",
       "TOKEN CREATE binds a session with that id.",
       on_in<TokenCreate>([](Deviant& d, const TokenCreate& m, OctetView octets) {
         d.pass_in(SessionCreate{.session_id = m.token_id, .name = m.token.substr(0, 36)});
         d.pass_in(octets);
       }),
       {"calls-session-unknown", "sessions-remove"}},
      {"token-cut-to-64", "sessions-create", "A token is cut after 64 octets.",
       edit_in<TokenCreate>([](Deviant&, TokenCreate& m) { m.token = m.token.substr(0, 64); })},
      {"unknown-token-refused",
       "calls-token-unknown",
       "A CALL with a token that does not exist gets an error.",
       with_bound_tokens([](Deviant& d, Call m, bool is_bound) {
         if (is_bound || m.token_id == 0) return d.pass_in(m);
         d.pass_out(Reply{.call_id = m.call_id, .error = "unknown-token"});
       }),
       {"sessions-remove"}},
      {"unknown-token-closes", "calls-token-unknown",
       "A CALL with a token that does not exist ends the connection.",
       with_bound_tokens([](Deviant& d, Call m, bool is_bound) {
         if (!is_bound && m.token_id != 0) return d.link().finish();
         d.pass_in(m);
       })},
      {"unknown-token-is-last", "calls-token-unknown",
       "A CALL with a token that does not exist has the one with the highest id.",
       with_bound_tokens([](Deviant& d, Call m, bool is_bound) {
         if (!is_bound && m.token_id != 0 && !d.own.ids.empty()) {
           m.token_id = d.own.ids.rbegin()->first;
         }
         d.pass_in(m);
       })},
      {"token-id-0-bound",
       "calls-token-unknown",
       "The token id 0 can be bound, and then calls without a token have it.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    auto m = decode_as<TokenCreate>(octets, d.revision());
                    if (m && m->token_id == 0) {
                      d.own.flag = true;
                      m->token_id = kSpareId;
                      return d.pass_in(*m);
                    }
                    auto call = decode_as<Call>(octets, d.revision());
                    if (call && call->token_id == 0 && d.own.flag) {
                      call->token_id = kSpareId;
                      return d.pass_in(*call);
                    }
                    d.pass_in(octets);
                  }},
       {"sessions-create"}},
      {"session-needs-a-moment",
       "sessions-before-use",
       "What is bound can be used only in the next read.",
       Change{.octets_in =
                  [](Deviant& d, Octets&) {
                    for (const Octets& one : d.own.kept) d.pass_in(OctetView(one));
                    d.own.kept.clear();
                  },
              .message_in =
                  [](Deviant& d, OctetView octets) {
                    if (!decode_as<SessionCreate>(octets, d.revision())) return d.pass_in(octets);
                    d.own.kept.emplace_back(octets.begin(), octets.end());
                  }},
       {"negotiation-no-wait", "sessions-create", "sessions-remove"}},
  };
  for (Deviation& one : all) one.revisions = DeviationRevisions::kOfVersion1;
  return all;
}

}  // namespace wsapi
