// SQL of a subscription's state now: the clock has ended one whose term is over before the sweep
// has. The row's table has the alias `s`.
#pragma once

#define PARTNERLINK_SUBSCRIPTION_STATE "directory.subscription_state(s.state, s.expire_time)"
#define PARTNERLINK_SUBSCRIPTION_IS_NOT_OVER \
  PARTNERLINK_SUBSCRIPTION_STATE " NOT IN ('CANCELLED', 'EXPIRED')"
