-- One row per event and queue, where no broker carries the events.
create table messaging.deliveries (
    sequence bigint generated always as identity primary key,
    queue text not null,
    event_id uuid not null,
    type text not null,
    subject text not null,
    -- The event as it was published: a CloudEvents envelope.
    body text not null,
    -- Failed attempts to handle it.
    attempts integer not null default 0,
    -- How often it was handed out since an outcome was recorded; more than once means that a consumer died with it in hand.
    handed_out integer not null default 0,
    -- Who has it in hand, if anybody does.
    claim uuid,
    -- When it may be handed out (again).
    due_at timestamptz not null default now(),
    -- A dead letter, and why.
    died_at timestamptz,
    code text,
    reason text,
    constraint deliveries_death_has_a_reason check ((died_at is null) = (code is null) and (died_at is null) = (reason is null))
);

create index deliveries_waiting on messaging.deliveries (queue, sequence) where died_at is null;
create index deliveries_claimed on messaging.deliveries (claim) where claim is not null;
create index deliveries_dead on messaging.deliveries (queue, died_at, sequence) where died_at is not null;
