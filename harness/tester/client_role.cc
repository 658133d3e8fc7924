// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <boost/asio/use_awaitable.hpp>

#include "codec/hex.h"
#include "harness/tester/exchanges.h"
#include "harness/tester/iut_role.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {
namespace {

// The event ids of barriers, which are never created.
constexpr std::uint32_t kFirstBarrierId = 0xa5a5;

class ClientUnderTest final : public IutRole {
 public:
  [[nodiscard]] Direction to_iut() const noexcept override { return Direction::kToClient; }
  [[nodiscard]] bool can_open() const noexcept override { return false; }

  [[nodiscard]] std::optional<Opening> opening(Revision revision) const override {
    if (!has_version_negotiation(revision)) return std::nullopt;
    return Opening{.iut_speaks_first = true,
                   .ours = frames_of(version_set_bytes(), FrameShape{}),
                   .theirs = {{"message", "version-offer"}},
                   .failure = ReasonCode::kOfferMissing};
  }

  [[nodiscard]] GoodExchange good_exchange(const ExchangePlace& place) const override {
    if (!in_revision<EventUnexpected>(place.revision)) {
      return {.request = ping_frame(std::as_bytes(std::span("wsapi-conform"))),
              .request_words = "a PING",
              .answer = {{"pong", nullptr}}};
    }
    const std::uint32_t id = kFirstBarrierId + place.number;
    return {.request = frames_of(push_bytes(id, place.revision), FrameShape{}),
            .request_words = fmt::format("EVENT PUSH {} of an event that was never created", id),
            .answer = {{"message", "event-unexpected"}, {"event_id", id}}};
  }

  [[nodiscard]] bool passes_over(const AnyMessage& message, std::string_view /*unique*/,
                                 bool is_expected) const override {
    const bool may_come_at_any_time = std::holds_alternative<Call>(message) ||
                                      std::holds_alternative<Describe>(message) ||
                                      std::holds_alternative<SessionCreate>(message) ||
                                      std::holds_alternative<SessionRemove>(message) ||
                                      std::holds_alternative<TokenCreate>(message) ||
                                      std::holds_alternative<TokenRemove>(message);
    return may_come_at_any_time && !is_expected;
  }

  [[nodiscard]] asio::awaitable<void> check_liveness(Exchanges& exchanges) const override {
    for (LowerTester* const tester : exchanges.open_testers()) {
      const bool lives = co_await exchanges.try_good_exchange(*tester);
      if (lives) co_return;
      tester->end(EndOurSide::How::kClose);
    }
    LowerTester* const tester = co_await exchanges.open("liveness", true);
    if (tester != nullptr) co_await exchanges.barrier(*tester);
  }
};

}  // namespace

std::shared_ptr<const IutRole> client_under_test() { return std::make_shared<ClientUnderTest>(); }

}  // namespace wsapi
