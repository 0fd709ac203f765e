// Remembers tokens that were verified, so that the same token is verified once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/auth/claims.h"

namespace partnerlink::auth {

// The SHA-256 of a token.
using TokenDigest = std::array<unsigned char, 32>;

// Any thread may use it. Holds at most `capacity` tokens, none for 0; the oldest of a shard makes
// room for the next. It does not look at times: the caller does, at each use.
class TokenCache {
 public:
  explicit TokenCache(size_t capacity);

  // Null unless the token was verified with the keys of this generation.
  std::shared_ptr<const TokenClaims> Find(const TokenDigest& digest, uint64_t generation) const;

  void Insert(const TokenDigest& digest, uint64_t generation,
              std::shared_ptr<const TokenClaims> claims);

  size_t size() const;

 private:
  struct Entry {
    uint64_t generation;
    std::shared_ptr<const TokenClaims> claims;
  };
  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<TokenDigest, Entry> entries;
    std::vector<TokenDigest> order;  // a ring, once it is full
    size_t oldest = 0;
  };

  size_t ShardOf(const TokenDigest& digest) const { return digest[0] % shards_.size(); }

  std::vector<Shard> shards_;
  size_t shard_capacity_ = 0;
};

}  // namespace partnerlink::auth
