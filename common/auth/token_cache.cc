#include "common/auth/token_cache.h"

#include <algorithm>
#include <utility>

namespace partnerlink::auth {
namespace {

constexpr size_t kMaxShards = 16;

}  // namespace

TokenCache::TokenCache(size_t capacity) : shards_(std::min(capacity, kMaxShards)) {
  if (!shards_.empty()) shard_capacity_ = capacity / shards_.size();
}

std::shared_ptr<const TokenClaims> TokenCache::Find(const TokenDigest& digest,
                                                    uint64_t generation) const {
  if (shards_.empty()) return nullptr;
  const Shard& shard = shards_[ShardOf(digest)];
  const std::lock_guard lock(shard.mutex);
  const auto entry = shard.entries.find(digest);
  if (entry == shard.entries.end() || entry->second.generation != generation) return nullptr;
  return entry->second.claims;
}

void TokenCache::Insert(const TokenDigest& digest, uint64_t generation,
                        std::shared_ptr<const TokenClaims> claims) {
  if (shards_.empty()) return;
  Shard& shard = shards_[ShardOf(digest)];
  const std::lock_guard lock(shard.mutex);
  Entry entry{generation, std::move(claims)};
  if (const auto known = shard.entries.find(digest); known != shard.entries.end()) {
    known->second = std::move(entry);
    return;
  }
  if (shard.order.size() < shard_capacity_) {
    shard.order.push_back(digest);
  } else {
    shard.entries.erase(shard.order[shard.oldest]);
    shard.order[shard.oldest] = digest;
    shard.oldest = (shard.oldest + 1) % shard_capacity_;
  }
  shard.entries.emplace(digest, std::move(entry));
}

size_t TokenCache::size() const {
  size_t size = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    size += shard.entries.size();
  }
  return size;
}

}  // namespace partnerlink::auth
