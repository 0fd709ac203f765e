BEGIN;
SELECT provider, id, reseller, state, end_time FROM relationship.partnerships WHERE false;
SELECT provider, reseller, id, state FROM relationship.published_partnerships WHERE false;
SELECT 1 / has_table_privilege('invitation', 'relationship.published_partnerships', 'select')::int;
SELECT 1 / has_function_privilege('invitation', 'relationship.share_partnership(text, text)',
                                  'execute')::int;
SELECT 1 / (count(*) = 5)::int FROM relationship.transitions WHERE resource = 'partnership';
ROLLBACK;
