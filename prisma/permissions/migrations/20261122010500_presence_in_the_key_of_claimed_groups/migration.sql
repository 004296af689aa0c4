-- What an account claims is read for every decision that is not in memory. With the presence in the index of the key, the table itself is
-- not read for it: of a million accounts neither is in memory, and that halves what has to be fetched.
create unique index claimed_group_covering on claimed_group (account_id, provider, name) include (presence);

-- The table is locked for this moment only.
alter table claimed_group drop constraint claimed_group_pkey,
  add constraint claimed_group_pkey primary key using index claimed_group_covering;
