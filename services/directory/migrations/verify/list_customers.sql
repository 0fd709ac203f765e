BEGIN;
SELECT has_function_privilege('directory',
  'directory.list_customers(text, text, text, text, integer)', 'EXECUTE');
ROLLBACK;
