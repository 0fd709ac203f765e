#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

void InsertFirstAdmin(postgres::Transaction& transaction, const std::string& customer,
                      const v1::User& user) {
  transaction.Run(
      R"sql(INSERT INTO directory.users (customer, user_principal_name, given_name, family_name,
              display_name, roles)
            VALUES ($1, $2, $3, $4, $5, ARRAY['global_admin']))sql",
      customer, user.user_principal_name(), user.given_name(), user.family_name(),
      user.display_name());
}

int32_t Count(postgres::Transaction& transaction, const std::string& customer) {
  return transaction
      .Run("SELECT count(*)::integer FROM directory.users WHERE customer = $1", customer)[0][0]
      .as<int32_t>();
}

}  // namespace partnerlink::directory::users
