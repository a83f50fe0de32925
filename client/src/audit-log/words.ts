import type { T } from '../i18n/use-t';
import type { AuditRow } from './list';

/** An act in words; one that came with a newer server is called by its type. */
export function actWords(t: T, act: string): string {
  const id = `act.${act}`;
  return t.knows(id) ? t(id) : act;
}

/** Who did it: a name where there is one, else the kind of actor. */
export function actorWords(t: T, { actor, actorKind }: Pick<AuditRow, 'actor' | 'actorKind'>): string {
  const id = `actor.${actorKind}`;
  return actor?.displayName || (t.knows(id) ? t(id) : actorKind);
}

/**
 * Why it was refused: in the words of the reason where there are some, else of the code; empty for what was done. The log
 * does not hold the values that a rule refused: a rule whose words need them has a reason that does without.
 */
export function reasonWords(t: T, { reason, code }: Pick<AuditRow, 'reason' | 'code'>): string {
  const known = [`reason.${reason ?? ''}`, `rule.${reason ?? ''}`, `error.${code ?? ''}`].find((id) => t.knows(id));
  return known && t.knows(known) ? t(known) : (reason ?? '');
}

/** What a refused act would have been: the name of the mutation, which the event carries. */
export const attempted = ({ act, summary }: Pick<AuditRow, 'act' | 'summary'>): string | undefined =>
  (act === 'ActRefused' && summary && typeof summary === 'object' && 'act' in summary ? String(summary.act) : undefined);
