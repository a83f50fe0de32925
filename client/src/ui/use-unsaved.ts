import { useBlocker } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';

/** Asks before a form that holds unsaved input is left, within the app or out of it. */
export function useUnsaved(unsaved: boolean): void {
  const t = useT();
  useBlocker({
    disabled: !unsaved,
    enableBeforeUnload: unsaved,
    // oxlint-disable-next-line no-alert -- The one dialog that can hold up a navigation.
    shouldBlockFn: () => !window.confirm(t('unsaved.leave')),
  });
}
