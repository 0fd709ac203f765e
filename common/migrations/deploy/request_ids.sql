-- A repeated call gets its first answer. The row is written in the effect's own transaction: the
-- loser of a race waits for it, and a failed transaction leaves none.
BEGIN;
SET LOCAL ROLE common_owner;

CREATE TABLE common.request_ids (
  account text NOT NULL,
  subject text NOT NULL,
  method text NOT NULL,
  request_id uuid NOT NULL,
  request_hash bytea NOT NULL,
  response bytea,  -- the serialised answer; null only inside the transaction that writes it
  root_event uuid,  -- of the change, for the consistency token; null if nothing changed
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account, subject, method, request_id)
);
CREATE INDEX request_ids_by_age ON common.request_ids (create_time);

ALTER TABLE common.request_ids ENABLE ROW LEVEL SECURITY;
ALTER TABLE common.request_ids FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON common.request_ids
  USING (account = common.account()) WITH CHECK (account = common.account());
CREATE POLICY work ON common.request_ids TO invitation_worker, relationship_worker, directory_worker
  USING (true);

GRANT SELECT, INSERT ON common.request_ids TO invitation, relationship, directory;
GRANT UPDATE (response, root_event) ON common.request_ids TO invitation, relationship, directory;
GRANT SELECT (create_time), DELETE ON common.request_ids
  TO invitation_worker, relationship_worker, directory_worker;

COMMIT;
