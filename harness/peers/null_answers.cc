// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/null_answers.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/message.h"

namespace wsapi {
namespace {

using Bytes = std::span<const std::byte>;
using Output = std::vector<std::byte>;

void append(Output& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void append(Output& out, std::string_view text) { append(out, std::as_bytes(std::span(text))); }

// ---- Peers that do not look at what comes

class Silent : public NullAnswers {
 public:
  explicit Silent(const NullAnswersOptions&) {}
  bool answer(Bytes, Output&) override { return true; }
};

class Echo : public NullAnswers {
 public:
  explicit Echo(const NullAnswersOptions&) {}
  bool answer(Bytes input, Output& out) override { return append(out, input), true; }
};

class Noise : public NullAnswers {
 public:
  explicit Noise(const NullAnswersOptions& options) : random_(options.seed) {}
  bool answer(Bytes, Output& out) override {
    constexpr std::size_t kMaxSize = 64;
    for (std::size_t size = 1 + random_() % kMaxSize; size > 0; --size) {
      out.push_back(static_cast<std::byte>(random_() & 0xff));
    }
    return true;
  }

 private:
  std::mt19937_64 random_;
};

class Crash : public NullAnswers {
 public:
  explicit Crash(const NullAnswersOptions&) {}
  bool answer(Bytes, Output&) override { std::abort(); }
};

// ---- Peers that speak another protocol

// Sends a greeting, answers each read with one text, and goes on or closes.
class Foreign : public NullAnswers {
 public:
  Foreign(std::string_view greeting, std::string_view reply, bool goes_on)
      : greeting_(greeting), reply_(reply), goes_on_(goes_on) {}
  std::string_view greeting() const override { return greeting_; }
  bool answer(Bytes, Output& out) override { return append(out, reply_), goes_on_; }

 private:
  std::string_view greeting_;
  std::string_view reply_;
  bool goes_on_;
};

constexpr std::string_view kHttpBadRequest =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 22\r\n"
    "Connection: close\r\n\r\n<h1>Bad Request</h1>\r\n";
constexpr std::string_view kHttpUpgrade =
    "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
    "Sec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n";
// A fatal alert of TLS 1.2: protocol version.
constexpr std::string_view kTlsAlert{"\x15\x03\x03\x00\x02\x02\x46", 7};
constexpr std::string_view kSshGreeting = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n";
constexpr std::string_view kSshRefusal = "Invalid SSH identification string.\r\n";
constexpr std::string_view kTextGreeting = "220 mail.example.org ESMTP ready\r\n";
constexpr std::string_view kTextRefusal = "500 5.5.2 Error: bad syntax\r\n";

// A WebSocket server that insists on the opening handshake: it says so to a GET, and closes without
// a word where something else comes.
class WantsUpgrade : public NullAnswers {
 public:
  explicit WantsUpgrade(const NullAnswersOptions&) {}
  bool answer(Bytes input, Output& out) override {
    constexpr std::string_view kMethod = "GET ";
    const auto asked = std::as_bytes(std::span(kMethod));
    if (std::ranges::equal(input.first(std::min(input.size(), asked.size())), asked)) {
      append(out, kHttpUpgrade);
    }
    return false;
  }
};

// ---- Peers whose frames are right, and whose messages are not

class Framed : public NullAnswers {
 public:
  explicit Framed(const NullAnswersOptions& options) : revision_(options.revision) {}
  bool answer(Bytes input, Output& out) override {
    for (;;) {
      const FrameEvent event = decoder_.next(input);
      switch (event.kind) {
        case FrameEventKind::kNeedMore: return true;
        case FrameEventKind::kMessage: on_message(event.payload, out); break;
        case FrameEventKind::kPing: append(out, pong_frame(event.payload)); break;
        case FrameEventKind::kPong: break;
        case FrameEventKind::kClose: append(out, close_frame()); return false;
        case FrameEventKind::kViolation: return false;
      }
    }
  }

 protected:
  virtual void on_message(Bytes, Output&) {}

  template <WsapiMessage Message>
  [[nodiscard]] bool is(Bytes message) const {
    return has_operation_of<Message>(message, revision_);
  }
  [[nodiscard]] std::uint32_t id_of(Bytes message) const {
    return leading_id<Id>(message, revision_).value_or(0);
  }
  template <WsapiMessage Message>
  void send(const Message& message, Output& out) const {
    WriteBuf buffer;
    if (encode(message, revision_, buffer).ok()) append(out, gather(buffer.framed_parts()));
  }

 private:
  FrameDecoder decoder_;
  Revision revision_;
};

class Negotiates : public Framed {
 public:
  using Framed::Framed;

 protected:
  void on_message(Bytes message, Output& out) override {
    if (is<VersionOffer>(message)) send(VersionSet{}, out);
  }
};

class Yes : public Negotiates {
 public:
  using Negotiates::Negotiates;

 protected:
  void on_message(Bytes message, Output& out) override {
    Negotiates::on_message(message, out);
    if (is<Call>(message)) send(Reply{.call_id = id_of(message)}, out);
    if (is<Describe>(message)) send(Description{.description_id = id_of(message)}, out);
  }
};

class Refuses : public Negotiates {
 public:
  using Negotiates::Negotiates;

 protected:
  void on_message(Bytes message, Output& out) override {
    Negotiates::on_message(message, out);
    if (is<Call>(message)) send(Reply{.call_id = id_of(message), .error = "refused"}, out);
  }
};

// Right once: what it answered last is its answer to every further message.
class Repeats : public Refuses {
 public:
  using Refuses::Refuses;

 protected:
  void on_message(Bytes message, Output& out) override {
    if (has_answered_call_) return append(out, last_);
    last_.clear();
    Refuses::on_message(message, last_);
    has_answered_call_ = is<Call>(message);
    append(out, last_);
  }

 private:
  Output last_;
  bool has_answered_call_ = false;
};

template <typename Answers>
std::unique_ptr<NullAnswers> make(const NullAnswersOptions& options) {
  return std::make_unique<Answers>(options);
}

template <const std::string_view& kGreeting, const std::string_view& kReply, bool kGoesOn>
std::unique_ptr<NullAnswers> foreign(const NullAnswersOptions&) {
  return std::make_unique<Foreign>(kGreeting, kReply, kGoesOn);
}

constexpr std::string_view kNothing;

constexpr std::array<NullPeerRow, 15> kRows{{
    {"close", "accepts and closes at once", nullptr},
    {"silent", "accepts, reads all, never answers", make<Silent>},
    {"echo", "sends every octet back", make<Echo>},
    {"yes", "says yes to every offer, CALL and DESCRIBE, well-formed or not; frames are right",
     make<Yes>},
    {"frames", "frames, pings and closes are right; no message is answered", make<Framed>},
    {"negotiates", "answers VERSION SET to every offer, and nothing to any other message",
     make<Negotiates>},
    {"refuses", "negotiates, and answers an error to the id of every CALL, well-formed or not",
     make<Refuses>},
    {"repeats", "right up to its first REPLY, which it repeats for each further message",
     make<Repeats>},
    {"noise", "answers each read with random octets", make<Noise>},
    {"crash", "ends its own process by an abort when the first octets come", make<Crash>, true},
    {"http", "an HTTP server: 400 Bad Request, then closes",
     foreign<kNothing, kHttpBadRequest, false>},
    {"tls", "a TLS server: a fatal alert, then closes", foreign<kNothing, kTlsAlert, false>},
    {"ssh", "an SSH server: its identification, a refusal, then closes",
     foreign<kSshGreeting, kSshRefusal, false>},
    {"text", "a protocol of text lines: a greeting, and an error to each read",
     foreign<kTextGreeting, kTextRefusal, true>},
    {"upgrade", "wants the opening handshake: 426 to a GET, closes at anything else",
     make<WantsUpgrade>},
}};

}  // namespace

std::span<const NullPeerRow> null_peer_rows() { return kRows; }

}  // namespace wsapi
