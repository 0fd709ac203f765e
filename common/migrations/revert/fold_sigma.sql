BEGIN;
SET LOCAL ROLE common_owner;
CREATE OR REPLACE FUNCTION common.fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(common.unaccent('common.unaccent'::regdictionary, normalize(value, NFKC))) COLLATE "C";
COMMIT;
