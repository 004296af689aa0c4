-- The password that the environment last set, so that a start tells a new one from one that the person has changed since.
alter table account add column environment_password_hash text;
update account set environment_password_hash = password_hash where password_hash is not null;

create table password_reset (
    account_id uuid not null,
    token_hash bytea not null,
    expires_at timestamptz not null,

    constraint password_reset_pkey primary key (account_id),
    constraint password_reset_account_id_fkey foreign key (account_id) references account (id) on delete restrict on update cascade
);

create unique index password_reset_token_hash_key on password_reset (token_hash);

-- One row.
create table password_sign_in (
    "only" boolean not null default true check ("only"),
    enabled boolean not null,

    constraint password_sign_in_pkey primary key ("only")
);

insert into password_sign_in (enabled) values (true);
