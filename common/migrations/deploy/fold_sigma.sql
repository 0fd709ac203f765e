-- Folding takes a Greek sigma at a word's end for the same letter as any other: what is written in
-- capitals has no such form.
BEGIN;
SET LOCAL ROLE common_owner;
CREATE OR REPLACE FUNCTION common.fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN translate(lower(common.unaccent('common.unaccent'::regdictionary, normalize(value, NFKC))),
                   'ς', 'σ') COLLATE "C";
COMMIT;
