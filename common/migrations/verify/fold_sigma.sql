BEGIN;
SELECT 1 / (common.fold('Ανεμόμυλος') = common.fold('ΑΝΕΜΟΜΥΛΟΣ'))::int;
ROLLBACK;
