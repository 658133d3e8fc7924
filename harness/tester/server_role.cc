// SPDX-License-Identifier: Apache-2.0

#include <boost/asio/use_awaitable.hpp>

#include "harness/tester/exchanges.h"
#include "harness/tester/iut_role.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {
namespace {

// The call ids of barriers; no golden vector uses an id near it (vectors/README.md).
constexpr std::uint32_t kFirstBarrierId = 0x5a5a;

class ServerUnderTest final : public IutRole {
 public:
  [[nodiscard]] Direction to_iut() const noexcept override { return Direction::kToServer; }
  [[nodiscard]] bool can_open() const noexcept override { return true; }

  [[nodiscard]] std::optional<Opening> opening(Revision revision) const override {
    if (!has_version_negotiation(revision)) return std::nullopt;
    return Opening{.iut_speaks_first = false,
                   .ours = frames_of(offer_bytes(), FrameShape{}),
                   .theirs = {{"message", "version-set"}, {"version", kVersion1}},
                   .failure = ReasonCode::kVersionNotSet};
  }

  [[nodiscard]] GoodExchange good_exchange(std::uint32_t number, Revision revision) const override {
    const std::uint32_t id = kFirstBarrierId + number;
    return {.request = frames_of(call_bytes(id, kNoSuchVerb, revision), FrameShape{}),
            .answer = {{"message", info_of<Reply>(revision)->name},
                       {"call_id", id},
                       {"error", {{"present", true}}}},
            .failure = ReasonCode::kBarrierNotAnswered};
  }

  [[nodiscard]] bool passes_over(const AnyMessage& message, std::string_view unique,
                                 bool is_expected) const override {
    const auto* const broadcast = std::get_if<EventBroadcast>(&message);
    if (broadcast == nullptr) return false;
    return !is_expected || broadcast->name.find(unique) == std::string_view::npos;
  }

  [[nodiscard]] asio::awaitable<void> check_liveness(Exchanges& exchanges) const override {
    LowerTester* const tester = co_await exchanges.open("liveness", false);
    if (tester != nullptr) {
      // Offer and call in one go: the client need not wait for the answer (section 4).
      co_await exchanges.negotiate_and_barrier(*tester);
      tester->end(EndOurSide::How::kClose);
    }
  }
};

}  // namespace

std::shared_ptr<const IutRole> server_under_test() { return std::make_shared<ServerUnderTest>(); }

}  // namespace wsapi
