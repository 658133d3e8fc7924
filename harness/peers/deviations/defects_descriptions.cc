// SPDX-License-Identifier: Apache-2.0
//
// Descriptions.

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {

using namespace changes;

std::vector<Deviation> description_defects() {
  return {
      {"describe-not-answered", "descriptions-one-answer", "A DESCRIBE is not answered.",
       drop_in<Describe>(kAlways)},
      {"description-twice", "descriptions-one-answer", "A DESCRIBE is answered twice.",
       after_out<Description>([](Deviant& d, const Description& m) { d.pass_out(m); })},
      {"description-with-next-id", "descriptions-one-answer",
       "A DESCRIPTION has the id that follows that of the DESCRIBE.",
       edit_out<Description>([](Deviant& d, Description& m) {
         m.description_id = d.is_legacy() ? m.description_id + 1 : (m.description_id + 1) & 0xffff;
       })},
      {"description-id-high-octet-lost",
       "descriptions-one-answer",
       "A DESCRIPTION has only the lower eight bits of the id.",
       edit_out<Description>(
           [](Deviant&, Description& m) { m.description_id = m.description_id & 0xff; }),
       {"revisions", "revisions-2020-01", "revisions-2020-03", "messages-description"}},
      {"description-not-json",
       "descriptions-one-answer",
       "The description is no JSON.",
       edit_out<Description>(
           [](Deviant&, Description& m) { m.description.text = "openapi: 3.0.0"; }),
       {"messages-description", "primitives-object"}},
      {"description-array",
       "descriptions-one-answer",
       "The description is an array instead of an object.",
       edit_out<Description>([](Deviant&, Description& m) { m.description.text = "[]"; }),
       {"messages-description"}},
      {"description-cut",
       "descriptions-one-answer",
       "A description is cut after 256 octets.",
       edit_out<Description>([](Deviant&, Description& m) {
         m.description.text = m.description.text.substr(0, 256);
       }),
       {"messages-description", "primitives-object"}},
      {"description-empty",
       "primitives-object",
       "Where there is no description, the empty text is sent.",
       edit_out<Description>([](Deviant&, Description& m) { m.description.text = ""; }),
       {"messages-description", "descriptions-one-answer"}},
      {"description-width-of-2020-03",
       "revisions-2020-01",
       "The id of a DESCRIPTION has 16 bits, though all else is of 2020-01.",
       on_out<Description>([](Deviant& d, const Description&, OctetView octets) {
         Octets narrow(octets.begin(), octets.end());
         narrow.erase(narrow.begin() + 3, narrow.begin() + 5);
         d.pass_out(OctetView(narrow));
       }),
       {"revisions", "descriptions-one-answer", "messages-description"},
       DeviationRevisions::kOnly2020_01},
      {"description-width-of-2020-01",
       "revisions-2020-03",
       "The id of a DESCRIPTION has 32 bits, though all else is of 2020-03.",
       on_out<Description>([](Deviant& d, const Description&, OctetView octets) {
         Octets wide(octets.begin(), octets.end());
         wide.insert(wide.begin() + 3, 2, std::byte{0});
         d.pass_out(OctetView(wide));
       }),
       {"revisions", "descriptions-one-answer", "messages-description"},
       DeviationRevisions::kOnly2020_03},
      {"describe-is-call", "descriptions-one-answer",
       "A DESCRIBE is answered by a REPLY with the description as its data.",
       on_out<Description>([](Deviant& d, const Description& m, OctetView) {
         d.pass_out(Reply{.call_id = m.description_id, .data = m.description});
       })},
      {"describe-only-once", "descriptions-one-answer",
       "Only the first DESCRIBE of a connection is answered.",
       drop_in<Describe>([](Deviant& d, const Describe&) { return ++d.own.count > 1; })},
  };
}

}  // namespace wsapi
