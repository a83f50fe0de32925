import { observable } from '../lib/observable';

/** Parameters under a name, kept in this browser for the one who saved them; never words or pictures. */

export interface Preset {
  name: string;
  parameters: unknown;
}

/** The form that a preset belongs to. */
export type PresetForm = 'legnext' | 'kling';

type Held = Partial<Record<string, readonly Preset[]>>;

const storageKey = 'keyledger-presets';
export const PRESET_NAME_LENGTH = 60;

function read(): Held {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return Object.fromEntries(Object.entries(kept && typeof kept === 'object' ? kept : {}).filter(([, presets]) => Array.isArray(presets)));
  } catch {
    // A value from elsewhere, or storage refused: then there are none.
    return {};
  }
}

const held = observable<Held>(read());
const none: readonly Preset[] = [];

const placeOf = (userId: string, form: PresetForm): string => `${userId}/${form}`;

export const presets = {
  subscribe: held.subscribe,
  /** In the order of their names. */
  get: (userId: string, form: PresetForm): readonly Preset[] => held.get()[placeOf(userId, form)] ?? none,
  set(userId: string, form: PresetForm, next: readonly Preset[]): void {
    const sorted = [...next].sort((a, b) => a.name.localeCompare(b.name));
    held.set({ ...read(), [placeOf(userId, form)]: sorted });
    try {
      localStorage.setItem(storageKey, JSON.stringify(held.get()));
    } catch {
      // Storage may be refused (private window, quota): the presets then last as long as the page.
    }
  },
};

/** A preset of this name; one that was there is replaced. */
export const saved = (before: readonly Preset[], preset: Preset): readonly Preset[] =>
  [...before.filter(({ name }) => name !== preset.name), preset];

/** Under another name; one that had that name is replaced. */
export const renamed = (before: readonly Preset[], from: string, to: string): readonly Preset[] => {
  const preset = before.find(({ name }) => name === from);
  return preset ? saved(before.filter(({ name }) => name !== from), { ...preset, name: to }) : before;
};

export const removed = (before: readonly Preset[], name: string): readonly Preset[] => before.filter((preset) => preset.name !== name);
