BEGIN;
SELECT account, subject, method, request_id, request_hash, response, root_event, create_time
FROM common.request_ids WHERE false;
ROLLBACK;
