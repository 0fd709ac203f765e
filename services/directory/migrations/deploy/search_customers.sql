-- A page by name in one statement also where names are searched; policies that cost less where the first
-- of them is enough. list_customers stays for the release that calls it.
BEGIN;
SET LOCAL ROLE directory_owner;

-- Of the first `among` customers of the partner's list whose names hold the text: the places behind
-- (after_key, after_customer), and whether there are more of them. For search_customers only, which
-- asks its wall first; `part` as in list_by_part_of_name.
CREATE FUNCTION directory.places_by_part_of_name(of_partner text, part text, after_key text,
                                                 after_customer text, most integer,
                                                 among integer, OUT keys text[],
                                                 OUT customers text[], OUT truncated boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
  SET enable_seqscan = off SET enable_bitmapscan = on SET enable_sort = on AS $$
BEGIN
  -- Planned for the text: how many names hold it decides which index is to be taken.
  EXECUTE 'WITH found AS MATERIALIZED (
             SELECT l.sort_key, l.customer FROM directory.partner_customers l
             WHERE l.partner = $1 AND l.listed AND l.folded_name LIKE $2
             ORDER BY l.sort_key, l.customer LIMIT $6 + 1)
           SELECT array_agg(page.sort_key), array_agg(page.customer),
             (SELECT count(*) FROM found) > $6
           FROM (SELECT looked_at.sort_key, looked_at.customer
                 FROM (SELECT * FROM found ORDER BY sort_key, customer LIMIT $6) AS looked_at
                 WHERE (looked_at.sort_key, looked_at.customer) > ($3 COLLATE "C", $4)
                 ORDER BY looked_at.sort_key, looked_at.customer LIMIT $5) AS page'
  INTO keys, customers, truncated
  USING of_partner, '%' || common.fold(part) || '%', after_key, after_customer, most, among;
END $$;
REVOKE ALL ON FUNCTION directory.places_by_part_of_name FROM PUBLIC;

-- Whether the transaction's account may see this partner's list: the wall of search_customers, which
-- reads as its owner. Without an account nobody's.
CREATE FUNCTION directory.may_see_list(of_partner text) RETURNS boolean
  LANGUAGE sql STABLE
  RETURN coalesce(common.account() IN (of_partner, 'operators'), false);
REVOKE ALL ON FUNCTION directory.may_see_list FROM PUBLIC;

-- As list_customers, of the customers whose names are asked for: `how` is ALL; WHOLE or BEGINNING, of
-- `value`; PART, that it is in them, escaped for LIKE. `value` is not yet folded. `truncated` says
-- the same in each row, if need be in one without a place: of PART only, see places_by_part_of_name. The plans do not know how few rows are
-- asked for: they are to take the index, which has them in order, and to look up what belongs to them.
-- It reads as its owner, which sees every row, and is the wall itself, as a published view is: policies
-- that look for an edge once more for each row cost a third of a page.
CREATE FUNCTION directory.search_customers(account text, of_partner text, how text, value text,
                                           after_key text, after_customer text, most integer,
                                           among integer)
  RETURNS TABLE (truncated boolean, key text, place text, name text, display_name text, country text,
                 contact_display_name text, contact_email_address text, contact_phone_number text,
                 registration_number text, channel text, correlation_id text, labels text[],
                 domains text[], edges text[], create_micros bigint, update_micros bigint,
                 revision bigint)
  LANGUAGE plpgsql SECURITY DEFINER ROWS 50
  SET search_path = pg_catalog SET enable_sort = off SET enable_seqscan = off
  SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
  SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  folded text COLLATE "C";
  -- Of a name, a list keeps so much in its order; nothing that begins so is behind the last one.
  beginning text COLLATE "C";
  last_one text COLLATE "C";
  from_key text COLLATE "C" := after_key;
  from_customer text := after_customer;
  found record;
BEGIN
  PERFORM set_config('partnerlink.account', account, true);
  IF NOT directory.may_see_list(of_partner) THEN
    RETURN;
  END IF;
  IF how = 'PART' THEN
    SELECT places.keys, places.customers, places.truncated INTO found
    FROM directory.places_by_part_of_name(of_partner, value, after_key, after_customer, most, among) AS places;
    IF found.keys IS NULL THEN
      -- That there are more than were looked at is said all the same.
      truncated := found.truncated;
      RETURN NEXT;
      RETURN;
    END IF;
    RETURN QUERY
      SELECT found.truncated, asked.key, asked.place, c.name, c.display_name, c.country,
        c.contact_display_name, c.contact_email_address, c.contact_phone_number,
        c.registration_number, p.channel, p.correlation_id,
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
      FROM unnest(found.keys, found.customers) WITH ORDINALITY AS asked (key, place, number)
      JOIN directory.partner_customers p ON p.partner = of_partner AND p.customer = asked.place
      -- It may have left the list since its place was found.
      LEFT JOIN directory.customers c ON c.name = asked.place AND p.listed
      ORDER BY asked.number;
    RETURN;
  END IF;
  folded := common.fold(value);
  beginning := left(folded, 60);
  last_one := beginning || CASE how WHEN 'WHOLE' THEN '' ELSE repeat(chr(1114111), 60) END;
  -- One place to start from: of two, the index might take the one further ahead.
  IF from_key < beginning THEN
    from_key := beginning;
    from_customer := '';
  END IF;
  RETURN QUERY
    SELECT false, p.sort_key, p.customer, c.name, c.display_name, c.country,
      c.contact_display_name, c.contact_email_address, c.contact_phone_number,
      c.registration_number, p.channel, p.correlation_id,
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
    FROM (SELECT l.sort_key, l.customer, l.channel, l.correlation_id, l.labels, l.revision
          FROM directory.partner_customers l
          WHERE l.partner = of_partner AND l.listed AND l.sort_key <= last_one
            AND (l.sort_key, l.customer) > (from_key, from_customer)
            AND starts_with(l.folded_name, folded) AND (how <> 'WHOLE' OR l.folded_name = folded)
          ORDER BY l.sort_key, l.customer LIMIT most) AS p
    LEFT JOIN directory.customers c ON c.name = p.customer
    ORDER BY p.sort_key, p.customer;
END $$;
REVOKE ALL ON FUNCTION directory.search_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.search_customers TO directory;

-- What a live edge does not show already. In functions, so that a statement that does not come to them
-- does not set up their plans each time, which cost more than the page.
CREATE FUNCTION directory.holds_grant(the_customer text) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT FROM relationship.published_grants g
                 WHERE g.partner = common.account() AND g.customer = the_customer);
END $$;
CREATE FUNCTION directory.has_just_created(the_customer text) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM directory.customers c
    WHERE c.name = the_customer AND c.creator = common.account() AND NOT EXISTS (
      SELECT FROM directory.edges e WHERE e.partner = common.account() AND e.customer = c.name));
END $$;
REVOKE ALL ON FUNCTION directory.holds_grant, directory.has_just_created FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.holds_grant, directory.has_just_created TO directory;
ALTER POLICY held_grant ON directory.customers USING (directory.holds_grant(name));
ALTER POLICY held_grant ON directory.domains USING (directory.holds_grant(customer));
ALTER POLICY just_created ON directory.domains USING (directory.has_just_created(customer));
COMMIT;
