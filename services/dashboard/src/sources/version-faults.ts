/** The first minor version of each major one whose planner statistics show nobody rows that they may not see (CVE-2025-8713). */
const soundVersions: ReadonlyMap<number, number> = new Map([
  [15, 14],
  [16, 10],
  [17, 6],
]);
const oldestMajor = 15;

/** Why a PostgreSQL of this `server_version_num` may not be used; empty when it may. */
export function versionFaults(version: number): string[] {
  const major = Math.floor(version / 10_000);
  const minor = version % 10_000;
  if (major < oldestMajor) return [`PostgreSQL ${major} is not supported: use ${oldestMajor} or later`];
  const sound = soundVersions.get(major) ?? 0;
  return minor < sound
    ? [`PostgreSQL ${major}.${minor} has a known leak of hidden rows: update it to ${major}.${sound} or later`]
    : [];
}
