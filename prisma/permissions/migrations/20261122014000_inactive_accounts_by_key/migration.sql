-- Members count while they are active. The few that are not have an index, so that nobody else is looked up for that.
create index account_inactive_idx on account (id) where status <> 'active' or deactivation_reserved;
