-- A page of a partner's customers by name, in one statement: the account comes first and is set for this
-- transaction only. Runs as its caller, behind the caller's walls.
BEGIN;
SET LOCAL ROLE directory_owner;

-- The page behind the place (after_key, after_customer), which are empty for the first page. A row per
-- place; without a customer where it has left the list a moment ago. The plan for the places does not
-- know how few are asked for: it is to take the index, which has them in order. For the same reason a
-- customer's edges are sorted by a text that no index has.
CREATE FUNCTION directory.list_customers(account text, of_partner text, after_key text,
                                         after_customer text, most integer)
  RETURNS TABLE (key text, place text, name text, display_name text, country text,
                 contact_display_name text, contact_email_address text, contact_phone_number text,
                 registration_number text, channel text, correlation_id text, labels text[],
                 domains text[], edges text[], create_micros bigint, update_micros bigint,
                 revision bigint)
  LANGUAGE plpgsql SECURITY INVOKER ROWS 50
  SET search_path = pg_catalog SET enable_sort = off SET enable_seqscan = off
  SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  keys text[];
  customers text[];
BEGIN
  PERFORM set_config('partnerlink.account', account, true);
  SELECT array_agg(page.sort_key), array_agg(page.customer) INTO keys, customers
  FROM (SELECT l.sort_key, l.customer FROM directory.partner_customers l
        WHERE l.partner = of_partner AND l.listed
          AND (l.sort_key, l.customer) > (after_key COLLATE "C", after_customer)
        ORDER BY l.sort_key, l.customer LIMIT most) AS page;
  RETURN QUERY
    SELECT asked.key, asked.place, c.name, c.display_name, c.country, c.contact_display_name,
      c.contact_email_address, c.contact_phone_number, c.registration_number, p.channel,
      p.correlation_id,
      ARRAY(SELECT ARRAY[label.key, label.value] FROM jsonb_each_text(p.labels) AS label
            ORDER BY label.key),
      ARRAY(SELECT ARRAY[d.name, d.verified::text] FROM directory.domains d
            WHERE d.customer = c.name ORDER BY d.name),
      ARRAY(SELECT ARRAY[e.relationship::text, e.type, e.partner, e.state] FROM directory.edges e
            WHERE e.customer = c.name AND e.state <> 'ENDED' AND e.partner = of_partner
            ORDER BY e.relationship::text),
      (extract(epoch FROM c.create_time) * 1000000)::bigint,
      (extract(epoch FROM c.update_time) * 1000000)::bigint,
      c.revision + p.revision
    FROM unnest(keys, customers) WITH ORDINALITY AS asked (key, place, number)
    JOIN directory.partner_customers p ON p.partner = of_partner AND p.customer = asked.place
    LEFT JOIN directory.customers c ON c.name = asked.place
    ORDER BY asked.number;
END $$;
REVOKE ALL ON FUNCTION directory.list_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.list_customers TO directory;
COMMIT;
