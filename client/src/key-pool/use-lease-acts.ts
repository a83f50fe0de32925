import { useAct } from '../graphql/use-act';
import { keyOf } from '../lib/global-id';
import { useSession } from '../session';
import { HeartbeatLeaseDocument, ReleaseLeaseDocument } from './gql/documents';
import type { KeyPoolRow, LeaseRow } from './list';

/** What the holder of a lease does with it: only they keep it alive or give it back. */
export function useLeaseActs(pool: KeyPoolRow, { id, holder, fencingToken }: LeaseRow, onChanged: (pool: KeyPoolRow) => void) {
  const { viewer } = useSession();
  const heartbeat = useAct(HeartbeatLeaseDocument, (data) => data.heartbeatLease);
  const release = useAct(ReleaseLeaseDocument, (data) => data.releaseLease);
  return {
    mine: holder === keyOf(viewer.user.id),
    beating: heartbeat.busy,
    releasing: release.busy,
    problems: [...heartbeat.problems, ...release.problems],
    async beat(): Promise<void> {
      const payload = await heartbeat.run({ leaseId: id, fencingToken });
      const beaten = payload?.lease;
      if (beaten) {
        onChanged({ ...pool, leases: pool.leases.map((other) => (other.id === id ? beaten : other)) });
      }
    },
    async giveBack(outcome: 'OK' | 'ERROR'): Promise<void> {
      const payload = await release.run({ leaseId: id, fencingToken, outcome });
      if (payload?.keyPool) {
        onChanged(payload.keyPool);
      }
    },
  };
}
