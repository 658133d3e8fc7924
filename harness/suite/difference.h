// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a message differs from what was expected of it.

#include <string>

namespace wsapi {

struct Difference {
  // A JSON pointer into the message's JSON form: "/error". After "#" it goes on inside the JSON
  // text that the field holds: "/data#/creds/uid".
  std::string path;
  // JSON in printable ASCII, of bounded size; "nothing" where there is no such member.
  std::string expected;
  std::string received;

  bool operator==(const Difference&) const = default;
};

}  // namespace wsapi
