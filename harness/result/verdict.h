// SPDX-License-Identifier: Apache-2.0
#pragma once

// Verdicts in the words of ISO/IEC 9646: none < pass < inconc < fail < error. A verdict only
// worsens, and the first reason for its worst value is kept. Beside the verdict stands the fate of
// the implementation under test: what became of it on the connection, whether that was right or
// not.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/result/reason.h"
#include "harness/suite/difference.h"

namespace wsapi {

enum class VerdictKind : std::uint8_t { kNone, kPass, kInconc, kFail, kError };
inline constexpr std::array kVerdictKinds{VerdictKind::kNone, VerdictKind::kPass,
                                          VerdictKind::kInconc, VerdictKind::kFail,
                                          VerdictKind::kError};

[[nodiscard]] constexpr std::string_view name(VerdictKind kind) noexcept {
  constexpr std::array<std::string_view, kVerdictKinds.size()> kNames{"none", "pass", "inconc",
                                                                      "fail", "error"};
  return kNames[static_cast<std::size_t>(kind)];
}

// What was expected and what came instead, ready to print: patterns as JSON, and what came in
// annotated bytes where there are any.
struct Mismatch {
  std::string expected;
  std::string received;
  // Where a message of the expected kind came: what makes it another than the one that was expected
  // (pattern_differences.h).
  std::vector<Difference> differences = {};
};

class Verdict {
 public:
  // Takes the worse of the two; of equal ones the first.
  void set(VerdictKind kind, Reason why = {}, Mismatch mismatch = {}) {
    if (kind <= kind_) return;
    kind_ = kind;
    why_ = std::move(why);
    mismatch_ = std::move(mismatch);
  }

  [[nodiscard]] VerdictKind kind() const noexcept { return kind_; }
  [[nodiscard]] const Reason& why() const noexcept { return why_; }
  // The same as a sentence.
  [[nodiscard]] std::string reason() const { return to_text(why_); }
  [[nodiscard]] const Mismatch& mismatch() const noexcept { return mismatch_; }
  [[nodiscard]] bool may_go_on() const noexcept { return kind_ <= VerdictKind::kPass; }

 private:
  VerdictKind kind_ = VerdictKind::kNone;
  Reason why_;
  Mismatch mismatch_;
};

enum class Fate : std::uint8_t {
  kNotObserved,
  kReplied,       // it answered what it was sent
  kSilent,        // it gave no answer, and served on
  kOrderlyClose,  // CLOSE frame or end of stream
  kReset,         // the connection was broken
  kHang,          // nothing came before the deadline
  kUnreachable,   // no connection could be made any more
  kCrash,         // its process ended, or reported a fault of its own
};

inline constexpr std::array kFates{Fate::kNotObserved,  Fate::kReplied, Fate::kSilent,
                                   Fate::kOrderlyClose, Fate::kReset,   Fate::kHang,
                                   Fate::kUnreachable,  Fate::kCrash};

[[nodiscard]] constexpr std::string_view name(Fate fate) noexcept {
  constexpr std::array<std::string_view, kFates.size()> kNames{"not-observed",  "replied", "silent",
                                                               "orderly-close", "reset",   "hang",
                                                               "unreachable",   "crash"};
  return kNames[static_cast<std::size_t>(fate)];
}

}  // namespace wsapi
