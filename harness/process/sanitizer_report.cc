// SPDX-License-Identifier: Apache-2.0

#include "harness/process/sanitizer_report.h"

#include <algorithm>
#include <array>
#include <optional>

#include "harness/process/fault_patterns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxDetail = 7000;  // bytes; FaultReport::detail has room for more
constexpr std::size_t kMaxLineSize = 240;
constexpr std::string_view kRuntimeError = "runtime error: ";

bool starts_report(std::string_view line) {
  const bool announces = line.find("ERROR: ") != std::string_view::npos ||
                         line.find("WARNING: ") != std::string_view::npos;
  return announces && line.find("Sanitizer: ") != std::string_view::npos;
}

bool starts_undefined_behaviour(std::string_view line) {
  return line.find(kRuntimeError) != std::string_view::npos;
}

// "    #0 0x55d0c0 in Table::find(int) /src/table.cc:12:5"
struct Frame {
  std::string function;  // without its parameters
  std::string place;     // the file's name and line, or the module's name; may be empty
};

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Up to the parameters: "Table::find(int) const" gives "Table::find". Names of operators, lambdas
// and anonymous namespaces hold parentheses of their own.
std::string name_of_function(std::string_view text) {
  constexpr std::string_view kCall = "operator()";
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  std::size_t at = 0;
  while (at < text.size() && text[at] != '(') {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(kCall)) {
      at += kCall.size();
    } else {
      ++at;
    }
    if (text.substr(std::min(at, text.size())).starts_with(kAnonymous)) at += kAnonymous.size();
  }
  if (at == 0 && text.starts_with(kAnonymous)) {
    return std::string(kAnonymous) + name_of_function(text.substr(kAnonymous.size()));
  }
  return std::string(without_blanks(text.substr(0, at)));
}

// "/src/table.cc:12:5" gives "table.cc:12"; "(/usr/bin/server+0x1234) (BuildId: ...)" gives
// "server".
std::string name_of_place(std::string_view text) {
  if (text.starts_with('(')) {
    text.remove_prefix(1);
    text = text.substr(0, text.find_first_of("+)"));
  }
  if (const std::size_t slash = text.rfind('/'); slash != std::string_view::npos) {
    text.remove_prefix(slash + 1);
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, text.find(':', colon + 1)));
}

std::optional<Frame> frame_of(std::string_view line) {
  line = without_blanks(line);
  if (!line.starts_with('#') || line.size() < 3 || line[1] < '0' || line[1] > '9') {
    return std::nullopt;
  }
  std::string_view rest = line.substr(std::min(line.find(' '), line.size()));
  rest = without_blanks(rest);
  if (rest.starts_with("0x")) {
    const std::size_t in = rest.find(" in ");
    // Without symbols: "#1 0x7f12  (/lib/libc.so.6+0x2724)"
    rest = in == std::string_view::npos ? rest.substr(std::min(rest.find(' '), rest.size()))
                                        : rest.substr(in + 4);
    rest = without_blanks(rest);
    if (in == std::string_view::npos) return Frame{"", name_of_place(rest)};
  }
  // The place is the last word, or begins with the last parenthesis that holds a path.
  std::size_t split = rest.rfind(" (/");
  if (split == std::string_view::npos) split = rest.rfind(" /");
  if (split == std::string_view::npos) split = rest.rfind(" <null>");
  if (split == std::string_view::npos) {
    const std::size_t last = rest.rfind(' ');
    const bool is_place = last != std::string_view::npos && rest.find(':', last) < rest.size();
    split = is_place ? last : rest.size();
  }
  return Frame{name_of_function(rest.substr(0, split)),
               split < rest.size() ? name_of_place(rest.substr(split + 1)) : ""};
}

// Functions of the sanitizers, and those of the C library that they stand in for.
bool is_of_runtime(const Frame& frame) {
  constexpr std::array<std::string_view, 8> kPrefixes{
      "__interceptor_", "__asan", "__sanitizer", "__ubsan", "__lsan", "__tsan", "__msan", "___"};
  constexpr std::array<std::string_view, 24> kNames{"malloc",
                                                    "calloc",
                                                    "realloc",
                                                    "free",
                                                    "operator new",
                                                    "operator new[]",
                                                    "operator delete",
                                                    "operator delete[]",
                                                    "memcpy",
                                                    "memmove",
                                                    "memset",
                                                    "memcmp",
                                                    "strlen",
                                                    "strcpy",
                                                    "strncpy",
                                                    "strcmp",
                                                    "strdup",
                                                    "strndup",
                                                    "read",
                                                    "write",
                                                    "raise",
                                                    "abort",
                                                    "pthread_create",
                                                    "pthread_mutex_lock"};
  return frame.function.empty() ||
         std::ranges::any_of(
             kPrefixes, [&](std::string_view one) { return frame.function.starts_with(one); }) ||
         std::ranges::find(kNames, frame.function) != kNames.end();
}

// What went wrong, in the report's words but for what changes from time to time.
std::string kind_of(std::string_view head) {
  if (const std::size_t at = head.find(kRuntimeError); at != std::string_view::npos) {
    const std::string_view text = head.substr(at + kRuntimeError.size());
    return stable_title(text.substr(0, text.find(": ")));
  }
  constexpr std::string_view kSanitizer = "Sanitizer: ";
  std::string_view text = head.substr(head.find(kSanitizer) + kSanitizer.size());
  if (text.starts_with("detected memory leaks")) return "memory leak";
  for (const std::string_view end : {" on address", " on unknown address", " on 0x", " (", ": "}) {
    text = text.substr(0, text.find(end));
  }
  return stable_title(text);
}

// Of a runtime error: "table.cc:12".
std::string place_of_error(std::string_view head) {
  const std::size_t end = head.find(kRuntimeError);
  if (end == std::string_view::npos) return "";
  return name_of_place(without_blanks(head.substr(0, end)));
}

std::string shown(std::string_view line) {
  const auto frame = frame_of(line);
  if (!frame) return printable(without_blanks(line), kMaxLineSize);
  const std::string_view number = without_blanks(line).substr(0, without_blanks(line).find(' '));
  std::string text = "  ";
  text.append(number).append(" ").append(frame->function.empty() ? "?" : frame->function);
  if (!frame->place.empty()) text.append(" ").append(frame->place);
  return printable(text, kMaxLineSize);
}

FaultReport report_of(const std::vector<std::string>& lines) {
  FaultReport out{.kind = FaultKind::kSanitizer, .title = kind_of(lines.front()), .detail = ""};
  std::optional<Frame> top;
  for (const std::string& line : lines) {
    const auto frame = frame_of(line);
    if (!top && frame && !is_of_runtime(*frame)) top = frame;
    if (out.detail.size() + line.size() > kMaxDetail || line.empty()) continue;
    out.detail.append(shown(line)) += '\n';
  }
  // The place of a runtime error is there at once, before the frames are.
  if (const std::string place = place_of_error(lines.front()); !place.empty()) {
    out.title += " at " + printable(place);
  } else if (top) {
    out.title += " in " + printable(top->function);
  }
  return out;
}

}  // namespace

bool SanitizerReports::feed(std::string_view line, std::vector<FaultReport>& out) {
  const bool starts_runtime_error = starts_undefined_behaviour(line);
  const bool ends = line.find("SUMMARY: ") != std::string_view::npos;
  if (is_within_report()) {
    const bool goes_on = !is_undefined_behaviour_ || ends || frame_of(line).has_value();
    if (goes_on && !starts_runtime_error && !starts_report(line)) {
      if (lines_.size() < kMaxLines || ends) lines_.emplace_back(line);
      if (ends) finish(out);
      return true;
    }
    finish(out);
  }
  if (!starts_runtime_error && !starts_report(line)) return false;
  is_undefined_behaviour_ = starts_runtime_error;
  lines_.emplace_back(line);
  return true;
}

void SanitizerReports::finish(std::vector<FaultReport>& out) {
  if (lines_.empty()) return;
  out.push_back(report_of(lines_));
  lines_.clear();
}

}  // namespace wsapi
