import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  AccountChanged,
  AuthSettingsChanged,
  CatalogChanged,
  Group,
  PermissionsSettingsChanged,
  type ServiceName,
  SignInRefused,
  UserLoggedIn,
} from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import { type CrashOptions, crashAt, createPreload, type Preload, removeCrashFiles } from './crash-points.js';
import { createRandom } from './random.js';
import type { Instance } from './sandgate.js';
import { openScene, type Scene } from './scene.js';
import { send } from './send.js';

const random = createRandom('crash points');
let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ random });
}, 120_000);
afterAll(async () => {
  await scene?.close();
  removeCrashFiles();
});

/** Of each service, what took the place of those that died. */
const survivors = new Map<ServiceName, { instance: Instance; preload: Preload }>();

/** A process of a service, the only one, that will die at this point. */
async function condemn(service: ServiceName, point: CrashOptions): Promise<{ instance: Instance; preload: Preload }> {
  const survivor = survivors.get(service);
  if (survivor && !survivor.instance.process.hasExited()) {
    survivor.preload.order(point);
    return survivor;
  }
  const preload = crashAt(point);
  await scene.sandgate.endAll([service], 'SIGKILL');
  return { preload, instance: await scene.sandgate.start(service, preload) };
}

/** How many die one after the other: where work was left half done, also who takes it up again. */
const deathsAt = ({ point }: CrashOptions): number => (point === 'before-publish' || point === 'before-ack' ? 2 : 1);

/** Has processes of a service die at a point, and then one take their place that lives. */
async function killAt(
  service: ServiceName,
  point: CrashOptions,
  provoke = async (): Promise<void> => {},
): Promise<void> {
  const reached: number[] = [];
  for (let death = 0; death < deathsAt(point); death += 1) {
    const { instance, preload } = await condemn(service, { onReach: 1 + random.below(3), ...point });
    await provoke();
    await eventually(() => expect(instance.process.hasExited()).toBe(true), { timeoutMs: 60_000 });
    expect(await instance.process.exited).toBe('signal SIGKILL');
    reached.push(preload.reached());
  }
  const preload = createPreload();
  survivors.set(service, { preload, instance: await scene.sandgate.start(service, preload) });
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
    const traffic = scene.crowd.start({ lanes: 6, pauseMs: 100 });

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

describe('what is kept as a record is there once when', () => {
  const recorded: readonly string[] = [SignInRefused.type, AuthSettingsChanged.type, PermissionsSettingsChanged.type];
  const announcedIds = async (): Promise<string[]> => {
    const events = (await scene.record.read()).filter(({ type }) => recorded.includes(type));
    return [...new Set(events.map(({ id }) => id))].sort();
  };
  const heldIds = async (): Promise<string[]> => {
    const rows = await scene.held.query(
      `select event_id as id from directory.record where kind in ('refusal', 'settings')`,
    );
    return rows.map(({ id }) => id).sort();
  };

  let groupId: number;
  beforeAll(async () => {
    groupId = Group.parse((await scene.sandgate.manage('POST', '/api/groups', { name: 'Recorded' })).body).id;
    await eventually(async () => expect(await scene.held.outboxRows()).toBe(0));
    await eventually(async () => expect(await heldIds()).toEqual(await announcedIds()));
  });
  const refuseToken = async (): Promise<void> => {
    expect((await send(`${scene.sandgate.origin('auth')}/auth/sso?jwt=no-token`)).status).toBe(401);
  };
  const changeProvider = async (): Promise<void> => {
    const change = { maxTokenAgeSeconds: 600 + random.below(3_000) };
    expect((await scene.sandgate.manage('PUT', '/api/providers/jwt', change)).status).toBe(200);
  };
  const renameGroup = async (): Promise<void> => {
    const name = `Recorded ${random.below(2 ** 31)}`;
    expect((await scene.sandgate.manage('PATCH', `/api/groups/${groupId}`, { name })).status).toBe(200);
  };

  test.each<[string, ServiceName, CrashOptions, () => Promise<void>]>([
    [
      'directory is killed between the commit of a refusal and the acknowledgement',
      'directory',
      { point: 'before-ack', pattern: SignInRefused.type },
      refuseToken,
    ],
    [
      'directory is killed between the commit of a change in auth and the acknowledgement',
      'directory',
      { point: 'before-ack', pattern: AuthSettingsChanged.type },
      changeProvider,
    ],
    [
      'directory is killed between the commit of a change in permissions and the acknowledgement',
      'directory',
      { point: 'before-ack', pattern: PermissionsSettingsChanged.type },
      renameGroup,
    ],
    [
      'permissions is killed between the commit of a change and its publishing',
      'permissions',
      { point: 'before-publish' },
      renameGroup,
    ],
    [
      'permissions is killed while the broker has not confirmed yet',
      'permissions',
      { point: 'in-flight' },
      renameGroup,
    ],
    [
      'permissions is killed between the confirm and the deletion of the outbox row',
      'permissions',
      { point: 'after-confirm' },
      renameGroup,
    ],
  ])('%s', async (_what, service, point, change) => {
    const before = await heldIds();
    // Once: the second process dies of what the first has left. Its answer may come only from the one that lives.
    let changed: Promise<void> | undefined;
    const provoke = async (): Promise<void> => {
      changed ??= change();
      changed.catch(() => undefined);
    };

    await killAt(service, { ...point, onReach: 1 }, provoke);
    await changed;

    await eventually(async () => expect(await heldIds()).toHaveLength(before.length + 1), { timeoutMs: 30_000 });
    await scene.sandgate.ready();
    expect(await heldIds()).toEqual(await announcedIds());
    expect(scene.sandgate.casualties()).toEqual([]);
  });
});

test('in the end all queues and outboxes are empty', async () => {
  await scene.expectNothingLost();
  await scene.expectNothingLeft();
});
