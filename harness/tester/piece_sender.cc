// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/piece_sender.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

#include "harness/tester/exchanges.h"
#include "harness/tester/iut_role.h"

namespace wsapi {
namespace {

// The name that the other connection has in logs.
constexpr std::string_view kCompanion = "companion";
constexpr int kExchanges = 2;
constexpr std::chrono::milliseconds kShortWait{20};

}  // namespace

Cuts cuts_every(std::size_t piece_size, std::size_t size) {
  Cuts cuts;
  if (piece_size == 0) return cuts;
  for (std::size_t at = piece_size; at < size; at += piece_size) cuts.push_back(at);
  return cuts;
}

asio::awaitable<bool> PieceSender::send(LowerTester& tester, std::span<const std::byte> octets,
                                        Cuts cuts) {
  const std::uint32_t action = context_.recorder().transcript.next_action();
  std::erase_if(cuts, [&](std::size_t at) { return at == 0 || at >= octets.size(); });
  cuts.push_back(octets.size());
  std::ranges::sort(cuts);
  std::size_t sent = 0;
  for (const std::size_t end : cuts) {
    if (sent > 0) co_await let_iut_read(tester);
    const bool goes_on =
        co_await tester.write(octets.subspan(sent, end - sent), action, true, context_.deadline());
    if (!goes_on) co_return false;
    sent = end;
  }
  co_return true;
}

asio::awaitable<void> PieceSender::let_iut_read(LowerTester& tester) {
  co_await tester.wait_until_read(context_.deadline());
  if (has_companion_) has_companion_ = co_await exchange_elsewhere();
  if (!has_companion_) co_await context_.clock().sleep_for(kShortWait);
}

asio::awaitable<bool> PieceSender::exchange_elsewhere() {
  if (!context_.role().can_open() || !context_.access().serves_beside_half_frames) co_return false;
  Exchanges exchanges(context_);
  if (companion_ == nullptr) companion_ = co_await exchanges.try_open(std::string{kCompanion});
  if (companion_ == nullptr) co_return false;
  for (int i = 0; i < kExchanges; ++i) {
    const bool is_answered = co_await exchanges.try_good_exchange(*companion_);
    if (!is_answered) co_return false;
  }
  co_return true;
}

}  // namespace wsapi
