// What the rooms of this service need from the process.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/paging/page_tokens.h"
#include "common/postgres/pool.h"
#include "common/region/regions.h"
#include "services/invitation/link/keys.h"

namespace partnerlink::invitation {

struct Deps {
  postgres::Pool& pool;       // login `invitation`
  postgres::Pool& work_pool;  // login `invitation_worker`
  const paging::PageTokens& page_tokens;
  const link::Keys& keys;
  const region::Regions& regions;
  std::string link_base;          // links are `link_base#token`
  std::string sign_up_url;        // where a company without an account goes; may be empty
  absl::Duration min_ttl;         // shortest life of an issued invitation
  int daily_issues;               // of one partner, in 24 hours
  int failed_presentations = 20;  // of wrong links by one caller, in a minute
  bool sends_mail = false;        // there is a mail server
};

}  // namespace partnerlink::invitation
