-- Names stay as they are folded: the next change of a row folds it as it was before.
BEGIN;
COMMIT;
