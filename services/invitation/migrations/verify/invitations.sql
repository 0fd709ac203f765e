BEGIN;
SELECT partner, id, kind, mode, state, state_cause, hint_company_name, hint_email_address,
  hint_email_key, hint_domain, hint_account, hint_country, note, locale, channel, relationship_only,
  grant_roles, grant_duration_days, grant_auto_extend, agreement_version, max_uses, use_count, ttl,
  expire_time, generation, salt, key_id, secret_hash, subject, body_text, creator, issue_time,
  decline_reason, decided_by, decide_time, revision, create_time, update_time
FROM invitation.invitations WHERE false;
SELECT resource, from_state, to_state FROM invitation.transitions WHERE false;
ROLLBACK;
