import { entitlementId, subjectId, type Subject } from '../../schema/entitlement/subject';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { entitlement } from './decider';

export interface SubjectOfTenant {
  tenantId: string;
  subject: Subject;
}

/** Lets callers be judged by the features that the log grants now, on every node within a second. */
export async function settleFeatures(
  { commands, auth }: { commands: CommandRuntime; auth: Auth }, { tenantId, subject }: SubjectOfTenant,
): Promise<void> {
  const { state, revision } = await commands.load(entitlement, entitlementId(tenantId, subject));
  if (revision < 0n) return;
  const id = subjectId(tenantId, subject);
  await auth.standings.setFeatures({ kind: subject.kind, id, tenantId }, { features: state.features ?? null, revision });
}
