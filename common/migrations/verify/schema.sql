BEGIN;
SELECT 1 / (common.fold('ŁÓDŹ Straße') = 'lodz strasse')::int;
SELECT 1 / (substring(common.uuid_v7()::text FROM 15 FOR 1) = '7')::int;
SELECT 1 / (common.account() IS NULL)::int;
ROLLBACK;
