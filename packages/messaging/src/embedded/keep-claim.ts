import type { SqlClient } from '../sql-client.js';
import { renewClaim } from './delivery-store.js';

/** Renews a claim until the returned function is called. A renewal that fails does no harm: the messages are then handed out twice. */
export function keepClaim(database: SqlClient, claim: string, leaseMs: number): () => void {
  const timer = setInterval(() => {
    renewClaim(database, claim, leaseMs).catch(() => undefined);
  }, leaseMs / 3);
  return () => clearInterval(timer);
}
