import type { GroupSync } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';

/** How a provider's claimed names become memberships. Throws for a provider that has no settings. */
export async function getGroupSync(database: SqlClient, provider: string): Promise<GroupSync> {
  const rows = await database.$queryRaw<(Omit<GroupSync, 'mappings'> & { mappings: [string, number[]][] })[]>`
    select enabled, mode, when_absent as "whenAbsent", when_null as "whenNull", allow_administrators as "allowAdministrators",
      coalesce((
        select jsonb_agg(jsonb_build_array(name, group_ids) order by name)
        from (select name, jsonb_agg(group_id order by group_id) as group_ids from group_mapping where provider = ${provider} group by name) as mapping
      ), '[]') as mappings
    from group_sync where provider = ${provider}`;
  const [settings] = rows;
  if (!settings) throw new Error(`no settings for provider ${provider}`);
  return { ...settings, mappings: Object.fromEntries(settings.mappings) };
}

export async function saveGroupSync(tx: SqlClient, provider: string, settings: GroupSync): Promise<void> {
  await tx.$executeRaw`
    update group_sync set enabled = ${settings.enabled}, mode = ${settings.mode}, when_absent = ${settings.whenAbsent},
      when_null = ${settings.whenNull}, allow_administrators = ${settings.allowAdministrators}
    where provider = ${provider}`;
  const mappings = Object.entries(settings.mappings).flatMap(([name, groupIds]) =>
    groupIds.map((groupId) => ({ name, groupId })),
  );
  await tx.$executeRaw`delete from group_mapping where provider = ${provider}`;
  await tx.$executeRaw`
    insert into group_mapping (provider, name, group_id)
    select distinct ${provider}, name, "groupId" from jsonb_to_recordset(${JSON.stringify(mappings)}::jsonb) as mapping (name text, "groupId" integer)`;
}
