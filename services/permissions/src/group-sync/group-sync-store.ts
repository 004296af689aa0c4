import type { GroupSync } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';

const off: GroupSync = {
  enabled: false,
  mode: 'mapped',
  mappings: {},
  whenAbsent: 'keep',
  whenNull: 'keep',
  allowAdministrators: false,
};

/** How a provider's claimed names become memberships: not at all, until somebody says how. */
export async function getGroupSync(database: SqlClient, provider: string): Promise<GroupSync> {
  const rows = await database.$queryRaw<(Omit<GroupSync, 'mappings'> & { mappings: [string, number[]][] })[]>`
    select enabled, mode, when_absent as "whenAbsent", when_null as "whenNull", allow_administrators as "allowAdministrators",
      coalesce((
        select jsonb_agg(jsonb_build_array(name, group_ids) order by name)
        from (select name, jsonb_agg(group_id order by group_id) as group_ids from group_mapping where provider = ${provider} group by name) as mapping
      ), '[]') as mappings
    from group_sync where provider = ${provider}`;
  const [settings] = rows;
  if (!settings) return off;
  return { ...settings, mappings: Object.fromEntries(settings.mappings) };
}

/** Its mappings go with it. */
export async function deleteGroupSync(tx: SqlClient, provider: string): Promise<void> {
  await tx.$executeRaw`delete from group_sync where provider = ${provider}`;
}

export async function saveGroupSync(tx: SqlClient, provider: string, settings: GroupSync): Promise<void> {
  await tx.$executeRaw`
    insert into group_sync (provider, enabled, mode, when_absent, when_null, allow_administrators)
    values (${provider}, ${settings.enabled}, ${settings.mode}, ${settings.whenAbsent}, ${settings.whenNull}, ${settings.allowAdministrators})
    on conflict (provider) do update set enabled = excluded.enabled, mode = excluded.mode, when_absent = excluded.when_absent,
      when_null = excluded.when_null, allow_administrators = excluded.allow_administrators`;
  const mappings = Object.entries(settings.mappings).flatMap(([name, groupIds]) =>
    groupIds.map((groupId) => ({ name, groupId })),
  );
  await tx.$executeRaw`delete from group_mapping where provider = ${provider}`;
  await tx.$executeRaw`
    insert into group_mapping (provider, name, group_id)
    select distinct ${provider}, name, "groupId" from jsonb_to_recordset(${JSON.stringify(mappings)}::jsonb) as mapping (name text, "groupId" integer)`;
}
