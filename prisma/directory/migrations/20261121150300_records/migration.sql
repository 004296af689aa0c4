create table record (
  event_id uuid not null,
  kind text not null check (kind in ('sign-in', 'refusal', 'claims', 'settings')),
  at timestamptz not null,
  account_id uuid,
  actor_id uuid,
  code text collate "C",
  details jsonb not null,
  before jsonb,
  after jsonb,
  primary key (event_id, kind)
);

-- Each way of asking finds its newest at the end of an index.
create index record_at_event_id_idx on record (at, event_id);
-- Most records are sign-ins, so that the index above finds them as fast.
create index record_kind_at_event_id_idx on record (kind, at, event_id) where kind <> 'sign-in';
create index record_account_id_at_event_id_idx on record (account_id, at, event_id) where account_id is not null;
create index record_actor_id_at_event_id_idx on record (actor_id, at, event_id) where actor_id is not null;
create index record_code_at_event_id_idx on record (code, at, event_id) where code is not null;

create table private_attribute (
  name text collate "C" primary key
);

-- Null for a change that began before it was kept.
alter table status_change add column actor_id uuid;
