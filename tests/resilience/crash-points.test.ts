import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AccountChanged, CatalogChanged, type ServiceName, UserLoggedIn } from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import { type CrashOptions, crashAt, removeCrashReports } from './crash-points.js';
import { createRandom } from './random.js';
import { openScene, type Scene } from './scene.js';

const random = createRandom('crash points');
const deaths = 2;
let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ random });
}, 120_000);
afterAll(async () => {
  await scene?.close();
  removeCrashReports();
});

/** Replaces a service by processes that die at a point, one after the other, and then by one that lives. */
async function killAt(
  service: ServiceName,
  point: CrashOptions,
  provoke = async (): Promise<void> => {},
): Promise<void> {
  const { sandgate } = scene;
  const preloads = Array.from({ length: deaths }, () => crashAt({ onReach: 1 + random.below(3), ...point }));
  await sandgate.endAll([service], 'SIGKILL');
  for (const preload of preloads) {
    const doomed = await sandgate.start(service, preload);
    await provoke();
    await eventually(() => expect(doomed.process.hasExited()).toBe(true), { timeoutMs: 60_000 });
    expect(await doomed.process.exited).toBe('signal SIGKILL');
  }
  await sandgate.start(service);
  const reached = preloads.map((preload) => preload.reached());
  console.log(`${service} ${point.point} ${point.pattern ?? ''}: reached ${reached.join(' and ')} times`);
  for (const times of reached) expect(times).toBeGreaterThan(0);
}

describe('under sign-ins, nothing is lost and nothing happens twice when', () => {
  test.each<[string, ServiceName, CrashOptions]>([
    ['auth is killed between the commit of a sign-in and its publishing', 'auth', { point: 'before-publish' }],
    ['auth is killed while the broker has not confirmed yet', 'auth', { point: 'in-flight' }],
    ['auth is killed between the confirm and the deletion of the outbox row', 'auth', { point: 'after-confirm' }],
    [
      'directory is killed between the commit and the acknowledgement',
      'directory',
      { point: 'before-ack', pattern: UserLoggedIn.type },
    ],
    [
      'directory is killed between the commit of an account and its publishing',
      'directory',
      { point: 'before-publish' },
    ],
    ['directory is killed while the broker has not confirmed yet', 'directory', { point: 'in-flight' }],
    [
      'directory is killed between the confirm and the deletion of the outbox row',
      'directory',
      { point: 'after-confirm' },
    ],
    [
      'permissions is killed between the commit and the acknowledgement',
      'permissions',
      { point: 'before-ack', pattern: AccountChanged.type },
    ],
    [
      'permissions is killed before the statement of a change',
      'permissions',
      { point: 'before-statement', pattern: 'insert into claimed_group' },
    ],
  ])('%s', async (_what, service, point) => {
    const traffic = scene.crowd.start({ lanes: 6, pauseMs: 40 });

    await killAt(service, point).finally(traffic.stop);

    await scene.expectNothingLost();
  });
});

describe('a changed catalogue reaches permissions, once, when', () => {
  interface Catalogue {
    readonly announced: number;
    readonly applied: number;
    readonly columns: number;
    readonly policy: number;
  }
  const catalogue = async (): Promise<Catalogue> => {
    const rows = await scene.held.query(`select announced.revision as announced, applied.revision as applied,
        (select jsonb_array_length(columns) from permissions.catalogue_table) as columns, policy.revision as policy
      from dashboard.catalogue_database announced join permissions.catalogue_database applied using (id), permissions.policy`);
    return rows[0];
  };
  /** Dashboard looks at its databases when it starts. */
  const addColumn = async (): Promise<void> => {
    await scene.dataSource.run(`alter table invoices add column note_${random.below(2 ** 31)} text`);
    await scene.sandgate.endAll(['dashboard'], 'SIGKILL');
  };
  const expectAppliedOnce = async (before: Catalogue): Promise<void> => {
    const { announced, applied, columns, policy } = before;
    const after = { announced: announced + 1, applied: applied + 1, columns: columns + 1, policy: policy + 1 };
    await eventually(async () => expect(await catalogue()).toEqual(after), { timeoutMs: 30_000 });
    await scene.sandgate.ready();
  };

  test('permissions is killed between the commit and the acknowledgement', async () => {
    const before = await catalogue();
    await addColumn();
    const announce = async (): Promise<void> => {
      if (scene.sandgate.instances('dashboard').length === 0) await scene.sandgate.start('dashboard');
    };

    await killAt('permissions', { point: 'before-ack', pattern: CatalogChanged.type, onReach: 1 }, announce);

    await expectAppliedOnce(before);
  });

  test.each<CrashOptions['point']>(['before-publish', 'in-flight', 'after-confirm'])(
    'dashboard is killed %s',
    async (point) => {
      const before = await catalogue();
      await addColumn();

      await killAt('dashboard', { point, onReach: 1 });

      await expectAppliedOnce(before);
      expect(scene.sandgate.casualties()).toEqual([]);
    },
  );
});

test('in the end all queues and outboxes are empty', async () => {
  await scene.expectNothingLost();
  await scene.expectNothingLeft();
});
