import { setupI18n, type I18n, type Messages } from '@lingui/core';
import { observable } from '../lib/observable';

export const languages = ['en', 'ko', 'ru'] as const;

export type Language = (typeof languages)[number];

/** Each language in its own words, for choosing it. */
export const languageNames: Record<Language, string> = { en: 'English', ko: '한국어', ru: 'Русский' };

const catalogs: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import('./en/messages'),
  ko: () => import('./ko/messages'),
  ru: () => import('./ru/messages'),
};

export const i18n: I18n = setupI18n();

/** Language on screen; changes after its catalog has arrived. */
export const language = observable<Language>('en');

/** The first of the wanted tags that the product speaks, English otherwise. */
export const bestLanguage = (wanted: readonly string[]): Language =>
  wanted.map((tag) => languages.find((known) => tag.toLowerCase().startsWith(known))).find((known) => known !== undefined) ?? 'en';

export async function speak(next: Language): Promise<void> {
  const { messages } = await catalogs[next]();
  i18n.loadAndActivate({ locale: next, messages });
  document.documentElement.lang = next;
  language.set(next);
}
