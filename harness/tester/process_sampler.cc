// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/process_sampler.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

namespace wsapi {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

constexpr std::size_t kMaxFileSize = 16'384;  // bytes; what is read of a file in /proc is shorter
constexpr std::size_t kMaxThreads = 4096;     // of one process that are looked at
constexpr std::uint64_t kInstrumentedSize = 1ULL << 40U;  // bytes of addresses

// The beginning of the file; empty where it cannot be read.
std::string read_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  std::string out(kMaxFileSize, '\0');
  std::size_t size = 0;
  while (size < out.size()) {
    const ssize_t count = ::read(descriptor, out.data() + size, out.size() - size);
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
  out.resize(size);
  return out;
}

// The number at the beginning, blanks before it passed over; 0 where there is none.
std::uint64_t number_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// Of a file with lines such as "Pss_Anon:     116 kB".
std::optional<std::uint64_t> kilobytes_of(std::string_view file, std::string_view key) {
  std::string line_start = "\n";
  line_start.append(key).append(":");
  const std::size_t at = file.find(line_start);
  if (at == std::string_view::npos) return std::nullopt;
  return number_in(file.substr(at + line_start.size())) * 1024;
}

// Of the file `stat`. The name of the program stands in parentheses and may hold anything.
struct Stat {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t ticks = 0;  // user and system
  std::uint64_t address_space = 0;
};

std::optional<Stat> read_stat(const fs::path& process) {
  const std::string file = read_file(process / "stat");
  const std::size_t name_end = file.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  // Fields 3 and on of proc(5).
  std::array<std::string_view, 21> fields;
  std::string_view rest = std::string_view(file).substr(name_end + 2);
  for (std::string_view& field : fields) {
    field = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  }
  if (fields[0].empty()) return std::nullopt;
  return Stat{.state = fields[0].front(),
              .parent = static_cast<pid_t>(number_in(fields[1])),
              .ticks = number_in(fields[11]) + number_in(fields[12]),
              .address_space = number_in(fields[20])};
}

bool is_dead(const Stat& stat) { return stat.state == 'Z' || stat.state == 'X'; }

// The entries whose names are numbers, at most `limit`.
template <typename Visit>
void for_each_number(const fs::path& folder, std::size_t limit, Visit&& visit) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator() && limit > 0; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.empty() || name.front() < '0' || name.front() > '9') continue;
    visit(number_in(name));
    --limit;
  }
}

// Processor time and time on the run queue of all threads; std::nullopt where the system lacks it.
std::optional<microseconds> runnable_time_of(const fs::path& process, std::size_t& threads) {
  std::uint64_t nanoseconds = 0;
  bool is_told = false;
  for_each_number(process / "task", kMaxThreads, [&](std::uint64_t thread) {
    ++threads;
    const std::string file = read_file(process / "task" / std::to_string(thread) / "schedstat");
    if (file.empty()) return;
    is_told = true;
    nanoseconds += number_in(file);
    nanoseconds += number_in(std::string_view(file).substr(std::min(file.find(' '), file.size())));
  });
  if (!is_told) return std::nullopt;
  return microseconds(nanoseconds / 1000);
}

std::uint64_t resident_size_of(const fs::path& process) {
  const std::string rollup = read_file(process / "smaps_rollup");
  auto anonymous = kilobytes_of(rollup, "Pss_Anon");
  if (!anonymous) anonymous = kilobytes_of(rollup, "Anonymous");
  if (anonymous) return *anonymous + kilobytes_of(rollup, "SwapPss").value_or(0);
  // Without it, the counters of the kernel, which may lag by some pages.
  return kilobytes_of(read_file(process / "status"), "RssAnon").value_or(0);
}

// False where the process went meanwhile.
bool add(const fs::path& process, ProcessSample& sample) {
  const std::optional<Stat> stat = read_stat(process);
  if (!stat || is_dead(*stat)) return false;
  static const long kTicks = std::max(::sysconf(_SC_CLK_TCK), 1L);
  const microseconds cpu(stat->ticks * 1'000'000 / static_cast<std::uint64_t>(kTicks));
  sample.cpu_time += cpu;
  sample.runnable_time += runnable_time_of(process, sample.threads).value_or(cpu);
  sample.resident_size += resident_size_of(process);
  sample.peak_size += kilobytes_of(read_file(process / "status"), "VmHWM").value_or(0);
  for_each_number(process / "fd", SIZE_MAX, [&](std::uint64_t) { ++sample.descriptors; });
  sample.is_instrumented = sample.is_instrumented || stat->address_space > kInstrumentedSize;
  return true;
}

}  // namespace

std::vector<pid_t> ProcessSampler::tree() const {
  const std::optional<Stat> root = read_stat(proc_ / std::to_string(root_));
  if (!root || is_dead(*root)) return {};
  std::multimap<pid_t, pid_t> children;
  for_each_number(proc_, SIZE_MAX, [&](std::uint64_t number) {
    const std::optional<Stat> stat = read_stat(proc_ / std::to_string(number));
    if (stat && !is_dead(*stat)) children.emplace(stat->parent, static_cast<pid_t>(number));
  });
  std::vector<pid_t> out{root_};
  for (std::size_t i = 0; i < out.size() && out.size() < kMaxProcesses; ++i) {
    const auto [begin, end] = children.equal_range(out[i]);
    for (auto child = begin; child != end; ++child) {
      // Numbers may be given again while we look: no process is counted twice.
      if (std::ranges::find(out, child->second) == out.end()) out.push_back(child->second);
    }
  }
  if (out.size() > kMaxProcesses) out.resize(kMaxProcesses);
  return out;
}

std::optional<ProcessSample> ProcessSampler::sample() const {
  ProcessSample out;
  bool is_root_there = false;
  for (const pid_t process : tree()) {
    const bool is_there = add(proc_ / std::to_string(process), out);
    if (process == root_) is_root_there = is_there;
  }
  if (!is_root_there) return std::nullopt;
  return out;
}

}  // namespace wsapi
