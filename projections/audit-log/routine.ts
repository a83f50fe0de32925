/** Steps that work takes by itself between its beginning and its end, which are acts of their own. */
const STEPS: ReadonlySet<string> = new Set([
  'SlotReserved', 'SlotRenewed',
  'LeaseRequested', 'LeaseReleased', 'PermitsTaken', 'TicketTimedOut',
  'RunStarted', 'RunQueued', 'RunLeased', 'RunSubmissionBegun', 'RunSubmitted', 'RunPollingStarted', 'RunVendorStatusChanged',
]);
/** As this server names itself when it leases keys; programs outside are named by their id. */
const OWN_HOLDER = /^(run|load-test)\//;

/**
 * Whether an act is one of the many that every run, every lease and every load test writes, and nobody did: lists leave
 * them out unless they are asked for. That somebody outside got the secret of a key is none of them.
 */
export function isRoutine(type: string, fields: Record<string, unknown>): boolean {
  switch (type) {
    case 'SlotReleased': return fields['how'] !== 'cleared';
    case 'TicketCancelled': return fields['reason'] === 'abandoned';
    case 'LeaseGranted': return OWN_HOLDER.test(String(fields['holder']));
    default: return STEPS.has(type);
  }
}
