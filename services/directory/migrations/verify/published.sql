BEGIN;
SELECT name, country, verified_domains FROM directory.published_customers WHERE false;
ROLLBACK;
