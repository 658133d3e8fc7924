// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/clause_list.h"

#include <algorithm>
#include <utility>

#include "harness/suite/json_bytes.h"
#include "harness/suite/json_reader.h"
#include "harness/suite/vectors.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxClauses = 1000;

Clause read_one(const JsonPlace& place) {
  Clause out;
  ObjectReader in(place);
  out.anchor = in.required("anchor", read_clause);
  out.level = in.optional("level", [](const JsonPlace& p) { return read_enum<Level>(p, kLevels); });
  out.side = in.required("side",
                         [](const JsonPlace& p) { return read_enum<ClauseSide>(p, kClauseSides); });
  out.text = in.required("text", read_sentence);
  in.finish();
  if ((out.side == ClauseSide::kNone) == out.level.has_value()) {
    place.error("a rule that somebody keeps has a level, and no other");
  }
  return out;
}

}  // namespace

std::vector<Clause> load_clauses(const std::filesystem::path& vectors_folder,
                                 std::vector<FileError>& errors) {
  const std::string path = (vectors_folder / "clauses.json").string();
  nlohmann::json file = read_json_file(path, errors);
  std::vector<Clause> out;
  if (file.is_null()) return out;
  JsonSource source{path, errors};
  const JsonPlace root(file, source);
  ObjectReader in(root);
  (void)in.required("$schema", read_exactly("schema/clauses.schema.json"));
  (void)in.required("kind", read_exactly("clauses"));
  (void)in.required("about", read_sentence);
  out = in.required("clauses",
                    [](const JsonPlace& p) { return read_list(p, 1, kMaxClauses, read_one); });
  in.finish();
  return out;
}

}  // namespace wsapi
