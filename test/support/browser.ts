import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Switches that would quieten or slow a browser on a person's machine, or reach out to its vendor. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--disable-sync', '--force-color-profile=srgb'];

/** A headless Chromium for one test file; close it in `afterAll`. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.TEST_CHROMIUM_PATH;
  if (!executablePath) throw new Error('TEST_CHROMIUM_PATH is not set: does the jest project have the browser global setup?');
  const shipped = JSON.parse(process.env.TEST_CHROMIUM_ARGS ?? '[]') as string[];
  return chromium.launch({ executablePath, headless: true, args: [...new Set([...shipped.filter((arg) => !arg.startsWith('--headless')), ...ARGS])] });
}

export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** Everything the page complained about: console errors, uncaught exceptions, failed requests, CSP reports. */
  complaints: string[];
}

/** A page in a fresh profile that writes down every complaint. */
export async function openPage(browser: Browser, options: { colorScheme?: 'light' | 'dark'; locale?: string } = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: options.locale ?? 'en-US', colorScheme: options.colorScheme ?? 'light', viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  return { page, context, complaints };
}
