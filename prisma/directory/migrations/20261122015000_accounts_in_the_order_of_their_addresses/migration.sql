-- With the id in it, a plan made while the table was empty looked accounts up by their id in this index, and so read all of it. Lists sort the
-- few accounts of one address by themselves.
create index account_email_idx on account (email);
drop index account_email_id_idx;
