import { observable } from '../lib/observable';

/** Set while a dialog asks to sign in again over the page. */
export const expired = observable(false);

let signedIn: Promise<void> | undefined;
let resolveSignedIn: (() => void) | undefined;

/** The session ended: asks once for everyone who notices, and resolves when someone signed in. */
export function signInAgain(): Promise<void> {
  signedIn ??= new Promise((resolve) => {
    resolveSignedIn = resolve;
  });
  expired.set(true);
  return signedIn;
}

/** Called by the dialog. */
export function hasSignedInAgain(): void {
  expired.set(false);
  resolveSignedIn?.();
  signedIn = undefined;
  resolveSignedIn = undefined;
}
