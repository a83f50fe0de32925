import type { T } from '../i18n/use-t';
import en from '../i18n/en/messages.json';
import { actorWords, actWords, attempted, reasonWords } from './words';

const t = Object.assign((id: string) => (en as Record<string, string>)[id] ?? id, {
  knows: (id: string) => id in en, language: 'en',
}) as unknown as T;

const refused = (reason: string | null, code: string | null = null) => ({ reason, code });

it('says why in the words of the reason, else of the rule, else of the code, else as it came', () => {
  expect(reasonWords(t, refused('throttled', 'E4291'))).toBe('Too many attempts.');
  expect(reasonWords(t, refused('role_above', 'B2003'))).toBe('You manage only people whose role is below yours.');
  expect(reasonWords(t, refused('rule_of_tomorrow', 'E4031'))).toBe('Your role may not do this.');
  expect(reasonWords(t, refused('rule_of_tomorrow', 'E9999'))).toBe('rule_of_tomorrow');
  expect(reasonWords(t, refused(null))).toBe('');
});

it('uses no words with places for values, which the log does not hold', () => {
  const rules = Object.keys(en).filter((id) => id.startsWith('rule.')).map((id) => id.slice('rule.'.length));
  const codes = Object.keys(en).filter((id) => /^error\.\w+$/.test(id)).map((id) => id.slice('error.'.length));
  const words = [...rules.map((rule) => reasonWords(t, refused(rule))), ...codes.map((code) => reasonWords(t, refused(null, code)))];
  expect(words.length).toBeGreaterThan(20);
  expect(words.filter((text) => text.includes('{'))).toEqual([]);
});

it('names service clients and acts, and what a refused act would have been', () => {
  expect(actorWords(t, { actor: null, actorKind: 'service' })).toBe('Service client');
  expect(actWords(t, 'ActRefused')).toBe('Act refused');
  expect(actWords(t, 'ActOfTomorrow')).toBe('ActOfTomorrow');
  expect(attempted({ act: 'ActRefused', summary: { act: 'deleteUser' } })).toBe('deleteUser');
  expect(attempted({ act: 'UserDeleted', summary: { act: 'deleteUser' } })).toBeUndefined();
});
