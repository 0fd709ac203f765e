BEGIN;
SELECT partner, invitation, id, customer, actor, accept_time, agreement_version, granted
FROM invitation.redemptions WHERE false;
SELECT partner, invitation, redemption, type, customer, edge_partner, relationship, state, reason
FROM invitation.redemption_relationships WHERE false;
ROLLBACK;
