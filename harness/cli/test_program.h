// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: runs wsapi-conform as its users do, as a process of its own. Its output goes to files,
// so that no pipe can fill up; each wait has a limit, and a process is killed at the latest when
// its object goes.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace wsapi::testing {

using Words = std::vector<std::string>;

// Far beyond what is needed, as the tests run under sanitizers too.
inline constexpr std::chrono::seconds kLongest{100};

inline std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_whole(const std::filesystem::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::system_error(errno, std::generic_category(), path.string());
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A folder that is gone with its object.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "wsapi-program-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), name);
    }
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Where the standard output of a program goes.
enum class Standard : std::uint8_t {
  kFile,          // Program::out() reads it
  kFullDisk,      // /dev/full
  kReaderIsGone,  // a pipe that nobody reads any more
  kClosed,        // there is none
};

class Program {
 public:
  // Starts wsapi-conform with these arguments.
  explicit Program(const Words& arguments, const std::string& input = {},
                   Standard standard = Standard::kFile) {
    write_whole(folder_ / "in", input);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, 0, (folder_ / "in").c_str(), O_RDONLY, 0);
    write_whole(folder_ / "out", "");
    const int broken = broken_pipe();
    switch (standard) {
      case Standard::kFile:
        posix_spawn_file_actions_addopen(&actions, 1, (folder_ / "out").c_str(), kWrite, 0600);
        break;
      case Standard::kFullDisk:
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/full", O_WRONLY, 0);
        break;
      case Standard::kReaderIsGone: posix_spawn_file_actions_adddup2(&actions, broken, 1); break;
      case Standard::kClosed: posix_spawn_file_actions_addclose(&actions, 1); break;
    }
    posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "err").c_str(), kWrite, 0600);
    Words words = arguments;
    words.insert(words.begin(), "wsapi-conform");
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int error =
        ::posix_spawn(&pid_, WSAPI_PROGRAM, &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(broken);
    if (error != 0) throw std::system_error(error, std::generic_category(), WSAPI_PROGRAM);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (has_ended()) return;
    send_signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  void send_signal(int number) const { ::kill(pid_, number); }

  // Whether it has a handler for the signal.
  [[nodiscard]] bool catches(int number) const {
    const std::string status = read_whole("/proc/" + std::to_string(pid_) + "/status");
    const std::size_t at = status.find("SigCgt:");
    return at != std::string::npos &&
           (std::stoull(status.substr(at + 7), nullptr, 16) >> (number - 1) & 1U) != 0;
  }

  // The exit status; 128 and the number of the signal that ended it; -1 if it has not ended in
  // time, which fails the test.
  int wait(std::chrono::milliseconds limit = kLongest) {
    if (!within(limit, [&] { return has_ended(); })) {
      ADD_FAILURE() << "still running after " << limit.count() << " ms";
      return -1;
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }

  // Whether the text has come on standard output before the limit.
  bool wait_for_output(const std::string& text) {
    return wait_for([&] { return out().find(text) != std::string::npos; });
  }
  // Whether the condition has come true before the limit and the program's end.
  template <typename Condition>
  bool wait_for(Condition&& condition) {
    return within(kLongest, [&] { return condition() || has_ended(); }) && condition();
  }

  bool has_ended() {
    ended_ = ended_ || ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
  }

  [[nodiscard]] std::string out() const { return read_whole(folder_ / "out"); }
  [[nodiscard]] std::string err() const { return read_whole(folder_ / "err"); }

 private:
  template <typename Condition>
  static bool within(std::chrono::milliseconds limit, Condition&& condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  // The end to write to of a pipe whose other end is closed.
  static int broken_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
    ::close(ends[0]);
    return ends[1];
  }

  TempFolder folder_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

struct Ran {
  int status = -1;
  std::string out;
  std::string err;
};

// Runs it to its end.
inline Ran run(const Words& arguments, const std::string& input = {},
               Standard standard = Standard::kFile) {
  Program program(arguments, input, standard);
  const int status = program.wait();
  return {status, program.out(), program.err()};
}

inline std::ostream& operator<<(std::ostream& to, const Ran& ran) {
  return to << "status " << ran.status << "\n--- out\n"
            << ran.out.substr(0, 4000) << "\n--- err\n"
            << ran.err.substr(0, 4000);
}

// `wsapi-conform serve` as a process, ready to be spoken to.
class Server {
 public:
  explicit Server(const std::string& address, const Words& options = {})
      : program_(with(address, options)) {
    EXPECT_TRUE(program_.wait_for_output(")\n")) << program_.err();
    const std::string said = program_.out();
    std::smatch found;
    if (std::regex_search(said, found, std::regex("listening on (\\S+) \\("))) address_ = found[1];
  }

  [[nodiscard]] const std::string& address() const { return address_; }
  Program& program() { return program_; }

 private:
  static Words with(const std::string& address, const Words& options) {
    Words words{"serve", address};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  }

  Program program_;
  std::string address_;
};

// A name in the abstract name space of Unix sockets that no other test uses.
inline std::string free_address() {
  static int count = 0;
  return "unix:@wsapi-program-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

// The sums of a run, out of its last line.
struct Sums {
  std::size_t cases = 0;
  std::size_t pass = 0;
  std::size_t fail = 0;
  std::size_t should_fail = 0;
  std::size_t inconc = 0;
  std::size_t error = 0;
  std::size_t not_applicable = 0;
  std::size_t not_run = 0;
  bool found = false;

  bool operator==(const Sums&) const = default;
};

inline Sums sums_of(const std::string& out) {
  static const std::regex kLine(
      "(\\d+) cases?(?:, \\d+ times each)?: (\\d+) pass, (\\d+) fail, (\\d+) should-fail, "
      "(\\d+) inconc, (\\d+) error, (\\d+) not applicable(?:, (\\d+) not run)? \\(\\d+\\.\\d\\d "
      "s\\)");
  const std::vector<std::string> lines = lines_of(out);
  std::smatch found;
  if (lines.empty() || !std::regex_match(lines.back(), found, kLine)) return {};
  const auto number = [&](std::size_t i) {
    return found[i].matched ? std::stoul(found[i].str()) : 0;
  };
  return {number(1), number(2), number(3), number(4), number(5),
          number(6), number(7), number(8), true};
}

}  // namespace wsapi::testing
