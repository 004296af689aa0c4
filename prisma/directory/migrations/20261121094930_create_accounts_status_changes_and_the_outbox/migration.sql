create table account (
  id uuid primary key,
  -- Canonical and ASCII: compared and ordered byte by byte, by no locale's rules.
  email text collate "C" not null,
  first_name text,
  last_name text,
  status text not null default 'active' check (status in ('active', 'deactivated')),
  revision integer not null check (revision > 0),
  claims_version integer not null check (claims_version > 0),
  token_attributes jsonb not null,
  admin_attributes jsonb not null default '{}',
  claimed_groups jsonb not null,
  first_administrator boolean not null default false,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz
)
-- Most sign-ins change nothing but last_sign_in_at; room in the page keeps such an update away from the indexes.
with (fillfactor = 85);

create index account_email_id_idx on account (email, id);

create table status_change (
  account_id uuid primary key references account (id) on delete restrict on update cascade,
  status text not null check (status in ('active', 'deactivated')),
  admin_attributes jsonb not null,
  traceparent text not null,
  holder uuid not null,
  held_until timestamptz not null
);

create table outbox (
  sequence bigint generated always as identity primary key,
  id uuid not null unique,
  type text not null,
  subject text not null,
  data jsonb not null,
  traceparent text not null,
  created_at timestamptz not null default now()
);
