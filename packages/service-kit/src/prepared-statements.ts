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

/**
 * For a service's own schema: connections that prepare each statement once and plan it once, for planning takes longer than running most of
 * them. Such a plan does not know the parameters, and outlives the size of the tables for which it was made; those that only suit small
 * tables are ruled out.
 */
export function prepareStatements(url: string, { max }: { max: number }): PreparedStatements {
  const options = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off';
  const names = createStatementNames(200);
  return {
    pool: { connectionString: url, max, options, connectionTimeoutMillis: 5000 },
    statementNameGenerator: ({ sql }) => names.nameOf(sql) ?? '',
  };
}
