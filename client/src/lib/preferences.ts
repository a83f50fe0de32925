import { observable, type Observable } from './observable';

/** What one person likes, kept in this browser; never anything secret. */
export interface Preferences {
  language: 'en' | 'ko' | 'ru' | undefined;
  railCollapsed: boolean;
  singleKeys: boolean;
  /** Hidden columns and widths of each table. */
  tables: Record<string, { hidden?: string[]; widths?: Record<string, number> } | undefined>;
}

const storageKey = 'keyledger-preferences';
const initial: Preferences = { language: undefined, railCollapsed: false, singleKeys: true, tables: {} };

function read(): Preferences {
  try {
    return { ...initial, ...JSON.parse(localStorage.getItem(storageKey) ?? '{}') };
  } catch {
    // A value from elsewhere, or storage refused: the defaults are fine.
    return initial;
  }
}

export const preferences: Observable<Preferences> = observable(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.set({ ...preferences.get(), ...change });
  try {
    localStorage.setItem(storageKey, JSON.stringify(preferences.get()));
  } catch {
    // Storage may be refused (private window, quota): the choice then lasts as long as the page.
  }
}

/** Follows what other tabs of this browser prefer. */
export const followOtherTabs = (): void =>
  window.addEventListener('storage', (event) => {
    if (event.key === storageKey) {
      preferences.set(read());
    }
  });
