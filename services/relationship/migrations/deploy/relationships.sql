-- Relationships: edges partner → customer, and what was attested when one was removed.
BEGIN;
SET LOCAL ROLE relationship_owner;

CREATE TABLE relationship.relationships (
  partner text NOT NULL REFERENCES relationship.partners (name),
  id uuid NOT NULL DEFAULT common.uuid_v7(),
  type text NOT NULL CHECK (type IN ('RESELLER', 'PROVIDER')),
  customer text NOT NULL CHECK (customer ~ '^customers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED', 'ENDING', 'ENDED')),
  origin text NOT NULL CHECK (origin IN ('INVITATION', 'PORTAL', 'CREATED')),
  source text NOT NULL,  -- the redemption, record or creation it comes from
  invitation text NOT NULL DEFAULT '',
  via_partner text NOT NULL DEFAULT '',
  predecessor uuid,
  effective_end_time timestamptz,
  revision bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, id),
  CHECK ((type = 'PROVIDER') OR via_partner = ''),
  CHECK ((state IN ('ENDING', 'ENDED')) = (effective_end_time IS NOT NULL))
);
CREATE UNIQUE INDEX relationships_one_live_edge
  ON relationship.relationships (partner, customer, type) WHERE state <> 'ENDED';
CREATE UNIQUE INDEX relationships_by_id ON relationship.relationships (id);
CREATE INDEX relationships_newest_of_partner
  ON relationship.relationships (partner, create_time DESC, id DESC);
CREATE INDEX relationships_newest_of_customer
  ON relationship.relationships (customer, create_time DESC, id DESC);

INSERT INTO relationship.transitions (resource, from_state, to_state) VALUES
  ('relationship', '', 'ACTIVE'),
  ('relationship', 'ACTIVE', 'SUSPENDED'), ('relationship', 'SUSPENDED', 'ACTIVE'),
  ('relationship', 'ACTIVE', 'ENDED'), ('relationship', 'SUSPENDED', 'ENDED'),
  ('relationship', 'ACTIVE', 'ENDING'), ('relationship', 'SUSPENDED', 'ENDING'),
  ('relationship', 'ENDING', 'ACTIVE'), ('relationship', 'ENDING', 'SUSPENDED'),
  ('relationship', 'ENDING', 'ENDED');
CREATE TRIGGER legal_transition BEFORE INSERT OR UPDATE OF state ON relationship.relationships
  FOR EACH ROW EXECUTE FUNCTION relationship.check_transition('relationship');

ALTER TABLE relationship.relationships ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.relationships FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON relationship.relationships FOR SELECT
  USING (partner = common.account() OR customer = common.account());
CREATE POLICY operator ON relationship.relationships FOR SELECT
  USING (common.account() = 'operators');
CREATE POLICY work ON relationship.relationships TO relationship_worker
  USING (true) WITH CHECK (true);
GRANT SELECT ON relationship.relationships TO relationship;
GRANT SELECT, INSERT ON relationship.relationships TO relationship_worker;

-- A customer sees who its partners are.
CREATE POLICY related ON relationship.partners FOR SELECT TO relationship
  USING (EXISTS (SELECT FROM relationship.relationships r
                 WHERE r.customer = common.account() AND r.partner = name AND r.state <> 'ENDED'));

-- What was made of one source, so that a repeated call gets the first answer.
CREATE TABLE relationship.establishments (
  source text PRIMARY KEY,
  response bytea NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE relationship.establishments ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.establishments FORCE ROW LEVEL SECURITY;
CREATE POLICY work ON relationship.establishments TO relationship_worker
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON relationship.establishments TO relationship_worker;

-- What a remover attests, by version and locale; the newest in effect is current.
CREATE TABLE relationship.attestation_texts (
  version text NOT NULL,
  locale text NOT NULL,
  body text NOT NULL,
  effective_time timestamptz NOT NULL,
  PRIMARY KEY (version, locale)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON relationship.attestation_texts
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON relationship.attestation_texts
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();
INSERT INTO relationship.attestation_texts (version, locale, body, effective_time) VALUES
  ('2026-11', 'en',
   'I remove this relationship in good faith, for a legitimate business purpose and in line with our '
   'agreement. Our company takes responsibility for claims that follow from the removal. Where the '
   'law asks for notice to the customer, we have given it.',
   '2026-11-01T00:00:00Z');
GRANT SELECT ON relationship.attestation_texts TO relationship;

CREATE TABLE relationship.attestations (
  partner text NOT NULL,
  relationship uuid NOT NULL,
  text_version text NOT NULL,
  good_faith boolean NOT NULL CHECK (good_faith),
  business_purpose boolean NOT NULL CHECK (business_purpose),
  per_agreement boolean NOT NULL CHECK (per_agreement),
  accepts_responsibility boolean NOT NULL CHECK (accepts_responsibility),
  legal_notice text NOT NULL CHECK (legal_notice IN ('GIVEN', 'NOT_REQUIRED')),
  actor text NOT NULL,
  attest_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partner, relationship),
  FOREIGN KEY (partner, relationship) REFERENCES relationship.relationships (partner, id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON relationship.attestations
  FOR EACH ROW EXECUTE FUNCTION common.refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON relationship.attestations
  FOR EACH STATEMENT EXECUTE FUNCTION common.refuse_change();
ALTER TABLE relationship.attestations ENABLE ROW LEVEL SECURITY;
ALTER TABLE relationship.attestations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON relationship.attestations
  USING (partner = common.account()) WITH CHECK (partner = common.account());
CREATE POLICY operator ON relationship.attestations FOR SELECT
  USING (common.account() = 'operators');
GRANT SELECT ON relationship.attestations TO relationship;
COMMIT;
