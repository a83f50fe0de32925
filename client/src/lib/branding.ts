import { useSyncExternalStore } from 'react';
import { observable } from './observable';

/** How a tenant wants the product to look; null where it says nothing. */
export interface Branding {
  pageTitle: string | null;
  browserTitle: string | null;
  logoUrl: string | null;
}

/** The product's own name stands wherever a tenant gave none. */
export const productName = 'Keyledger';

export const noBranding: Branding = { pageTitle: null, browserTitle: null, logoUrl: null };

/** Of the tenant that is signed in. */
export const branding = observable<Branding>(noBranding);

export const useBranding = (): Branding => useSyncExternalStore(branding.subscribe, branding.get);

/** What the browser's tab says on a screen. */
export const tabTitle = (screen: string, { browserTitle }: Branding): string => `${screen} · ${browserTitle ?? productName}`;
