-- The list of accounts is counted, searched and paged through in this index alone. The id is only included: where it was a part of the key, a
-- plan made while the table was empty looked accounts up by their id in this index, and so read all of it.
create index account_list_idx on account (email) include (id, first_name, last_name, status);
drop index account_email_id_idx;
