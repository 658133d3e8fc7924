// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform vectors export, check.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "codec/hex.h"
#include "harness/cli/print_error.h"
#include "harness/cli/read_cases.h"
#include "harness/cli/report_file.h"
#include "harness/cli/vectors_command.h"
#include "harness/codecs/check/vector_check.h"
#include "harness/codecs/reference_codec.h"
#include "harness/suite/expansion.h"
#include "harness/suite/vectors.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShown = 50;

// A vector with everything written out that its file gives by rule or leaves to a default.
Json common_json(const auto& vector) {
  Json revisions = Json::array();
  for (const Revision revision : vector.revisions) revisions.push_back(name(revision));
  Json outcomes = Json::array();
  if (vector.outcomes.understood) outcomes.push_back("understood");
  if (vector.outcomes.ignored) outcomes.push_back("ignored");
  if (vector.outcomes.closed) outcomes.push_back("closed");
  return {{"id", vector.id},
          {"purpose", vector.purpose},
          {"clause", vector.clause},
          {"revisions", std::move(revisions)},
          {"class", name(vector.vector_class)},
          {"outcomes", std::move(outcomes)},
          {"flags", vector.flags},
          {"bytes", to_hex(vector.bytes.expand())}};
}

Json export_json(const MessageVector& vector) {
  Json out = common_json(vector);
  out["kind"] = "message";
  out["direction"] = name(vector.direction);
  out["reaction"] = name(vector.reaction);
  out["canonical"] = vector.canonical;
  out["derived"] = vector.derived;
  if (vector.message) out["message"] = Json::parse(expand_message(*vector.message));
  if (vector.error) {
    out["error"] = {{"code", vector.error->code},
                    {"offset", vector.error->offset},
                    {"field", vector.error->field}};
  }
  return out;
}

Json event_json(const ExpectedFrameEvent& event) {
  constexpr std::string_view kNames[] = {"message", "ping", "pong", "close", "violation"};
  Json out{{"event", kNames[static_cast<std::size_t>(event.kind)]},
           {"payload", to_hex(event.payload.expand())}};
  if (event.code) out["code"] = *event.code;
  if (!event.why.empty()) out["why"] = event.why;
  return out;
}

Json reaction_json(const ExpectedFrameReaction& reaction) {
  using Kind = ExpectedFrameReaction::Kind;
  switch (reaction.kind) {
    case Kind::kReply: return {{"reply", reaction.call_id}};
    case Kind::kPong: return {{"pong", to_hex(reaction.payload)}};
    case Kind::kClose: return {{"close", reaction.close_codes}};
  }
  return nullptr;
}

Json export_json(const FrameVector& vector) {
  Json out = common_json(vector);
  out["kind"] = "frame";
  out["events"] = Json::array();
  for (const auto& event : vector.events) out["events"].push_back(event_json(event));
  out["reaction"] = Json::array();
  for (const auto& reaction : vector.reactions) out["reaction"].push_back(reaction_json(reaction));
  return out;
}

bool load(const std::string& folder, VectorSet& set) {
  std::vector<FileError> errors;
  set = load_vectors(vectors_folder(folder), errors);
  print_errors(errors);
  return errors.empty();
}

}  // namespace

ExitStatus execute(const ExportVectorsCommand& options, Console& console) {
  ReportPlace place(options.out, console);
  if (!place.is_standard_output() && !OutputFile::check(options.out)) return ExitStatus::kUsage;
  VectorSet set;
  if (!load(options.vectors, set)) return ExitStatus::kUsage;
  std::size_t count = 0;
  const bool is_written = place.write([&](std::ostream& out) {
    const auto write = [&](const Json& json) {
      out << json.dump() << '\n';
      ++count;
    };
    (void)for_each_vector(set.messages, {},
                          [&](const MessageVector& vector) { write(export_json(vector)); });
    for (const FrameVector& vector : set.frames) write(export_json(vector));
  });
  if (!is_written) return ExitStatus::kNotWritten;
  if (console.standard().error() == 0) print_note(fmt::format("{} vectors", count));
  return ExitStatus::kOk;
}

ExitStatus execute(const CheckVectorsCommand& options, Console& console) {
  VectorSet set;
  bool good = load(options.vectors, set);
  const ReferenceCodec codec;
  std::vector<Disagreement> found;
  const ExpansionCounts counts =
      for_each_vector(set.messages, {}, [&](const MessageVector& vector) {
        check_vector(vector, codec, found);
        check_annotation(vector, found);
      });
  for (const FrameVector& vector : set.frames) check_frames(vector, found);
  for (std::size_t i = 0; i < std::min(found.size(), kMaxShown); ++i) {
    print_error(found[i].id + ": " + found[i].message);
  }
  if (found.size() > kMaxShown) print_error(fmt::format("and {} more", found.size() - kMaxShown));
  // The scenarios are read, too.
  Catalogue catalogue;
  if (good) good = read_cases(options.vectors, {}, catalogue);
  good = good && found.empty();
  console.print(
      "message vectors  {} by hand, {} derived; {} that would repeat others are left out\n",
      counts.by_hand, counts.derived, counts.repeats);
  console.print("frame vectors    {}\n", set.frames.size());
  std::string cases;
  for (const Role role : kRoles) {
    cases += fmt::format("{}{} of {}s", cases.empty() ? "" : ", ",
                         std::ranges::count(catalogue.cases, role, &TestCase::role), name(role));
  }
  console.print("cases            {}\n", cases);
  console.print("{}\n", good ? fmt::format("all agree with {}", codec.name()) : "not right");
  return good ? ExitStatus::kOk : ExitStatus::kUsage;
}

}  // namespace wsapi
