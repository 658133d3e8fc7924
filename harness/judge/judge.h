// SPDX-License-Identifier: Apache-2.0
#pragma once

// Recorded traffic against the rules.

#include <span>

#include "harness/judge/judgement.h"

namespace wsapi::recorded {

// All that the recording allows to say of a row: the rules that can be seen on the wire, the end of
// the connection, and, where the row has what they need, the two below.
[[nodiscard]] Judgement judge(const Row& row);

// The same of many rows.
[[nodiscard]] Judgement judge_all(std::span<const Row> rows);

// What the binder did as a server with each message, and the fields `outcome` and `sentinel`.
[[nodiscard]] Judgement judge_server(const Row& row);

// What the binder did as a client whose caller has sent requests in the same revision to be passed
// on, and has got the answers: rows without `order`, of one connection.
[[nodiscard]] Judgement judge_client(const Row& row);

// What the caller of a client's API was told of the answers to the calls that it had asked for:
// rows of clients with `order`.
[[nodiscard]] Judgement judge_caller(const Row& row);

// The wire rules of the codec on all connections of the row. Where there is no `order`, what was
// sent is taken to have passed before what was received: this blames the recorder, whose faults do
// not count, and never the binder for an answer that came too soon. A rule that is broken several
// times in a row is one finding.
[[nodiscard]] Judgement judge_wire(const Row& row);

// Whether the connection went on or ended as what was sent to the client asks for, and whether the
// sentinel was answered: rows of clients with `order`.
[[nodiscard]] Judgement judge_end(const Row& row);

}  // namespace wsapi::recorded
