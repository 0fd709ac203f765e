-- A provider adds seats to what a reseller of its partnerships has sold to a customer of both.
BEGIN;
SET LOCAL ROLE directory_owner;

-- Which subscription that is the reseller says: lists show a provider only what it has sold itself.
-- Named so that PostgreSQL, which goes in falling order, asks the cheaper ones first.
CREATE POLICY by_partnership ON directory.subscriptions FOR SELECT TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_relationships r
    JOIN relationship.published_partnerships p ON p.provider = r.partner
    WHERE r.partner = (SELECT common.account()) AND r.customer = subscriptions.customer
      AND r.type = 'PROVIDER' AND r.state = 'ACTIVE'
      AND p.reseller = subscriptions.partner AND p.state = 'ACTIVE'));
CREATE POLICY by_partnership_enlarged ON directory.subscriptions FOR UPDATE TO directory
  USING (EXISTS (
    SELECT FROM relationship.published_relationships r
    JOIN relationship.published_partnerships p ON p.provider = r.partner
    WHERE r.partner = (SELECT common.account()) AND r.customer = subscriptions.customer
      AND r.type = 'PROVIDER' AND r.state = 'ACTIVE'
      AND p.reseller = subscriptions.partner AND p.state = 'ACTIVE'));
COMMIT;
