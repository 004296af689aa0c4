import { freePort } from '@sandgate/tests';
import { signInAdministrator } from '../client/api.js';
import { roundRobin, runClosedLoop } from '../client/closed-loop.js';
import { getRequest, HttpConnection } from '../client/http-connection.js';
import { signInRequest, signToken } from '../client/tokens.js';
import { type Figure, perSecond, ratioOf } from '../figure.js';
import type { Closing } from '../stage/closing.js';
import {
  claimedGroup,
  customers,
  dataSource,
  makeInvoices,
  mustBeInvoicesOf,
  rowCount,
  sandboxInvoices,
} from '../stage/invoices.js';
import { startByNpm } from '../stage/npm-start.js';
import { startBareServer } from '../stage/processes.js';
import { ProcessorMeter } from '../stage/processor-time.js';
import type { Stage } from '../stage/stage.js';
import { administrator, jwtSharedSecret } from '../stage/system.js';
import { compare } from '../statistics.js';

const people = 200;
const rounds = 3;
const bar = 0.4;

/** 100 of 100,000 rows under a sandbox, by several people, through `npm start`; the rows lie in a PostgreSQL of their own. */
export async function measureReads(stage: Stage, closing: Closing): Promise<Figure[]> {
  const readerUrl = await makeInvoices(await stage.emptyDatabase(closing));
  const site = await startByNpm(await stage.folder(closing), environment(readerUrl), closing);
  const api = await signInAdministrator(site.siteUrl, administrator);
  await api('PUT', `${site.siteUrl}/api/providers/jwt`, {
    enabled: true,
    identityProviderUri: 'http://localhost/sign-in',
  });
  const tableId = await sandboxInvoices(api, { permissions: site.siteUrl, dashboard: site.siteUrl });
  const ours = await signInPeople(site.port, tableId);
  const barePort = await freePort();
  await startBareServer('rows-server', { port: barePort, env: { DATABASE_URL: readerUrl } }, closing);
  const bare = Array.from({ length: people }, (_, number) => getRequest(`/rows?customer=${customerOf(number)}`));
  await mustAgree(site.port, ours);
  await mustAgree(barePort, bare);

  const figures: Figure[] = [];
  for (const connections of [64, 16]) {
    const meters = { ours: new ProcessorMeter(), bare: new ProcessorMeter() };
    const read = async (port: number, requests: readonly string[], meter: ProcessorMeter): Promise<number> =>
      (
        await meter.measure(async () => {
          const result = await runClosedLoop({
            port,
            connections,
            expected: 200,
            next: roundRobin(requests),
            maxSeconds: 4,
          });
          return { result, units: result.answered };
        })
      ).perSecond;
    const compared = await compare(
      rounds,
      () => read(site.port, ours, meters.ours),
      () => read(barePort, bare, meters.bare),
    );
    figures.push({
      what: `sandboxed read of 100 of ${rowCount} rows over HTTP, through \`npm start\`, ${connections} connections`,
      measured: perSecond(compared.ours),
      bare: perSecond(compared.bare),
      ratio: ratioOf(compared.ratio),
      ...(connections === 64 && { bar: String(bar), met: compared.ratio >= bar }),
    });
    if (connections === 64) {
      figures.push(...meters.ours.figure('processor time of such a read'));
      figures.push(...meters.bare.figure('processor time of such a read at the bare server'));
    }
  }
  return figures;
}

const customerOf = (number: number): number => (number * 13) % customers;

const environment = (readerUrl: string): Record<string, string> => ({
  SANDGATE_DEMO: 'false',
  SANDGATE_ADMIN_EMAIL: administrator.username,
  SANDGATE_ADMIN_PASSWORD: administrator.password,
  SANDGATE_JWT_SHARED_SECRET: jwtSharedSecret,
  SANDGATE_DATA_SOURCES: JSON.stringify([{ name: dataSource, url: readerUrl }]),
});

/** The request of each person for their rows. */
async function signInPeople(port: number, tableId: number): Promise<string[]> {
  const connection = await HttpConnection.open(port);
  const requests: string[] = [];
  for (let number = 0; number < people; number += 1) {
    const person = { number, groups: [claimedGroup], attributes: { customer: customerOf(number) } };
    const { status, head, body } = await connection.exchange(signInRequest(signToken(jwtSharedSecret, person)));
    if (status !== 302) throw new Error(`a sign-in was answered ${status}: ${body}`);
    const cookie = /set-cookie: ([^;]+)/i.exec(head)?.[1] ?? '';
    requests.push(getRequest(`/api/tables/${tableId}/rows?limit=100`, { cookie }));
  }
  connection.close();
  return requests;
}

/** Everybody's rows are right before anything is measured. */
async function mustAgree(port: number, requests: readonly string[]): Promise<void> {
  const connection = await HttpConnection.open(port);
  for (const [number, request] of requests.entries()) {
    const { body } = await connection.exchange(request);
    mustBeInvoicesOf(customerOf(number), 100, body);
  }
  connection.close();
}
