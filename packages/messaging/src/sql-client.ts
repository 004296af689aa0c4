/** What messaging needs of a database client: Prisma's tagged templates. Every generated client and its transaction client fit. */
export interface SqlClient {
  $queryRaw<T = unknown>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
}

export interface TransactionOptions {
  /** Milliseconds after which the transaction is rolled back. */
  timeout?: number;
  /** Milliseconds to wait for a connection. */
  maxWait?: number;
}

/** A service's own database. */
export interface Database<Tx extends SqlClient = SqlClient> extends SqlClient {
  $transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  $disconnect(): Promise<void>;
}
