import { createStatementNames } from './statement-names.js';

interface PreparedStatements {
  readonly pool: {
    readonly connectionString: string;
    readonly max: number;
    readonly options: string;
    readonly connectionTimeoutMillis: number;
  };
  readonly statementNameGenerator: (query: { readonly sql: string }) => string;
}

interface ConnectionLimits {
  readonly max: number;
  /**
   * Where all tables of the statements that matter grow: a plan outlives the size of the tables for which it was made, so plans that only
   * suit small ones are ruled out.
   */
  readonly scans?: 'off';
}

/**
 * For a service's own schema: connections that prepare each statement once and plan it once, whatever its parameters, for planning takes
 * longer than running most of them.
 */
export function prepareStatements(url: string, { max, scans }: ConnectionLimits): PreparedStatements {
  const options = `-c plan_cache_mode=force_generic_plan -c jit=off${scans === 'off' ? ' -c enable_seqscan=off' : ''}`;
  const names = createStatementNames(200);
  return {
    pool: { connectionString: url, max, options, connectionTimeoutMillis: 5000 },
    statementNameGenerator: ({ sql }) => names.nameOf(sql) ?? '',
  };
}
