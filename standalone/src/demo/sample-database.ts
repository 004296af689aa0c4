import type { Logger } from '@sandgate/service-kit';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { ensureSampleReader, grantSampleReader } from './sample-reader.js';
import { generateSampleRows } from './sample-rows.js';
import { SAMPLE_VERSION, sampleSchema, sampleTables } from './sample-schema.js';

interface SampleDatabase {
  /** A role of the server that may create roles and databases. */
  readonly adminUrl: string;
  readonly databaseName?: string;
  readonly readerName?: string;
  /** Becomes the reader's password, at every call. */
  readonly readerPassword: string;
  readonly log: Pick<Logger, 'info'>;
}

// Any number will do, as long as nothing else on the server locks by it.
const LOADING_LOCK = 7_263_017;
const MARKER = 'Sandgate sample data, version';

/**
 * Makes the sample database if it is missing and answers the address under which it can only be read. Safe to repeat, to run
 * twice at once and to kill: the rows and the mark that says they are there come in one transaction. An older version of the
 * sample is replaced.
 */
export async function loadSampleDatabase(sample: SampleDatabase): Promise<{ readerUrl: string }> {
  const { adminUrl, databaseName = 'sandgate_sample', readerName = 'sandgate_reader', readerPassword, log } = sample;
  await connected(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [LOADING_LOCK]); // ends with the connection
    await ensureDatabase(admin, databaseName);
    await ensureSampleReader(admin, { name: readerName, password: readerPassword });
  });
  await connected(addressOf(adminUrl, { databaseName }), async (owner) => {
    await owner.query('begin; set local search_path = public');
    // A loader that was killed may still be at work in its server process: this waits for it.
    await owner.query('select pg_advisory_xact_lock($1)', [LOADING_LOCK]);
    const isLoaded = await ensureRows(owner);
    await grantSampleReader(owner, databaseName, readerName);
    await owner.query('commit');
    if (isLoaded) log.info({ database: databaseName, version: SAMPLE_VERSION }, 'sample database loaded');
  });
  return { readerUrl: addressOf(adminUrl, { databaseName, user: readerName, password: readerPassword }) };
}

/** Text sorts by code point and times show in UTC, so that the sample looks the same on every server. */
async function ensureDatabase(admin: Client, databaseName: string): Promise<void> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [databaseName]);
  const name = escapeIdentifier(databaseName);
  if (!rowCount) {
    await admin.query(`create database ${name} template template0 encoding 'UTF8' locale_provider libc locale 'C'`);
  }
  await admin.query(`alter database ${name} set timezone = 'UTC'`);
}

/** True when the rows had to be loaded, false when they are there. */
async function ensureRows(owner: Client): Promise<boolean> {
  const marker = `${MARKER} ${SAMPLE_VERSION}`;
  const present = await findMarker(owner);
  if (present === marker) return false;
  if (present?.startsWith(MARKER)) await owner.query(`drop table ${sampleTables.join(', ')}`);
  await owner.query(sampleSchema);
  const rows = generateSampleRows();
  for (const table of sampleTables) {
    const insert = `insert into ${table} select * from json_populate_recordset(null::${table}, $1)`;
    await owner.query(insert, [JSON.stringify(rows[table])]);
  }
  await owner.query(`analyze; comment on schema public is ${escapeLiteral(marker)}`);
  return true;
}

/** The mark is the comment of the schema, so that no table of the sample has to hold it. */
async function findMarker(owner: Client): Promise<string | null | undefined> {
  const { rows } = await owner.query<{ marker: string | null }>(
    `select obj_description('public'::regnamespace, 'pg_namespace') as marker`,
  );
  return rows[0]?.marker;
}

/** The connection lasts as long as the work; what the work left uncommitted when it failed is rolled back. */
async function connected(connectionString: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined); // without a listener it would end the process; the query in progress rejects with it
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function addressOf(serverUrl: string, to: { databaseName: string; user?: string; password?: string }): string {
  const url = new URL(serverUrl);
  url.pathname = encodeURIComponent(to.databaseName);
  if (to.user !== undefined) url.username = encodeURIComponent(to.user);
  if (to.password !== undefined) url.password = encodeURIComponent(to.password);
  return url.href;
}
