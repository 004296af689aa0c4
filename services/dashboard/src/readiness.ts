import { type Ask, hasAppliedCatalogue, reportReadiness } from '@sandgate/contracts';
import type { ReadinessCheck } from '@sandgate/service-kit';
import type { Catalogue } from './catalogue/catalogue.js';
import type { DataSource } from './sources/data-source.js';

export interface ReadinessOptions {
  readonly ask: Ask;
  readonly catalogue: Catalogue;
  readonly sources: readonly DataSource[];
  readonly findSource: (name: string) => DataSource | undefined;
}

/** Everything that somebody needs to see rows, in the other services too. What is missing is said in numbers: anybody may read it. */
export const dashboardReadiness = (options: ReadinessOptions): ReadinessCheck[] => [
  { name: 'data-sources', check: () => missingSources(options) },
  { name: 'catalogue', check: async () => missingCatalogues(options) },
  { name: 'permissions-catalogue', check: () => missingAtPermissions(options) },
  ...(['auth', 'directory', 'permissions'] as const).map((service) => ({
    name: service,
    check: () => missingIn(service, options.ask),
  })),
];

async function missingSources({ sources, findSource }: ReadinessOptions): Promise<string | undefined> {
  const outcomes = await Promise.allSettled(sources.map(({ name }) => requireAnswer(findSource(name))));
  const missing = outcomes.filter(({ status }) => status === 'rejected').length;
  return missing > 0 ? `${missing} of ${sources.length} data sources do not answer or may not be used` : undefined;
}

async function requireAnswer(source: DataSource | undefined): Promise<void> {
  if (!source) throw new Error('may not be used');
  await source.query({ text: 'select 1', values: [] });
}

function missingCatalogues({ sources, catalogue }: ReadinessOptions): string | undefined {
  const missing = sources.length - catalogue.databases().length;
  return missing > 0 ? `${missing} of ${sources.length} databases have no catalogue yet` : undefined;
}

async function missingAtPermissions({ ask, catalogue }: ReadinessOptions): Promise<string | undefined> {
  const databases = catalogue.databases().map(({ id, revision }) => ({ id, revision }));
  const { applied } = await ask(hasAppliedCatalogue, { databases });
  return applied ? undefined : 'permissions has not taken over the catalogue yet';
}

async function missingIn(service: 'auth' | 'directory' | 'permissions', ask: Ask): Promise<string | undefined> {
  const { ready, checks } = await ask(reportReadiness[service], {});
  if (ready) return undefined;
  return `${Object.keys(checks)
    .filter((name) => !checks[name]?.ready)
    .join(', ')}: not ready`;
}
