#include "common/outbox/change.h"

#include <algorithm>

#include "common/identifier/uuid.h"
#include "common/postgres/text_array.h"

namespace partnerlink::outbox {

Actor ActorOf(const CallContext& context) {
  Actor actor;
  // `partnerlink.invitation.v1.InvitationService/CreateInvitation` belongs to `invitation`.
  const size_t start = context.method.find('.') + 1;
  actor.service = context.method.substr(start, context.method.find('.', start) - start);
  actor.method = context.method;
  actor.subject = context.principal.subject;
  actor.account = context.principal.account;
  actor.roles = context.principal.roles;
  actor.reason = context.operator_reason;
  actor.request_id = context.request_id;
  return actor;
}

const std::string& Changes::Root() {
  if (actor_.root.empty()) actor_.root = NewUuid();
  return actor_.root;
}

void Changes::Record(const Change& change) {
  const std::string root = Root();
  const std::string id = root_event_owed_ ? root : NewUuid();
  root_event_owed_ = false;
  const auto json = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  transaction_.RunLater(
      R"sql(
      WITH audited AS (
        INSERT INTO common.audit_entries (account, service, method, actor, actor_account, actor_roles,
          on_behalf_of, resource, decision, reason, cause, before, after, request_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ALLOWED', $9, $10, $11::jsonb, $12::jsonb, $13))
      INSERT INTO common.outbox (id, root, account, actor_account, service, event, resource, target,
        payload)
      VALUES ($14, $15, $1, $5, $2, $16, $8, nullif($17, ''), $18))sql",
      change.account, actor_.service, actor_.method, actor_.subject, actor_.account,
      postgres::ToTextArray(actor_.roles), actor_.on_behalf_of, change.resource, actor_.reason,
      change.cause, json(change.before), json(change.after), actor_.request_id, id, root,
      change.event, change.target, pqxx::binarystring(change.payload));
}

}  // namespace partnerlink::outbox
