BEGIN;
SELECT name, display_name, types, country, partner_number, state, provider_consent, on_removal,
  revoke_after_days, removal_notice, end_notice_days, revision, create_time, update_time
FROM relationship.partners WHERE false;
ROLLBACK;
