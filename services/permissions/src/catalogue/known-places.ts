/** What the catalogue knows of some databases and tables. */
export interface KnownPlaces {
  /** By id; each with the names of its schemas. */
  readonly databases: ReadonlyMap<number, { readonly schemas: ReadonlySet<string> }>;
  readonly tables: ReadonlyMap<number, { readonly databaseId: number; readonly schemaName: string }>;
}
