// SPDX-License-Identifier: Apache-2.0

#include "harness/load/load_tally.h"

namespace wsapi {

std::string_view name(LoadError error) noexcept {
  switch (error) {
    case LoadError::kErrorReply: return "error_reply";
    case LoadError::kUnexpected: return "unexpected";
    case LoadError::kUndecodable: return "undecodable";
    case LoadError::kTimeout: return "timeout";
    case LoadError::kDisconnected: return "disconnected";
    case LoadError::kConnectionLost: return "connection_lost";
    case LoadError::kNotOpened: return "not_opened";
  }
  return "";
}

}  // namespace wsapi
