import type { ReadinessReport } from '@sandgate/contracts';
import type { ReadinessCheck } from './service.js';

export async function reportOf(checks: readonly ReadinessCheck[]): Promise<ReadinessReport> {
  const entries = await Promise.all(checks.map(async (check) => [check.name, await outcomeOf(check)] as const));
  return { ready: entries.every(([, outcome]) => outcome.ready), checks: Object.fromEntries(entries) };
}

async function outcomeOf(check: ReadinessCheck): Promise<{ ready: boolean; missing?: string }> {
  const missing = await check.check().catch(() => 'does not answer');
  return missing === undefined ? { ready: true } : { ready: false, missing };
}
