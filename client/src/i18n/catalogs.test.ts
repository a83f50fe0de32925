import { catalogue } from '../../../schema/errors/catalogue';
import en from './en/messages.json';
import ko from './ko/messages.json';
import ru from './ru/messages.json';
import { bestLanguage, i18n, speak } from './i18n';

const catalogs: Record<string, Record<string, string>> = { en, ko, ru };
const codes = [...Object.keys(catalogue), 'OFFLINE', 'OUTDATED'];
const placeholders = (message: string) => [...new Set([...message.matchAll(/\{(\w+)/g)].map(([, name]) => name ?? ''))].sort();

describe.each(Object.entries(catalogs))('the words in %s', (_language, words) => {
  it.each(codes)('say for %s what happened and what to do now', (code) => {
    expect(words[`error.${code}`]).toMatch(/\S/);
    expect(words[`error.${code}.next`]).toMatch(/\S/);
  });

  it('have the ids of the English catalog, none empty', () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    expect(Object.entries(words).filter(([, message]) => message.trim() === '')).toEqual([]);
  });

  it('use the same values as the English ones', () => {
    const plain = Object.entries(en).filter(([, message]) => !message.includes('plural'));
    const differing = plain.filter(([id, message]) => placeholders(message).join() !== placeholders(words[id] ?? '').join());
    expect(differing.map(([id]) => id)).toEqual([]);
  });
});

describe('plural forms', () => {
  it.each([
    ['en', 1, '1 new row'], ['en', 2, '2 new rows'],
    ['ko', 1, '새 행 1개'], ['ko', 5, '새 행 5개'],
    ['ru', 1, '1 новая строка'], ['ru', 3, '3 новые строки'], ['ru', 11, '11 новых строк'], ['ru', 21, '21 новая строка'],
  ] as const)('%s: %d', async (language, count, words) => {
    await speak(language);
    expect(i18n._('table.newRows', { count })).toBe(words);
  });
});

it('speaks the first language of the reader that it knows', () => {
  expect(bestLanguage(['de-DE', 'ko-KR', 'en'])).toBe('ko');
  expect(bestLanguage(['fr'])).toBe('en');
});
