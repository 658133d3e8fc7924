// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the program writes, to standard output or to a file: nothing throws and nothing is lost
// silently. The first error is kept, and what is written after it is dropped.

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace wsapi {

class Output {
 public:
  // Writes to a descriptor, which stays open; -1 drops everything with EBADF.
  explicit Output(int descriptor) : buffer_(descriptor), stream_(&buffer_) {}

  void write(std::string_view text) { buffer_.append(text); }
  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  // The same as a stream, for those who want one.
  [[nodiscard]] std::ostream& stream() noexcept { return stream_; }

  // Hands what is buffered to the system.
  void flush() { (void)buffer_.pubsync(); }

  // The error number of the first write that failed; 0 where none has.
  [[nodiscard]] int error() const noexcept { return buffer_.error(); }
  // Nobody wants it any more: the reader of a pipe has gone, or the descriptor was closed before
  // the program began. No reason to complain.
  [[nodiscard]] bool is_closed() const noexcept;
  // Anything else, such as a full disk.
  [[nodiscard]] bool has_failed() const noexcept { return error() != 0 && !is_closed(); }

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(int descriptor) : descriptor_(descriptor) {}
    void append(std::string_view text);
    [[nodiscard]] int error() const noexcept { return error_; }

   protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

   private:
    void write_out(std::string_view text);

    int descriptor_;
    int error_ = 0;
    std::string pending_;
  };

  Buffer buffer_;
  std::ostream stream_;
};

}  // namespace wsapi
