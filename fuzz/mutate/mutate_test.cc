// SPDX-License-Identifier: Apache-2.0

#include "fuzz/mutate/mutate.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/json_form.h"
#include "fuzz/mutate/message_writer.h"

// Stands in for the engine: all bytes to one that no mutation of ours fills an input with.
constexpr std::uint8_t kEngineWasHere = 0xee;
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                        std::size_t max_size) {
  const std::size_t new_size = size < max_size ? size + 1 : max_size;
  std::fill_n(data, new_size, kEngineWasHere);
  return new_size;
}

namespace wsapi::fuzz {
namespace {

using Input = std::vector<std::uint8_t>;
using Mutate = std::size_t (*)(std::uint8_t*, std::size_t, std::size_t, unsigned);
using Cross = std::size_t (*)(const std::uint8_t*, std::size_t, const std::uint8_t*, std::size_t,
                              std::uint8_t*, std::size_t, unsigned);

constexpr unsigned kSeeds = 400;  // mutations of each input

Input octets(std::span<const std::byte> bytes) {
  Input input;
  for (const std::byte b : bytes) input.push_back(std::to_integer<std::uint8_t>(b));
  return input;
}

// In memory of exactly `max_size` bytes, so that the address sanitizer sees a write behind it.
Input mutated(Mutate mutate, const Input& input, std::size_t max_size, unsigned seed) {
  Input out(input);
  out.resize(max_size);
  out.shrink_to_fit();
  const std::size_t size = mutate(out.data(), std::min(input.size(), max_size), max_size, seed);
  EXPECT_LE(size, max_size);
  out.resize(std::min(size, max_size));
  return out;
}

// Every message with default values, in each revision that has it.
std::vector<Input> seed_messages() {
  std::vector<Input> inputs;
  for (const MessageInfo& info : kMessageInfos) {
    for (const Revision revision : kRevisions) {
      if (!in_revision(info, revision)) continue;
      inputs.push_back(octets(*encode_to_bytes(default_message(info), revision)));
    }
  }
  return inputs;
}

std::vector<Input> seed_streams() {
  std::vector<Input> inputs;
  Input all;
  for (const Input& message : seed_messages()) {
    inputs.push_back(octets(encode_frame({}, std::as_bytes(std::span(message)))));
    all.insert(all.end(), inputs.back().begin(), inputs.back().end());
  }
  inputs.push_back(all);
  return inputs;
}

std::vector<Input> seed_texts() {
  std::vector<Input> inputs;
  for (const MessageInfo& info : kMessageInfos) {
    const std::string text = to_json(default_message(info), revision_of(info, true));
    inputs.emplace_back(text.begin(), text.end());
  }
  return inputs;
}

struct Kind {
  const char* name;
  Mutate mutate;
  std::vector<Input> (*seeds)();
};
const Kind kKinds[] = {{"message", mutate_message, seed_messages},
                       {"frames", mutate_frames, seed_streams},
                       {"json", mutate_json, seed_texts}};

TEST(Mutate, StaysWithinTheLimit) {
  for (const Kind& kind : kKinds) {
    for (const Input& input : kind.seeds()) {
      for (const std::size_t room : {0, 1, 3, 40, 300}) {
        for (unsigned seed = 0; seed < kSeeds; ++seed) {
          mutated(kind.mutate, input, input.size() + room, seed);
        }
      }
    }
  }
}

TEST(Mutate, TakesAnythingForAnInput) {
  const std::vector<Input> inputs{{},
                                  {0},
                                  {'K'},
                                  {0x82},
                                  {0x82, 0xff},
                                  {'"'},
                                  {'{', '"', '\\'},
                                  Input(5000, 0xff),
                                  Input(5000, 0x00),
                                  Input(5000, '"')};
  for (const Kind& kind : kKinds) {
    for (const Input& input : inputs) {
      for (unsigned seed = 0; seed < kSeeds; ++seed) {
        mutated(kind.mutate, input, input.size() + seed % 70, seed);
      }
    }
  }
}

TEST(Mutate, TheSameSeedGivesTheSame) {
  for (const Kind& kind : kKinds) {
    std::set<Input> different;
    for (const Input& input : kind.seeds()) {
      for (unsigned seed = 0; seed < kSeeds / 4; ++seed) {
        const Input first = mutated(kind.mutate, input, input.size() + 100, seed);
        EXPECT_EQ(first, mutated(kind.mutate, input, input.size() + 100, seed)) << kind.name;
        different.insert(first);
      }
    }
    EXPECT_GT(different.size(), kSeeds) << kind.name;
  }
}

TEST(Mutate, AFifthIsTheEnginesOwn) {
  for (const Kind& kind : kKinds) {
    const Input input = kind.seeds().front();
    unsigned count = 0;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      const Input out = mutated(kind.mutate, input, input.size() + 100, seed);
      count += out == Input(input.size() + 1, kEngineWasHere) ? 1 : 0;
    }
    EXPECT_GT(count, kSeeds / 7) << kind.name;
    EXPECT_LT(count, kSeeds / 3) << kind.name;
  }
}

TEST(Mutate, OffLeavesAllToTheEngine) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a process that has not looked yet
  const auto all_by_engine = [] {
    setenv("WSAPI_FUZZ_MUTATOR", "off", 1);
    for (const Kind& kind : kKinds) {
      const Input input = kind.seeds().front();
      for (unsigned seed = 0; seed < kSeeds; ++seed) {
        const Input out = mutated(kind.mutate, input, input.size() + 100, seed);
        if (out != Input(input.size() + 1, kEngineWasHere)) std::exit(1);
      }
    }
    std::exit(0);
  };
  EXPECT_EXIT(all_by_engine(), testing::ExitedWithCode(0), "");
}

// What became of a mutated message: the names of those that decode, and whether a decoder came as
// far as a field.
struct Fate {
  std::set<std::string_view> names;
  bool reached_a_field = false;
};

Fate fate_of(const Input& message) {
  Fate fate;
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      const auto decoded = decode(std::as_bytes(std::span(message)), revision, direction);
      if (decoded) fate.names.insert(info_of(decoded->message, revision)->name);
      fate.reached_a_field |= decoded.ok() || decoded.error().field != "operation";
    }
  }
  return fate;
}

TEST(MutateMessage, HalfOfThemGetAsFarAsTheFields) {
  std::size_t good = 0;
  std::size_t decoded = 0;
  unsigned all = 0;
  for (const Input& input : seed_messages()) {
    for (unsigned i = 0; i < kSeeds; ++i, ++all) {
      const Fate fate = fate_of(mutated(mutate_message, input, input.size() + 200, all));
      good += fate.reached_a_field ? 1 : 0;
      decoded += fate.names.empty() ? 0 : 1;
    }
  }
  EXPECT_GE(good * 2, all);
  // Neither are all of them right, nor all wrong.
  EXPECT_GE(decoded * 5, all);
  EXPECT_LE(decoded * 10, all * 9);
}

TEST(MutateMessage, MakesEveryMessage) {
  const Input input = seed_messages().front();
  std::set<std::string_view> names;
  for (unsigned seed = 0; seed < 20 * kSeeds; ++seed) {
    names.merge(fate_of(mutated(mutate_message, input, input.size() + 200, seed)).names);
  }
  EXPECT_EQ(names.size(), kMessageInfos.size());
}

// Field by field: each way in which a CALL can be wrong comes up.
TEST(MutateMessage, MakesEveryErrorOfEachField) {
  const Input input = octets(*encode_to_bytes(
      Call{.call_id = 1, .verb = "verb", .args = {"{}"}, .credentials = "me"}, kReferenceRevision));
  std::set<std::pair<std::string_view, ErrorCode>> errors;
  for (unsigned seed = 0; seed < 20 * kSeeds; ++seed) {
    const Input out = mutated(mutate_message, input, input.size() + 200, seed);
    const auto decoded =
        decode(std::as_bytes(std::span(out)), kReferenceRevision, Direction::kToServer);
    if (!decoded) errors.emplace(decoded.error().field, decoded.error().code);
  }
  for (const std::string_view field : {"verb", "args", "credentials"}) {
    EXPECT_TRUE(errors.contains({field, ErrorCode::kLengthBeyondEnd})) << field;
    EXPECT_TRUE(errors.contains({field, ErrorCode::kStringWithoutNul})) << field;
    EXPECT_TRUE(errors.contains({field, ErrorCode::kTruncated})) << field;
  }
  EXPECT_TRUE(errors.contains({"verb", ErrorCode::kStringLengthZero}));
  EXPECT_TRUE(errors.contains({"args", ErrorCode::kStringLengthZero}));
  EXPECT_TRUE(errors.contains({"call_id", ErrorCode::kTruncated}));
}

// All events of a stream, the last of which may be its end.
std::vector<FrameEvent> events_of(const Input& stream, std::set<std::string_view>& messages) {
  std::vector<FrameEvent> events;
  FrameDecoder decoder;
  auto rest = std::as_bytes(std::span(stream));
  for (FrameEvent event = decoder.next(rest); event.kind != FrameEventKind::kNeedMore;
       event = decoder.next(rest)) {
    events.push_back(event);
    if (event.kind == FrameEventKind::kMessage) {
      messages.merge(fate_of(octets(event.payload)).names);
    }
    if (decoder.ended()) break;
  }
  return events;
}

TEST(MutateFrames, MakesEveryEventViolationAndMessage) {
  std::set<FrameEventKind> kinds;
  std::set<std::string_view> violations;
  std::set<std::string_view> messages;
  bool masked = false;
  bool fragmented = false;
  bool non_minimal = false;
  std::size_t with_message = 0;
  unsigned all = 0;
  for (const Input& input : seed_streams()) {
    for (unsigned i = 0; i < kSeeds; ++i, ++all) {
      const Input out = mutated(mutate_frames, input, input.size() + 200, all);
      std::set<std::string_view> here;
      for (const FrameEvent& event : events_of(out, here)) {
        kinds.insert(event.kind);
        if (event.kind == FrameEventKind::kViolation) violations.insert(name(event.violation));
        masked |= event.masked;
        fragmented |= event.fragments > 1;
        non_minimal |= event.non_minimal_length;
      }
      with_message += here.empty() ? 0 : 1;
      messages.merge(here);
    }
  }
  EXPECT_EQ(kinds.size(), 5U);  // all but "more needed"
  // All but the one that takes 65 536 fragments.
  EXPECT_EQ(violations.size(), 10U) << testing::PrintToString(violations);
  EXPECT_EQ(messages.size(), kMessageInfos.size());
  EXPECT_TRUE(masked && fragmented && non_minimal);
  EXPECT_GE(with_message * 2, all);
}

TEST(MutateJson, MakesEveryMessageAndError) {
  std::set<std::string_view> names;
  std::set<ErrorCode> errors;
  std::size_t good = 0;
  unsigned all = 0;
  for (const Input& input : seed_texts()) {
    for (unsigned i = 0; i < kSeeds; ++i, ++all) {
      const Input out = mutated(mutate_json, input, input.size() + 300, all);
      const auto read = from_json({reinterpret_cast<const char*>(out.data()), out.size()});
      if (read) {
        ++good;
        const auto* const info = find_info([&](const MessageInfo& each) {
          return each.kind == read->message.index() && each.format == read->format;
        });
        names.insert(info->name);
      } else {
        errors.insert(read.error().code);
      }
    }
  }
  EXPECT_EQ(names.size(), kMessageInfos.size());
  EXPECT_EQ(errors.size(), 7U);  // syntax, unknown, missing and duplicate field, type, range
  EXPECT_GE(good * 8, all);
}

TEST(Cross, JoinsWithinTheLimit) {
  const std::pair<Cross, std::vector<Input>> kinds[] = {{cross_messages, seed_messages()},
                                                        {cross_frames, seed_streams()}};
  for (const auto& [cross, inputs] : kinds) {
    std::set<Input> different;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      const Input& first = inputs[seed % inputs.size()];
      const Input& second = inputs[seed / 3 % inputs.size()];
      Input out(seed % 64);
      const std::size_t size = cross(first.data(), first.size(), second.data(), second.size(),
                                     out.data(), out.size(), seed);
      ASSERT_LE(size, out.size());
      Input again(out.size());
      EXPECT_EQ(cross(first.data(), first.size(), second.data(), second.size(), again.data(),
                      again.size(), seed),
                size);
      EXPECT_EQ(out, again);
      different.insert(out);
    }
    EXPECT_GT(different.size(), kSeeds / 4);
  }
}

}  // namespace
}  // namespace wsapi::fuzz
