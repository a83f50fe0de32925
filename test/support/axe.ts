import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../src/paths';

const axe = readFileSync(path.join(projectRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What still fades in is judged by the contrast it will have; a panel caught half-way looks pale. What has just been put
// into the page begins to fade in a frame later, so the page has to stand still for two. What takes a second or more, as
// bars that run down, is no fading in. What never stands still is judged as it is after two seconds.
const SETTLED = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const fading = () => document.getAnimations().filter(({ playState, effect }) => playState === 'running' && effect.getComputedTiming().endTime < 1_000);
  const end = performance.now() + 2_000;
  for (let still = 0; still < 2 && performance.now() < end;) {
    const animations = fading();
    await Promise.all(animations.map((animation) => animation.finished.catch(() => undefined)));
    await frame();
    still = animations.length === 0 ? still + 1 : 0;
  }
})()`;

/** What is no violation is not described, and of what a page refers to only what plays by itself is fetched again. */
const OPTIONS = { runOnly: RULES, resultTypes: ['violations'], preload: { assets: ['media'] } };

/** Violations of the accessibility rules on what a page shows once its transitions have ended, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(SETTLED);
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
  const found: any = await page.evaluate(`axe.run(document, ${JSON.stringify(OPTIONS)}).then(({ violations }) => violations)`);
  return found.map(({ id, nodes }: any) => `${id}: ${nodes.map(({ target }: any) => target.join(' ')).join(', ')}`);
}
