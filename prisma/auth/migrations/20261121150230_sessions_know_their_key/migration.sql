-- No reference: a sign-in would lock the key's row, and a session whose key is gone is over by that.
alter table session add column key_id text;
