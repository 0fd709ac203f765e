// Who calls.
#pragma once

namespace partnerlink::bench {

// One by whom it stands in the file of tokens, or the rival of that one.
enum class Caller { kOwn, kRival };

}  // namespace partnerlink::bench
