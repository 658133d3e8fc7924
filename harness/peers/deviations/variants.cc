// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/variants.h"

#include <iterator>

namespace wsapi {

const std::vector<Deviation>& variants() {
  static const std::vector<Deviation> kAll = [] {
    std::vector<Deviation> all;
    for (const auto part : {frame_variants, message_variants, behaviour_variants}) {
      std::vector<Deviation> rows = part();
      all.insert(all.end(), std::make_move_iterator(rows.begin()),
                 std::make_move_iterator(rows.end()));
    }
    return all;
  }();
  return kAll;
}

}  // namespace wsapi
