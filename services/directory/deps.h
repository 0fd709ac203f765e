// What the rooms of this service need from the process.
#pragma once

#include "common/paging/page_tokens.h"
#include "common/postgres/pool.h"
#include "common/region/regions.h"

namespace partnerlink::directory {

struct Deps {
  postgres::Pool& pool;       // login `directory`
  postgres::Pool& work_pool;  // login `directory_worker`
  const paging::PageTokens& page_tokens;
  const region::Regions& regions;
};

}  // namespace partnerlink::directory
