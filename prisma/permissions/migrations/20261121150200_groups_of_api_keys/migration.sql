-- The account is that of an API key, whose groups are those that the key names.
alter table account add column is_api_key boolean not null default false;

-- As before, and the groups of API keys: what they claim are ids of groups, which need no mapping.
create or replace view membership_by_source as
  select group_id, account_id, source from membership
  union all
  select mapping.group_id, claimed.account_id, claimed.provider
    from group_sync sync
    join group_mapping mapping on mapping.provider = sync.provider
    join claimed_group claimed on claimed.provider = mapping.provider and claimed.name = mapping.name
    join "group" target on target.id = mapping.group_id
   where sync.enabled and sync.mode = 'mapped'
     and (target.kind = 'custom' or (target.kind = 'administrators' and sync.allow_administrators))
     and (claimed.presence = 'listed'
       or (claimed.presence = 'absent' and sync.when_absent = 'keep')
       or (claimed.presence = 'null' and sync.when_null = 'keep'))
  union all
  select target.id, claimed.account_id, claimed.provider
    from group_sync sync
    join claimed_group claimed on claimed.provider = sync.provider
    join "group" target on target.name = claimed.name
   where sync.enabled and sync.mode = 'by-name'
     -- Never Administrators or All Users, whatever they are called.
     and target.kind = 'custom'
     and (claimed.presence = 'listed'
       or (claimed.presence = 'absent' and sync.when_absent = 'keep')
       or (claimed.presence = 'null' and sync.when_null = 'keep'))
  union all
  select target.id, claimed.account_id, claimed.provider
    from claimed_group claimed
    -- Said twice, so that an index leads from the key to its groups and another one from the group to its keys.
    join "group" target on target.id::text = claimed.name
      and target.id = case when claimed.name ~ '^[1-9][0-9]{0,8}$' then claimed.name::integer end
   where claimed.provider = 'api-key' and target.kind = 'custom';
