#include "common/outbox/change.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
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

std::string Changes::NextId() {
  return std::exchange(root_event_owed_, false) ? Root() : NewUuid();
}

void Changes::Record(const Change& change) {
  const std::string root = Root();
  const std::string id = NextId();
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

void Changes::RecordAll(const std::vector<Change>& changes) {
  if (changes.empty()) return;
  const std::string root = Root();
  std::vector<std::string> accounts, resources, causes, befores, afters, ids, events, targets,
      payloads;
  for (const Change& change : changes) {
    accounts.push_back(change.account);
    resources.push_back(change.resource);
    causes.push_back(change.cause);
    befores.push_back(change.before);
    afters.push_back(change.after);
    ids.push_back(NextId());
    events.push_back(change.event);
    targets.push_back(change.target);
    payloads.push_back(absl::StrCat("\\x", absl::BytesToHexString(change.payload)));
  }
  using postgres::ToTextArray;
  transaction_.RunLater(
      R"sql(
      WITH audited AS (
        INSERT INTO common.audit_entries (account, service, method, actor, actor_account, actor_roles,
          on_behalf_of, resource, decision, reason, cause, before, after, request_id)
        SELECT change.account, $1, $2, $3, $4, $5, $6, change.resource, 'ALLOWED', $7, change.cause,
          nullif(change.before, '')::jsonb, nullif(change.after, '')::jsonb, $8
        FROM unnest($10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
          AS change (account, resource, cause, before, after))
      INSERT INTO common.outbox (id, root, account, actor_account, service, event, resource, target,
        payload)
      SELECT change.id, $9, change.account, $4, $1, change.event, change.resource,
        nullif(change.target, ''), change.payload
      FROM unnest($15::uuid[], $10::text[], $16::text[], $11::text[], $17::text[], $18::bytea[])
        AS change (id, account, event, resource, target, payload))sql",
      actor_.service, actor_.method, actor_.subject, actor_.account,
      postgres::ToTextArray(actor_.roles), actor_.on_behalf_of, actor_.reason, actor_.request_id,
      root, ToTextArray(accounts), ToTextArray(resources), ToTextArray(causes),
      ToTextArray(befores), ToTextArray(afters), ToTextArray(ids), ToTextArray(events),
      ToTextArray(targets), ToTextArray(payloads));
}

}  // namespace partnerlink::outbox
