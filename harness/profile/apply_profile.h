// SPDX-License-Identifier: Apache-2.0
#pragma once

// The scripts of cases speak of the verbs of the test API; an implementation may have others that
// do the same. Here a script becomes one that calls those: the interpreter knows nothing of it.
//
// In the template of arguments, "$args" stands for the arguments of the test API's verb and "$NAME"
// for their member of that name; in the template of the reply, "$data" stands for what the test
// API's verb replies, "$NAME" for its member, and "$any" for what may be anything. A member that
// is not there is null in arguments and anything in replies.

#include "harness/profile/profile.h"
#include "harness/suite/test_case.h"

namespace wsapi {

// The case as it is for that implementation. Where the arguments or the reply of a call are given
// letter by letter, or a procedure makes the calls, and the profile would have to change them, it
// gets a requirement that nothing meets, "verb:echo:as-it-is".
[[nodiscard]] TestCase apply_profile(const TestCase& test_case, const Profile& profile);

}  // namespace wsapi
