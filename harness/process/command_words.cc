// SPDX-License-Identifier: Apache-2.0

#include "harness/process/command_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kShellCharacters = "|&;<>()$`";  // that mean something without quotes

bool contains(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Command split() && {
    while (command_.error.empty() && at_ < text_.size()) take(text_[at_++]);
    end_word();
    if (command_.error.empty()) take_environment();
    if (command_.error.empty() && command_.words.empty()) command_.error = "it names no program";
    return std::move(command_);
  }

 private:
  void take(char c) {
    if (contains(kBlanks, c)) {
      end_word();
    } else if (c == '\'' || c == '"') {
      take_quoted(c);
    } else if (c == '\\') {
      take_escaped();
    } else if (contains(kShellCharacters, c)) {
      command_.error = fmt::format(
          "'{}' means something to a shell only, and none runs here; put it into quotes, or write "
          "sh -c '...'",
          c);
    } else {
      add(c);
    }
  }

  void take_quoted(char quote) {
    is_word_ = true;
    while (at_ < text_.size() && text_[at_] != quote) {
      const bool escapes = quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() &&
                           contains("\"\\$`", text_[at_ + 1]);
      if (escapes) ++at_;
      add(text_[at_++]);
    }
    if (at_ == text_.size()) {
      command_.error = fmt::format("a {} quote is not closed", quote == '"' ? "double" : "single");
    }
    ++at_;
  }

  void take_escaped() {
    if (at_ == text_.size()) {
      command_.error = "it ends in a backslash";
    } else {
      add(text_[at_++]);
    }
  }

  void add(char c) {
    is_word_ = true;
    if (c == '\0') command_.error = "it holds a NUL";
    word_ += c;
  }

  void end_word() {
    if (!is_word_) return;
    is_word_ = false;
    command_.words.push_back(std::move(word_));
    word_.clear();
    if (command_.words.size() > kMaxCommandWords) {
      command_.error = fmt::format("it has more than {} words", kMaxCommandWords);
    }
  }

  static bool is_name(std::string_view text) {
    const auto is_letter = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    };
    const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, is_inner);
  }

  void take_environment() {
    std::size_t count = 0;
    for (const std::string& word : command_.words) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos || !is_name(std::string_view(word).substr(0, equals))) break;
      command_.environment.emplace_back(word.substr(0, equals), word.substr(equals + 1));
      ++count;
    }
    command_.words.erase(command_.words.begin(),
                         command_.words.begin() + static_cast<std::ptrdiff_t>(count));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool is_word_ = false;
  Command command_;
};

// The part of the address that a placeholder names; std::nullopt where it has none.
std::optional<std::string> part_of(const Address& address, std::string_view name) {
  if (name == "address") return to_string(address);
  if (name == "api") {
    return address.api.empty() ? std::nullopt : std::optional<std::string>(address.api);
  }
  if (const auto* const tcp = std::get_if<TcpPlace>(&address.place)) {
    if (name == "host") return tcp->host;
    if (name == "port") return std::to_string(tcp->port);
    return std::nullopt;
  }
  if (name != "path") return std::nullopt;
  if (const auto* const file = std::get_if<UnixPathPlace>(&address.place)) return file->path;
  return "@" + std::get<UnixAbstractPlace>(address.place).name;
}

constexpr std::array<std::string_view, 5> kPlaceholders{"address", "path", "host", "port", "api"};

}  // namespace

Command split_command(std::string_view text) {
  if (text.size() > kMaxCommandSize) {
    Command out;
    out.error = fmt::format("it has more than {} bytes", kMaxCommandSize);
    return out;
  }
  return Splitter(text).split();
}

std::string put_address(std::string& word, const Address& address) {
  std::string out;
  std::string_view rest = word;
  for (std::size_t open; (open = rest.find('{')) != std::string_view::npos;) {
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    if (std::ranges::find(kPlaceholders, name) == kPlaceholders.end()) {
      out.append(rest.substr(0, open + 1));
      rest.remove_prefix(open + 1);
      continue;
    }
    const auto part = part_of(address, name);
    if (!part) {
      return fmt::format("it asks for {{{}}}, which the address {} does not have", name,
                         printable(to_string(address)));
    }
    out.append(rest.substr(0, open)).append(*part);
    rest.remove_prefix(close + 1);
  }
  word = out.append(rest);
  return "";
}

}  // namespace wsapi
