-- Copies for pgbench: the same columns, checks and indexes, no row-level security, no triggers. The
-- indexes are made once the rows are there.
CREATE FUNCTION bench.columns(source regclass) RETURNS text
  LANGUAGE sql AS $$
    SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = source AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  $$;
CREATE FUNCTION bench.copy(source regclass) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE
  copied constant text := 'bench.' || (SELECT relname FROM pg_class WHERE oid = source);
  columns constant text := bench.columns(source);
  made text;
BEGIN
  EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES)', copied, source);
  EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s', copied, columns, source);
  FOR made IN
    SELECT coalesce('ALTER TABLE ' || copied || ' ADD ' || pg_get_constraintdef(c.oid),
                    replace(pg_get_indexdef(i.indexrelid), ' ON ' || source || ' ',
                            ' ON ' || copied || ' '))
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = source
    WHERE i.indrelid = source
  LOOP
    EXECUTE made;
  END LOOP;
END $$;

-- Writes rows into a file of the server's, as COPY reads them.
CREATE FUNCTION bench.write(source regclass, condition text, file text) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COPY (SELECT %s FROM %s WHERE %s) TO %L', bench.columns(source), source, condition,
                 file);
END $$;

SELECT FROM (VALUES ('relationship.partners'), ('relationship.relationships'),
  ('relationship.grants'), ('directory.customers'), ('directory.domains'), ('directory.edges'),
  ('directory.partner_customers'), ('directory.users'), ('invitation.agreement_texts'))
  AS sources (source), LATERAL bench.copy(source::regclass);

-- What a change leaves behind, empty.
SELECT FROM (VALUES ('invitation.redemptions'), ('invitation.redemption_relationships'),
  ('common.audit_entries'), ('common.outbox'), ('common.request_ids'))
  AS sources (source), LATERAL bench.copy(source::regclass);
-- Of the rows that are there it is known.
ALTER TABLE bench.domains ADD FOREIGN KEY (customer) REFERENCES bench.customers (name) NOT VALID;
ALTER TABLE bench.users ADD FOREIGN KEY (customer) REFERENCES bench.customers (name) NOT VALID;
ALTER TABLE bench.edges ADD FOREIGN KEY (customer) REFERENCES bench.customers (name) NOT VALID;
ALTER TABLE bench.partner_customers
  ADD FOREIGN KEY (customer) REFERENCES bench.customers (name) NOT VALID;
ALTER TABLE bench.relationships
  ADD FOREIGN KEY (partner) REFERENCES bench.partners (name) NOT VALID;
ALTER TABLE bench.grants ADD FOREIGN KEY (partner) REFERENCES bench.partners (name) NOT VALID;
ALTER TABLE bench.redemptions
  ADD FOREIGN KEY (partner, invitation) REFERENCES bench.invitations (partner, id);
ALTER TABLE bench.redemption_relationships
  ADD FOREIGN KEY (partner, invitation, redemption)
    REFERENCES bench.redemptions (partner, invitation, id);
-- What repeated_creation.sql finds.
INSERT INTO bench.request_ids (account, subject, method, request_id, request_hash, response, root_event)
VALUES ('partners/contoso', 'contoso-person',
  'partnerlink.invitation.v1.InvitationService/CreateInvitation',
  '01900000-0000-4000-8000-000000000000', sha256('a request'),
  convert_to(repeat('An answer of this length. ', 36), 'UTF8'), '01900000-0000-7000-a000-000000000000');
VACUUM ANALYZE;
CHECKPOINT;
