// The links of the invitations that acceptances consume; pending_invitations.sql makes their rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "services/invitation/link/keys.h"

namespace partnerlink::bench {

class Links {
 public:
  // With the service's own keys; `first` is the number of the first invitation. None if the file
  // cannot be read.
  static std::optional<Links> FromFile(const std::string& link_key_file, uint64_t first);

  // What follows `#` in the link of an invitation, counted from the first.
  std::string TokenOf(uint64_t place) const;
  // What its row keeps of it, in hexadecimal digits.
  std::string StoredHashOf(uint64_t place) const;
  // The last 12 digits of its id.
  uint64_t NumberOf(uint64_t place) const { return first_ + place; }

 private:
  Links(invitation::link::Keys keys, uint64_t first) : keys_(std::move(keys)), first_(first) {}
  invitation::link::Token Derive(uint64_t place) const;

  invitation::link::Keys keys_;
  uint64_t first_;
};

}  // namespace partnerlink::bench
