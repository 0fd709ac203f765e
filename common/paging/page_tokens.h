// The tokens that lead from a page of a list to the next. To the caller a token is opaque: where
// the page ended is encrypted, and it opens only for the query and the account it was sealed for.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace partnerlink::paging {

inline constexpr size_t kMinKeyBytes = 32;
inline constexpr size_t kMaxTokenCharacters = 512;
// A position that fits a token: the bytes of its values, and two more for each value.
inline constexpr size_t kMaxPositionBytes = 340;

// What must stay the same from page to page.
struct Query {
  std::string_view method;   // as in CallContext
  std::string_view account;  // of the caller, as in its token
  // All of the request but page_size and page_token: parent, filter, order_by. Its form is the
  // caller's; it must differ when one of them does, and when the meaning of a position changes.
  std::string_view text;
};

// Immutable: any thread may use it. Tokens open in every process that has the same key.
class PageTokens {
 public:
  // `key`: secret, at least kMinKeyBytes of it, otherwise std::invalid_argument is thrown. The keys
  // that are used are derived from it, so it may serve other purposes too.
  explicit PageTokens(std::string_view key);

  // A token of at most kMaxTokenCharacters, other at each call; `position` is the sort key of the
  // page's last row. A position beyond kMaxPositionBytes is cut at the end of its longest values,
  // between UTF-8 characters: the next page then repeats rows (ascending) or skips some
  // (descending). So a list sorts by what fits, such as `left(common.fold(display_name), 60)`.
  // Throws std::invalid_argument when empty values would not fit either.
  std::string Seal(const Query& query, const std::vector<std::string>& position) const;

  // The position that was sealed; none for the empty token, which asks for the first page.
  // PAGE_TOKEN_INVALID for any other text and for another query.
  absl::StatusOr<std::vector<std::string>> Open(const Query& query, std::string_view token) const;

 private:
  std::array<unsigned char, 32> key_;
};

}  // namespace partnerlink::paging
