import pg from 'pg';

/** What bench itself asks of a database, as its superuser: to fill it beforehand, and to see how far the services have come. */
export class Database {
  private readonly pool: pg.Pool;

  constructor(readonly url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 4 });
    this.pool.on('error', () => undefined); // the next query reports a lost connection
  }

  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }

  /** The single number that a query answers. */
  async number(text: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.query(text, values);
    return Number(Object.values(row ?? {})[0]);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
