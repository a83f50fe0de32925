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
  return actor?.displayName ?? (t.knows(id) ? t(id) : actorKind);
}
