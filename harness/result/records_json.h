// SPDX-License-Identifier: Apache-2.0
#pragma once

// The records of a run as lines of JSON (NDJSON): the header, a line for each case as it ends, and
// the end. README.md beside this file explains each field, vectors/schema/run-records.schema.json
// is their schema.

#include <cstddef>
#include <iosfwd>
#include <ostream>
#include <string>

#include "harness/result/run_records.h"

namespace wsapi {

// Version of the layout; it grows when a reader has to change.
inline constexpr int kRecordsVersion = 1;

// One line each, without its line feed.
[[nodiscard]] std::string to_line(const RunHeader& header);
[[nodiscard]] std::string to_line(const CaseRecord& record);
[[nodiscard]] std::string to_line(const RunEnd& end);

// Writes each line when there is something to tell, and flushes it.
class RecordsWriter : public RunObserver {
 public:
  // `out` must outlive the object.
  explicit RecordsWriter(std::ostream& out) : out_(out) {}
  void run_begins(const RunHeader& header) override { write(to_line(header)); }
  void case_ends(const CaseRecord& record) override { write(to_line(record)); }
  void run_ends(const RunEnd& end) override { write(to_line(end)); }

 private:
  void write(const std::string& line) { (out_ << line << '\n').flush(); }

  std::ostream& out_;
};

struct RecordsError {
  std::size_t line = 0;
  std::string message;
};

// Reads what RecordsWriter wrote. False, with an error, where anything in it is not as it must be:
// an unknown key or text, a wrong type, a member that is there twice, a case that the header does
// not list, values that contradict each other. A file that ends before the run did, even within a
// line, is read as far as it goes: the cases that are missing were not run.
[[nodiscard]] bool read_records(std::istream& in, RunRecords& records, RecordsError& error);

}  // namespace wsapi
