// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/defects.h"

#include <iterator>

namespace wsapi {

const std::vector<Deviation>& defects() {
  static const std::vector<Deviation> kAll = [] {
    std::vector<Deviation> all;
    for (const auto part :
         {frame_defects, violation_defects, piece_defects, control_defects, negotiation_defects,
          call_defects, description_defects, decoder_defects, session_defects, event_defects,
          push_defects, broadcast_defects, connection_defects, process_defects}) {
      std::vector<Deviation> rows = part();
      all.insert(all.end(), std::make_move_iterator(rows.begin()),
                 std::make_move_iterator(rows.end()));
    }
    return all;
  }();
  return kAll;
}

}  // namespace wsapi
