// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/tester/exchanges.h"
#include "harness/tester/iut_role.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {
namespace {

// The call ids of barriers; no golden vector uses an id near them (vectors/README.md). Where they
// begin differs from case to case and from connection to connection, so that an answer to another
// barrier is none to this.
constexpr std::uint32_t kFirstBarrierId = 0x5a5a;
constexpr std::uint32_t kFirstBarrierIds = 0x1000;

class ServerUnderTest final : public IutRole {
 public:
  explicit ServerUnderTest(bool has_echo) : has_echo_(has_echo) {}

  [[nodiscard]] Direction to_iut() const noexcept override { return Direction::kToServer; }
  [[nodiscard]] bool can_open() const noexcept override { return true; }

  [[nodiscard]] std::optional<Opening> opening(Revision revision) const override {
    if (!has_version_negotiation(revision)) return std::nullopt;
    return Opening{.iut_speaks_first = false,
                   .ours = frames_of(offer_bytes(), FrameShape{}),
                   .theirs = {{"message", "version-set"}, {"version", kVersion1}},
                   .failure = ReasonCode::kVersionNotSet};
  }

  [[nodiscard]] GoodExchange good_exchange(const ExchangePlace& place) const override {
    return has_echo_ && place.is_negotiated ? echo(place) : call_of_no_verb(place);
  }

  [[nodiscard]] bool passes_over(const AnyMessage& message, std::string_view unique,
                                 bool is_expected) const override {
    const auto is_foreign = [&](std::string_view name) {
      return name.find(unique) == std::string_view::npos;
    };
    const auto* const broadcast = std::get_if<EventBroadcast>(&message);
    if (broadcast != nullptr) return !is_expected || is_foreign(broadcast->name);
    // An event may be created on a connection before anybody there subscribes to it (section 4).
    const auto* const create = std::get_if<EventCreate>(&message);
    return create != nullptr && is_foreign(create->name);
  }

  [[nodiscard]] asio::awaitable<void> check_liveness(Exchanges& exchanges) const override {
    LowerTester* const tester = co_await exchanges.open("liveness", false);
    if (tester != nullptr) {
      // Offer and call in one go: the client need not wait for the answer (section 4).
      co_await exchanges.negotiate_and_barrier(*tester);
      tester->end(EndOurSide::How::kClose);
    }
  }

 private:
  static std::string words_of_call(std::uint32_t id, std::string_view verb) {
    return fmt::format("CALL {} \"{}\"", id, verb);
  }

  static GoodExchange call_of_no_verb(const ExchangePlace& place) {
    const std::uint32_t id = first_id(place) + place.number;
    return {.request = frames_of(call_bytes(id, kNoSuchVerb, place.revision), FrameShape{}),
            .request_words = words_of_call(id, kNoSuchVerb),
            .answer = {{"message", info_of<Reply>(place.revision)->name},
                       {"call_id", id},
                       {"error", {{"present", true}}}}};
  }

  static std::uint32_t first_id(const ExchangePlace& place) {
    return kFirstBarrierId + static_cast<std::uint32_t>(hash_of(place.where) % kFirstBarrierIds);
  }

  // FNV-1a
  static std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
  }

  // The text is another one in each exchange of a run.
  static GoodExchange echo(const ExchangePlace& place) {
    const std::uint32_t id = kFirstBarrierId + place.number;
    const std::string nonce = fmt::format("barrier-{:016x}-{}", hash_of(place.where), place.number);
    const std::string args = nlohmann::json(nonce).dump();
    return {.request = frames_of(call_bytes(id, kEchoVerb, place.revision, args), FrameShape{}),
            .request_words = words_of_call(id, kEchoVerb),
            .answer = {{"message", info_of<Reply>(place.revision)->name},
                       {"call_id", id},
                       {"error", nullptr},
                       {"data", {{"json", nonce}}}}};
  }

  bool has_echo_;
};

}  // namespace

std::shared_ptr<const IutRole> server_under_test(bool has_echo) {
  return std::make_shared<ServerUnderTest>(has_echo);
}

}  // namespace wsapi
