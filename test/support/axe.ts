import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../src/paths';

const axe = readFileSync(path.join(projectRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What still fades in is judged by the contrast it will have; a panel caught half-way looks pale. What has just been put
// into the page begins to fade in a frame later, so the page has to stand still for two. What never stands still, as bars
// that run down, is judged as it is after two seconds.
const SETTLED = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const left = (animation) => animation.effect.getComputedTiming().endTime - (animation.currentTime ?? 0);
  const fading = () => document.getAnimations().filter((animation) => animation.playState === 'running' && left(animation) < 1_000);
  const end = performance.now() + 2_000;
  for (let still = 0; still < 2 && performance.now() < end;) {
    const animations = fading();
    await Promise.all(animations.map((animation) => animation.finished.catch(() => undefined)));
    await frame();
    still = animations.length === 0 ? still + 1 : 0;
  }
})()`;

/** Violations of the accessibility rules on what a page shows once its transitions have ended, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(SETTLED);
  await page.evaluate(axe);
  const { violations: found }: any = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`);
  return found.map(({ id, nodes }: any) => `${id}: ${nodes.map(({ target }: any) => target.join(' ')).join(', ')}`);
}
