/** One schema of one database, and who connects to it. */
export interface DatabaseSchema {
  connectionString: string;
  namespace: string;
}
