import { createOutbox } from '@sandgate/messaging';
import type { Service } from '@sandgate/service-kit';
import { createAppliedWait } from './accounts/await-applied.js';
import { connect } from './database.js';
import { readVersions } from './decisions/access-store.js';
import { createCurrentAccess } from './decisions/current-access.js';
import { createDecisionMemory } from './decisions/decision-memory.js';
import { onAccountChanged } from './events/on-account-changed.js';
import { onCatalogChanged } from './events/on-catalog-changed.js';
import { addMemberRoute } from './http/add-member.route.js';
import { changeSandboxRoute } from './http/change-sandbox.route.js';
import { createGroupRoute } from './http/create-group.route.js';
import { createSandboxRoute } from './http/create-sandbox.route.js';
import { deleteGroupRoute } from './http/delete-group.route.js';
import { deleteSandboxRoute } from './http/delete-sandbox.route.js';
import { explainDecisionRoute } from './http/explain-decision.route.js';
import { getDataPermissionsRoute } from './http/get-data-permissions.route.js';
import { getGroupSyncRoute } from './http/get-group-sync.route.js';
import { listGroupsRoute } from './http/list-groups.route.js';
import { listSandboxesRoute } from './http/list-sandboxes.route.js';
import { putDataPermissionsRoute } from './http/put-data-permissions.route.js';
import { putGroupSyncRoute } from './http/put-group-sync.route.js';
import { removeMemberRoute } from './http/remove-member.route.js';
import { renameGroupRoute } from './http/rename-group.route.js';
import { answerAwaitAccountRevision } from './questions/await-account-revision.answer.js';
import { answerDecide } from './questions/decide.answer.js';
import { answerDescribeGroups } from './questions/describe-groups.answer.js';
import { answerDescribeMemberships } from './questions/describe-memberships.answer.js';
import { answerForgetGroupSync } from './questions/forget-group-sync.answer.js';
import { answerHasAppliedCatalogue } from './questions/has-applied-catalogue.answer.js';
import { answerListAdministrators } from './questions/list-administrators.answer.js';
import { answerPreviewAccess } from './questions/preview-access.answer.js';
import { answerReserveDeactivation } from './questions/reserve-deactivation.answer.js';

export interface PermissionsDependencies {
  readonly databaseUrl: string;
  /** Connections to PostgreSQL. */
  readonly maxConnections?: number;
  /** What compiled decisions may take in memory; the oldest go first. */
  readonly decisionMemoryBytes?: number;
}

/**
 * permissions: who is in which group, what groups may see, and from both the answer for an account and a table.
 * It publishes what administrators change of that, for records. Nothing that it answers rests on memory alone: see decisions/current-access.ts.
 */
export function createPermissions(dependencies: PermissionsDependencies): Service {
  const { databaseUrl, maxConnections = 10, decisionMemoryBytes = 64 * 1024 * 1024 } = dependencies;
  const database = connect(databaseUrl, { max: maxConnections });
  const applied = createAppliedWait((accountIds) => readVersions(database, accountIds));
  const memory = createDecisionMemory({ maxBytes: decisionMemoryBytes });
  const findCurrentAccess = createCurrentAccess({ database, memory, applied });

  return {
    name: 'permissions',
    database,
    outbox: createOutbox(),
    routes: [
      listGroupsRoute(database),
      createGroupRoute(database),
      renameGroupRoute(database),
      deleteGroupRoute(database),
      addMemberRoute(database),
      removeMemberRoute(database),
      getGroupSyncRoute(database),
      putGroupSyncRoute(database),
      getDataPermissionsRoute(database),
      putDataPermissionsRoute(database),
      listSandboxesRoute(database),
      createSandboxRoute(database),
      changeSandboxRoute(database),
      deleteSandboxRoute(database),
      explainDecisionRoute(database),
    ],
    answers: [
      answerDecide(findCurrentAccess),
      answerDescribeMemberships(findCurrentAccess),
      answerDescribeGroups(database),
      answerListAdministrators(database),
      answerForgetGroupSync(database),
      answerAwaitAccountRevision(database, applied),
      answerReserveDeactivation(database),
      answerPreviewAccess(database),
      answerHasAppliedCatalogue(database),
    ],
    subscriptions: [onAccountChanged({ applied, memory }), onCatalogChanged()],
    jobs: [],
    readiness: [
      {
        name: 'database',
        async check() {
          await database.$queryRaw`select id from policy`;
          return undefined;
        },
      },
    ],
    resync: async () => 0,
    prepare: async () => undefined,
    async close() {
      applied.stop();
      await database.$disconnect();
    },
  };
}
