// What the rooms of this service need from the process.
#pragma once

#include "common/paging/page_tokens.h"
#include "common/postgres/pool.h"
#include "common/region/regions.h"

namespace partnerlink::relationship {

struct Deps {
  postgres::Pool& pool;       // login `relationship`
  postgres::Pool& work_pool;  // login `relationship_worker`
  const paging::PageTokens& page_tokens;
  const region::Regions& regions;
};

}  // namespace partnerlink::relationship
