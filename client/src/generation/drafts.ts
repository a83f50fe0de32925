import { useSyncExternalStore } from 'react';
import { observable, type Observable } from '../lib/observable';
import { defaultSettings, klingDefaults, legnextDefaults, type KlingForm, type LegnextForm, type RunSettings } from './forms';

/** What stands in the forms, for as long as the page is open: going elsewhere and coming back loses nothing. */
export interface Draft<Form> {
  form: Form;
  settings: RunSettings;
}

export const legnextDraft: Observable<Draft<LegnextForm>> = observable({
  form: { prompt: '', withOptions: true, options: legnextDefaults }, settings: defaultSettings,
});

export const klingDraft: Observable<Draft<KlingForm>> = observable({
  form: { prompt: '', negativePrompt: '', options: klingDefaults, image: '', imageAddress: '' }, settings: defaultSettings,
});

export function useDraft<Form>(draft: Observable<Draft<Form>>) {
  const { form, settings } = useSyncExternalStore(draft.subscribe, draft.get);
  return {
    form,
    settings,
    change: (change: Partial<Form>) => draft.set({ ...draft.get(), form: { ...draft.get().form, ...change } }),
    set: (change: Partial<RunSettings>) => draft.set({ ...draft.get(), settings: { ...draft.get().settings, ...change } }),
  };
}
