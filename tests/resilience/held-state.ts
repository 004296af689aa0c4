import pg from 'pg';
import type { Kept } from './claims-model.js';

/** What the three services hold of an account, read past them. */
export interface HeldAccount {
  readonly id: string;
  readonly authVersion: number;
  readonly directory: (Omit<Kept, 'issuedAt'> & { readonly revision: number; readonly status: string }) | null;
  readonly permissions: {
    readonly version: number;
    readonly revision: number;
    readonly status: string;
    // biome-ignore lint/suspicious/noExplicitAny: compared as a whole
    readonly attributes: any;
    readonly groups: Kept['groups'];
  } | null;
}

export interface HeldState {
  accounts(): Promise<ReadonlyMap<string, HeldAccount>>;
  /** Rows that wait in outboxes. */
  outboxRows(): Promise<number>;
  /** Everything that directory and permissions hold, as text, but when somebody was last seen. */
  dump(): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: rows of many statements
  query(sql: string, values?: unknown[]): Promise<any[]>;
  close(): Promise<void>;
}

/** Reads the databases of all services as their superuser. */
export function openHeldState(adminUrl: string): HeldState {
  const pool = new pg.Pool({ connectionString: adminUrl, max: 2 });
  // A server that is killed ends idle connections; the next query says so.
  pool.on('error', () => undefined);
  const query: HeldState['query'] = async (sql, values) => (await pool.query(sql, values)).rows;
  return {
    query,
    async accounts() {
      const rows: ({ email: string } & HeldAccount)[] = await query(accountsSql);
      return new Map(rows.map(({ email, ...account }) => [email, account]));
    },
    async outboxRows() {
      const [row] = await query(
        `select (select count(*) from auth.outbox) + (select count(*) from directory.outbox)
           + (select count(*) from dashboard.outbox) + (select count(*) from permissions.outbox) as count`,
      );
      return Number(row?.count);
    },
    async dump() {
      const [row] = await query(dumpSql);
      return JSON.stringify(row, null, 1);
    },
    close: () => pool.end(),
  };
}

const accountsSql = `
  select a.email, a.id, a.claims_version as "authVersion",
    case when d.id is not null then jsonb_build_object('version', d.claims_version, 'revision', d.revision, 'status', d.status,
      'firstName', d.first_name, 'lastName', d.last_name, 'attributes', d.token_attributes,
      'groups', d.claimed_groups -> 0 #- '{provider}') end as directory,
    case when p.id is not null then jsonb_build_object('version', p.claims_version, 'revision', p.revision, 'status', p.status,
      'attributes', p.attributes, 'groups', (
        select jsonb_build_object('presence', min(presence), 'names', coalesce(jsonb_agg(name order by name collate "C"), '[]'))
        from permissions.claimed_group where account_id = p.id)) end as permissions
  from auth.account a left join directory.account d on d.id = a.id left join permissions.account p on p.id = a.id
  where a.password_hash is null`;

const dumpSql = `select
  (select jsonb_agg(to_jsonb(a) - 'last_sign_in_at' order by id) from directory.account a) as accounts,
  (select jsonb_agg(r order by event_id, kind) from directory.record r) as records,
  (select jsonb_agg(a order by id) from permissions.account a) as applied,
  (select jsonb_agg(c order by account_id, name) from permissions.claimed_group c) as claimed,
  (select jsonb_agg(m order by account_id, group_id) from permissions.membership m) as memberships,
  (select jsonb_agg(d order by id) from permissions.catalogue_database d) as databases,
  (select jsonb_agg(t order by id) from permissions.catalogue_table t) as tables,
  (select revision from permissions.policy) as policy`;
