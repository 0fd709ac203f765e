BEGIN;
SELECT has_function_privilege('invitation', 'invitation.get_redemption(text, text, uuid, uuid)',
                              'EXECUTE');
ROLLBACK;
