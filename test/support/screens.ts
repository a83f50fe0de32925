import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { projectRoot } from '../../src/paths';

const pictures = path.join(projectRoot, 'test/output/screenshots');
mkdirSync(pictures, { recursive: true });

/** Keeps what the page shows as `test/output/screenshots/<name>.png`. */
export const picture = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: path.join(pictures, `${name}.png`) });

/** Follows a link of the main navigation. */
export const go = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true }).click();

/** Goes to a place as a link to it does, without loading the page again. @param place path and search */
export const visit = (page: Page, place: string): Promise<void> => page.evaluate(`__TSR_ROUTER__.navigate({ href: ${JSON.stringify(place)} })`);

/** Waits until a screen shows what it has, and no grey bars in the place of it. */
export const filled = (page: Page): Promise<void> => page.locator('main:has(h1):not(:has([class*=skeleton]))').waitFor();

export const dialog = (page: Page): Locator => page.getByRole('dialog');
export const button = (place: Page | Locator, name: string): Locator => place.getByRole('button', { name, exact: true });
