// What the rooms of this service need from the process.
#pragma once

#include "common/paging/page_tokens.h"
#include "common/postgres/pool.h"

namespace partnerlink::directory {

struct Deps {
  postgres::Pool& pool;       // login `directory`
  postgres::Pool& work_pool;  // login `directory_worker`
  const paging::PageTokens& page_tokens;
};

}  // namespace partnerlink::directory
