BEGIN;
SELECT customer, id, partner, relationship, offer, quantity, term_months, auto_renew, state,
  end_cause, revision, create_time, update_time
FROM directory.subscriptions WHERE false;
SELECT customer, id, partner, relationship, actor, create_time FROM directory.orders WHERE false;
SELECT customer, order_id, line, offer, subscription, quantity FROM directory.order_lines WHERE false;
SELECT customer, id, partner, relationship, offer, quantity
FROM directory.published_subscriptions WHERE false;
SELECT directory.running_term_end(now(), 1, now()) WHERE false;
ROLLBACK;
