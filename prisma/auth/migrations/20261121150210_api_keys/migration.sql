-- An API key signs as an account of its own kind: without password and identity, with an address that no person can have.
alter table account add column is_api_key boolean not null default false;

create table api_key (
    account_id uuid not null,
    key_hash bytea not null,
    name text not null,
    group_ids integer[] not null,
    created_at timestamptz not null default current_timestamp,
    last_used_at timestamptz,

    constraint api_key_pkey primary key (account_id),
    constraint api_key_account_id_fkey foreign key (account_id) references account (id) on delete restrict on update cascade
) with (fillfactor = 85); -- as for session

create unique index api_key_key_hash_key on api_key (key_hash);
create index api_key_created_at_idx on api_key (created_at);
