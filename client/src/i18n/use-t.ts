import { useMemo } from 'react';
import { useLingui } from '@lingui/react';
import type english from './en/messages.json';
import type { Language } from './i18n';

/** English is the source: an id that is not in its catalog does not compile. */
export type MessageId = keyof typeof english;

export interface T {
  (id: MessageId, values?: Record<string, unknown>): string;
  /** Whether there are words for an id that comes from the server, such as the rule of a refusal. */
  knows(id: string): id is MessageId;
  language: Language;
}

/** Words in the reader's language; the same function until the language changes. */
export function useT(): T {
  const { i18n } = useLingui();
  const { locale, messages } = i18n;
  return useMemo(() => Object.assign((id: MessageId, values?: Record<string, unknown>) => i18n._(id, values), {
    knows: (id: string): id is MessageId => id in messages,
    language: locale as Language,
  }), [i18n, locale, messages]);
}
