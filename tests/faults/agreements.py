"""What must hold between tables, of one service and of several, once everything has arrived."""

from check import Check

AGREEMENTS = [
    Check(
        "an invitation is accepted as often as it was redeemed",
        """
        SELECT format('%s/invitations/%s: %s, used %s times, %s redemptions',
          i.partner, i.id, i.state, i.use_count, count(r.id))
        FROM invitation.invitations i
        FULL JOIN invitation.redemptions r ON r.partner = i.partner AND r.invitation = i.id
        GROUP BY i.partner, i.id, i.state, i.use_count
        HAVING i.id IS NULL OR count(r.id) <> i.use_count
          OR (i.state = 'ACCEPTED') <> (count(r.id) > 0)""",
        "DELETE FROM invitation.redemptions WHERE id = "
        "(SELECT id FROM invitation.redemptions LIMIT 1)"),
    Check(
        "every acceptance has what Relationship made of it",
        """
        SELECT format('%s/invitations/%s/redemptions/%s: %s', r.partner, r.invitation, r.id, CASE
          WHEN e.source IS NULL THEN 'Relationship does not know it'
          WHEN r.id IS NULL THEN 'Invitation does not know it'
          WHEN o.state IS DISTINCT FROM 'ACTIVE' THEN format('its relationship is %s', o.state)
          WHEN s.id IS NULL THEN 'its relationship is not there'
          ELSE 'its grant is not there' END)
        FROM invitation.redemptions r
        LEFT JOIN invitation.redemption_relationships o
          ON o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id
        FULL JOIN (SELECT source FROM relationship.establishments WHERE source LIKE 'partners/%') e
          ON e.source = r.partner || '/invitations/' || r.invitation || '/redemptions/' || r.id
        LEFT JOIN relationship.relationships s ON 'relationships/' || s.id = o.relationship
          AND s.partner = o.edge_partner AND s.customer = r.customer AND s.type = o.type
        LEFT JOIN relationship.grants g ON g.partner || '/grants/' || g.id = r.granted
          AND g.customer = r.customer
          AND g.invitation = r.partner || '/invitations/' || r.invitation
        WHERE e.source IS NULL OR r.id IS NULL OR o.state IS DISTINCT FROM 'ACTIVE'
          OR s.id IS NULL OR g.id IS NULL""",
        "DELETE FROM relationship.relationships WHERE id = "
        "(SELECT id FROM relationship.relationships WHERE origin = 'INVITATION' LIMIT 1)"),
    Check(
        "every customer that accepted a reseller and its provider has both",
        """
        SELECT format('%s by %s/invitations/%s: %s', r.customer, r.partner, r.invitation,
          array_agg(s.type))
        FROM invitation.invitations i
        JOIN invitation.redemptions r ON r.partner = i.partner AND r.invitation = i.id
        LEFT JOIN relationship.relationships s ON s.customer = r.customer
          AND s.source = r.partner || '/invitations/' || r.invitation || '/redemptions/' || r.id
          AND (s.type, s.partner, s.via_partner) IN (
            ('RESELLER', i.partner, ''), ('PROVIDER', i.provider, i.partner))
        WHERE i.kind = 'CUSTOMER_WITH_PROVIDER'
        GROUP BY r.customer, r.partner, r.invitation, r.id HAVING count(s) <> 2""",
        "DELETE FROM relationship.relationships WHERE id = "
        "(SELECT id FROM relationship.relationships WHERE via_partner <> '' LIMIT 1)"),
    Check(
        "every created customer has its administrator, its relationship and its delivery",
        """
        SELECT format('%s of %s: %s administrators, %s establishments, %s relationships, '
          '%s deliveries', name, creator, admins, establishments, relationships, deliveries)
        FROM (
          SELECT c.name, c.creator,
            (SELECT count(*) FROM directory.users u WHERE u.customer = c.name
               AND u.roles = '{global_admin}' AND u.xmin = (
                 SELECT a.xmin FROM common.audit_entries a
                 WHERE a.resource = c.name AND a.method LIKE '%/CreateCustomer'
                   AND a.decision = 'ALLOWED')) AS admins,
            (SELECT count(*) FROM relationship.establishments e WHERE e.source = c.name)
              AS establishments,
            (SELECT count(*) FROM relationship.relationships r WHERE r.source = c.name
               AND r.origin = 'CREATED' AND r.partner = c.creator AND r.customer = c.name)
              AS relationships,
            (SELECT count(*) FROM common.outbox o WHERE o.resource = c.name
               AND o.target = 'relationship' AND o.delivered_time IS NOT NULL) AS deliveries
          FROM directory.customers c WHERE c.creator <> '') created
        WHERE (admins, establishments, relationships, deliveries) <> (1, 1, 1, 1)""",
        "DELETE FROM directory.users WHERE ctid = (SELECT ctid FROM directory.users LIMIT 1)"),
    Check(
        "every list shows its customers' present names",
        """
        SELECT format('%s of %s: %s instead of %s', p.customer, p.partner, p.display_name,
          c.display_name)
        FROM directory.partner_customers p JOIN directory.customers c ON c.name = p.customer
        WHERE p.display_name <> c.display_name""",
        "UPDATE directory.partner_customers SET display_name = 'x' WHERE ctid = "
        "(SELECT ctid FROM directory.partner_customers LIMIT 1)"),
    Check(
        "every relationship and every grant comes from one acceptance, creation or draft",
        """
        WITH origins AS (
          SELECT NULL::uuid AS relationship, granted FROM invitation.redemptions
          UNION ALL
          SELECT s.id, NULL
          FROM invitation.redemptions r
          JOIN invitation.redemption_relationships o
            ON o.partner = r.partner AND o.invitation = r.invitation AND o.redemption = r.id
          JOIN relationship.relationships s ON 'relationships/' || s.id = o.relationship
            AND s.source = r.partner || '/invitations/' || r.invitation || '/redemptions/' || r.id
          UNION ALL
          SELECT s.id, g.partner || '/grants/' || g.id
          FROM directory.customers c
          JOIN relationship.relationships s ON s.partner = c.creator AND s.source = c.name
          LEFT JOIN relationship.grants g ON g.partner = c.creator AND g.customer = c.name
            AND g.invitation = '' AND g.request_time IS NULL AND g.state <> 'CREATED'
          UNION ALL
          SELECT NULL, resource FROM common.audit_entries
          WHERE decision = 'ALLOWED' AND method LIKE '%/CreateGrant')
        SELECT format('%s: %s origins', made.name, count(o))
        FROM (SELECT 'relationships/' || id AS name FROM relationship.relationships
              UNION ALL
              SELECT partner || '/grants/' || id FROM relationship.grants) made
        LEFT JOIN (SELECT 'relationships/' || relationship AS name FROM origins
                   UNION ALL
                   SELECT granted FROM origins) o USING (name)
        GROUP BY made.name HAVING count(o) <> 1""",
        "UPDATE invitation.redemptions SET granted = '' WHERE id = "
        "(SELECT id FROM invitation.redemptions LIMIT 1)"),
    Check(
        "a grant that was renewed ended where its renewal starts",
        """
        SELECT format('%s/grants/%s: %s until %s, its renewal %s from %s', o.partner, o.id, o.state,
          o.end_time, n.id, n.start_time)
        FROM relationship.grants o
        LEFT JOIN relationship.grants n ON n.partner = o.partner AND n.renews = o.id
          AND n.customer = o.customer AND n.start_time = o.end_time
        WHERE (o.end_cause = 'renewed') <> (n.id IS NOT NULL)""",
        "UPDATE relationship.grants SET end_time = end_time + interval '1 s' WHERE id = "
        "(SELECT id FROM relationship.grants WHERE end_cause = 'renewed' LIMIT 1)"),
    Check(
        "what a partner ended was attested to, by the same transaction, and only that",
        """
        SELECT format('relationships/%s: %s of transaction %s, attested to by %s', r.id, r.state,
          r.xmin, a.xmin)
        FROM relationship.relationships r
        FULL JOIN relationship.attestations a ON a.partner = r.partner AND a.relationship = r.id
        WHERE (CASE WHEN r.state = 'ENDED' AND r.ending_from IS NULL THEN r.xmin END)::text
          IS DISTINCT FROM a.xmin::text""",
        "DELETE FROM relationship.attestations WHERE ctid = "
        "(SELECT ctid FROM relationship.attestations LIMIT 1)"),
    Check(
        "what removals are to revoke was seen to",
        """
        SELECT format('%s of relationships/%s, due since %s', customer, relationship, due_time)
        FROM relationship.revocations WHERE done_time IS NULL AND due_time <= clock_timestamp()""",
        "UPDATE relationship.revocations SET done_time = NULL, outcome = '' WHERE relationship = "
        "(SELECT relationship FROM relationship.revocations LIMIT 1)"),
    Check(
        "a removal that revokes has left no grant in force",
        """
        SELECT format('%s/grants/%s: %s since %s, revoked %s: %s', g.partner, g.id, g.state,
          g.start_time, v.done_time, v.outcome)
        FROM relationship.revocations v
        JOIN relationship.grants g USING (partner, customer)
        WHERE g.state = 'ACTIVE' AND g.start_time < v.due_time""",
        "UPDATE relationship.grants SET state = 'ACTIVE' WHERE id = (SELECT id "
        "FROM relationship.grants WHERE end_cause = 'removal' AND renews IS NULL LIMIT 1)"),
    Check(
        "no grant was revoked but by a removal",
        """
        SELECT format('%s/grants/%s, ended %s', g.partner, g.id, g.end_time)
        FROM relationship.grants g
        WHERE g.end_cause = 'removal' AND NOT EXISTS (
          SELECT FROM relationship.revocations v WHERE v.partner = g.partner
            AND v.customer = g.customer AND v.outcome = 'DONE' AND v.due_time <= g.end_time)""",
        "UPDATE relationship.revocations SET outcome = 'STILL_RELATED' WHERE (partner, customer) = "
        "(SELECT partner, customer FROM relationship.grants WHERE end_cause = 'removal' LIMIT 1)"),
    Check(
        "Invitation knows every notice to a customer whose address is known, and no other",
        """
        SELECT format('%s of %s: %s', n.kind, n.resource, CASE
          WHEN n.id IS NULL THEN 'Invitation tells what nobody has asked for'
          WHEN i.id IS NULL THEN 'Invitation does not know it'
          ELSE 'its address is not the customer''s' END)
        FROM relationship.notices n
        LEFT JOIN directory.customers c ON c.name = n.customer
        FULL JOIN invitation.notices i ON i.id = n.id
        WHERE n.id IS NULL OR (i.id IS NULL) <> (c.contact_email_address = '')
          OR i.recipient <> c.contact_email_address""",
        "DELETE FROM invitation.notices WHERE id = (SELECT id FROM invitation.notices LIMIT 1)"),
    Check(
        "every notice was passed on",
        """
        SELECT format('%s of %s since %s', kind, resource, create_time)
        FROM relationship.notices WHERE done_time IS NULL""",
        "UPDATE relationship.notices SET done_time = NULL, outcome = '' WHERE id = "
        "(SELECT id FROM relationship.notices LIMIT 1)"),
    Check(
        "every subscription is over that was sold through what its partner ended",
        """
        SELECT format('%s/subscriptions/%s: %s, relationships/%s: %s', s.customer, s.id, s.state,
          s.relationship, r.state)
        FROM directory.subscriptions s
        LEFT JOIN relationship.relationships r ON r.partner = s.partner AND r.id = s.relationship
          AND r.customer = s.customer
        WHERE r.id IS NULL OR (s.state IN ('ACTIVE', 'SUSPENDED') AND r.state = 'ENDED'
          AND r.ending_from IS NULL)""",
        "UPDATE relationship.relationships SET state = 'ENDED', effective_end_time = now(), "
        "ending_from = NULL WHERE id = "
        "(SELECT relationship FROM directory.subscriptions WHERE state = 'ACTIVE' LIMIT 1)"),
    Check(
        "every subscription has the seats of its history, and the history those of its orders' lines",
        """
        SELECT format('%s/subscriptions/%s: %s seats of revision %s, %s by %s changes; %s ordered, %s by lines',
          s.customer, s.id, s.quantity, s.revision, h.seats, h.changes, h.ordered, o.seats)
        FROM directory.subscriptions s
        CROSS JOIN LATERAL (
          SELECT count(*) AS changes, sum(c.new_quantity - coalesce(c.old_quantity, 0)) AS seats,
            sum(c.new_quantity - coalesce(c.old_quantity, 0))
              FILTER (WHERE c.kind IN ('CREATED', 'SEATS_ADDED')) AS ordered
          FROM directory.subscription_changes c
          WHERE c.customer = s.customer AND c.subscription = s.id) h
        CROSS JOIN LATERAL (
          SELECT sum(l.quantity) AS seats FROM directory.order_lines l
          JOIN directory.orders o ON o.customer = l.customer AND o.id = l.order_id
          WHERE l.customer = s.customer AND l.subscription = s.id AND l.offer = s.offer) o
        WHERE (s.revision, s.quantity, h.ordered) IS DISTINCT FROM (h.changes, h.seats, o.seats)""",
        "UPDATE directory.subscriptions SET quantity = quantity + 1 WHERE id = "
        "(SELECT id FROM directory.subscriptions LIMIT 1)"),
    Check(
        "every subscription counts its licences, has a seat for each, and each is of a user",
        """
        SELECT format('%s/subscriptions/%s: %s of %s seats assigned, %s licences, %s of users',
          s.customer, s.id, s.assigned, s.quantity, count(a), count(u))
        FROM directory.subscriptions s
        LEFT JOIN directory.license_assignments a
          ON a.customer = s.customer AND a.subscription = s.id
        LEFT JOIN directory.users u
          ON u.customer = a.customer AND u.id = a.user_id AND u.state = 'ACTIVE'
        GROUP BY s.customer, s.id, s.assigned, s.quantity
        HAVING s.assigned <> count(a) OR count(a) > s.quantity OR count(a) <> count(u)""",
        "DELETE FROM directory.license_assignments WHERE ctid = "
        "(SELECT ctid FROM directory.license_assignments LIMIT 1)"),
    Check(
        "every change of a subscription begins where the one before has ended, and the last with what is",
        """
        SELECT format('%s/subscriptions/%s: change %s from %s %s', c.customer, c.subscription,
          c.revision, c.old_quantity, c.old_state)
        FROM directory.subscription_changes c
        LEFT JOIN directory.subscription_changes b ON b.customer = c.customer
          AND b.subscription = c.subscription AND b.revision = c.revision - 1
        JOIN directory.subscriptions s ON s.customer = c.customer AND s.id = c.subscription
        WHERE (c.old_quantity, c.old_state, c.old_auto_renew, c.old_relationship)
            IS DISTINCT FROM (b.new_quantity, b.new_state, b.new_auto_renew, b.new_relationship)
          OR c.revision = s.revision AND (c.new_quantity, c.new_state, c.new_auto_renew,
            c.new_relationship) IS DISTINCT FROM (s.quantity, s.state, s.auto_renew, s.relationship)""",
        "UPDATE directory.subscription_changes SET new_quantity = new_quantity + 1 WHERE id = "
        "(SELECT id FROM directory.subscription_changes LIMIT 1)"),
    Check(
        "a subscription has gone to another partner by each transfer that was agreed to, and by no other",
        """
        SELECT format('%s/subscriptions/%s: change %s, %s/transfers/%s', coalesce(c.customer, t.customer),
          coalesce(c.subscription, t.subscription), c.revision, t.partner, t.id)
        FROM (SELECT c.*, c.xmin FROM directory.subscription_changes c WHERE kind = 'TRANSFERRED'
                OR old_relationship <> new_relationship) c
        FULL JOIN (SELECT t.*, t.xmin FROM directory.transfers t WHERE state = 'ACCEPTED') t
          ON c.cause = t.partner || '/transfers/' || t.id AND c.customer = t.customer
            AND c.subscription = t.subscription AND c.old_relationship = t.releasing_relationship
            AND c.new_relationship = t.relationship AND c.xmin = t.xmin
        WHERE c.id IS NULL OR t.id IS NULL""",
        "UPDATE directory.transfers SET state = 'ACCEPTED' WHERE id = "
        "(SELECT id FROM directory.transfers WHERE state <> 'ACCEPTED' LIMIT 1)"),
    Check(
        "every order was written with its lines",
        """
        SELECT format('%s/orders/%s of transaction %s: %s lines of transactions %s', o.customer,
          o.id, o.xmin, count(l), array_agg(DISTINCT l.xmin::text))
        FROM directory.orders o
        LEFT JOIN directory.order_lines l ON l.customer = o.customer AND l.order_id = o.id
        GROUP BY o.customer, o.id, o.xmin
        HAVING count(l) = 0 OR bool_or(l.xmin <> o.xmin)""",
        "DELETE FROM directory.order_lines WHERE order_id = "
        "(SELECT order_id FROM directory.order_lines LIMIT 1)"),
    Check(
        "Directory knows every relationship as it is",
        """
        SELECT format('relationships/%s: %s r%s, in Directory %s r%s',
          coalesce(r.id, e.relationship), r.state, r.revision, e.state, e.revision)
        FROM relationship.relationships r
        FULL JOIN directory.edges e ON e.relationship = r.id
        WHERE (r.partner, r.customer, r.type, r.state, r.revision)
          IS DISTINCT FROM (e.partner, e.customer, e.type, e.state, e.revision)""",
        "DELETE FROM directory.edges WHERE ctid = (SELECT ctid FROM directory.edges LIMIT 1)"),
    Check(
        "the partners' lists equal a rebuild from the relationships",
        """
        SELECT format('%s of %s: listed %s as %s, should be %s as %s', customer, partner,
          p.listed, p.types, w.listed, w.types)
        FROM (SELECT partner, customer, listed, types FROM directory.partner_customers) p
        FULL JOIN (
          SELECT partner, customer, bool_or(state <> 'ENDED') AS listed,
            coalesce(array_agg(DISTINCT type ORDER BY type) FILTER (WHERE state <> 'ENDED'), '{}')
              AS types
          FROM relationship.relationships GROUP BY partner, customer) w USING (partner, customer)
        WHERE (p.listed, p.types) IS DISTINCT FROM (w.listed, w.types)""",
        "UPDATE directory.partner_customers SET listed = false WHERE ctid = "
        "(SELECT ctid FROM directory.partner_customers WHERE listed LIMIT 1)"),
    Check(
        "every row of a partner's list was written with its audit row",
        """
        SELECT format('%s of %s', p.customer, p.partner)
        FROM directory.partner_customers p
        -- A change of the customer's name, which the rows of all its lists follow, is the customer's.
        LEFT JOIN common.audit_entries a ON a.service = 'directory'
          AND a.account IN (p.partner, p.customer) AND a.resource = p.customer AND a.xmin = p.xmin
        WHERE a.id IS NULL""",
        "UPDATE directory.partner_customers SET channel = channel WHERE ctid = "
        "(SELECT ctid FROM directory.partner_customers LIMIT 1)"),
    Check(
        "every labelling of a customer has its audit row",
        """
        SELECT format('%s of %s: revision %s, %s audit rows', p.customer, p.partner, p.revision,
          coalesce(a.count, 0))
        FROM directory.partner_customers p
        LEFT JOIN (SELECT account AS partner, resource AS customer, count(*)
                   FROM common.audit_entries
                   WHERE decision = 'ALLOWED' AND method LIKE '%/SetCustomerLabels' GROUP BY 1, 2) a
          USING (partner, customer)
        WHERE p.revision <> coalesce(a.count, 0)""",
        "UPDATE directory.partner_customers SET revision = revision + 1 WHERE ctid = "
        "(SELECT ctid FROM directory.partner_customers LIMIT 1)"),
]
