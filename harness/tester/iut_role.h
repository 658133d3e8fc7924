// SPDX-License-Identifier: Apache-2.0
#pragma once

// The role of the implementation under test: a server, which we connect to, or a client, which
// connects to us. A role knows how a connection begins, what a known-good exchange is, what shows
// that the IUT lives, and what may be passed over. The interpreter asks it, and knows neither
// servers nor clients.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/message.h"
#include "codec/revision.h"
#include "harness/net/transport.h"
#include "harness/result/reason.h"
#include "harness/suite/script.h"

namespace wsapi {

class Exchanges;

// How version negotiation goes (protocol section 4). Its octets are whole frames.
struct Opening {
  bool iut_speaks_first = false;
  std::vector<std::byte> ours;
  Pattern theirs;
  ReasonCode failure = ReasonCode::kNone;  // of a case in which `theirs` does not come
};

// A request that every right IUT answers, and its answer: the barrier of scripts. The answer is
// unlike everything else that the IUT sends.
struct GoodExchange {
  std::vector<std::byte> request;  // whole frames
  std::string request_words;       // "CALL 23130 \"no-such-verb\""
  Pattern answer;
};

// Where a known-good exchange is made.
struct ExchangePlace {
  std::uint32_t number = 0;  // of the exchange on its connection, from 0; makes the ids
  Revision revision = kReferenceRevision;
  bool is_negotiated = true;  // the connection has a version, or the revision needs none
  // What the exchange differs by from those of other cases and connections; the same in each run,
  // so that a run which is repeated sends the same octets.
  std::string where = {};
};

class IutRole {
 public:
  IutRole() = default;
  IutRole(const IutRole&) = delete;
  IutRole& operator=(const IutRole&) = delete;
  virtual ~IutRole() = default;

  // The direction of the messages that the IUT receives.
  [[nodiscard]] virtual Direction to_iut() const noexcept = 0;
  // Whether we can have a further connection at any time.
  [[nodiscard]] virtual bool can_open() const noexcept = 0;
  // std::nullopt where the revision has no negotiation.
  [[nodiscard]] virtual std::optional<Opening> opening(Revision revision) const = 0;
  [[nodiscard]] virtual GoodExchange good_exchange(const ExchangePlace& place) const = 0;
  // Whether the IUT may send such a message at any time, whatever the case has done. `unique` is
  // the text that the names of the case's own objects hold; `is_expected`: the case waits for
  // messages of this kind itself.
  [[nodiscard]] virtual bool passes_over(const AnyMessage& message, std::string_view unique,
                                         bool is_expected) const = 0;
  // Finds out whether the IUT lives; a failure goes into the verdict of the case.
  [[nodiscard]] virtual asio::awaitable<void> check_liveness(Exchanges& exchanges) const = 0;
};

// The barrier is a CALL. Where the server has the verb `echo`, it is that one, and the answer
// brings back what was sent, so that a server that answers everything in one way passes nothing;
// where it does not, or the connection has no version yet, it is a verb that cannot exist, and the
// answer is an error. A server lives if it answers such a call on a fresh connection. Broadcasts of
// other clients, and that events of theirs are created, are passed over.
[[nodiscard]] std::shared_ptr<const IutRole> server_under_test(bool has_echo = false);

// The barrier is a PUSH of an event that was never created, answered by EVENT UNEXPECTED with its
// id; in the legacy revision, which lacks that message, a PING. A client lives if it answers on a
// connection that it has, or connects again. Its calls, sessions, tokens and questions for the
// description are passed over where the case does not wait for them.
[[nodiscard]] std::shared_ptr<const IutRole> client_under_test();

}  // namespace wsapi
