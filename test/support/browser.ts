import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/**
 * Our own switches, not those that the package proposes: its `--single-process` lets profiles share cookies, and its
 * `--disable-web-security` would hide what the content security policy refuses.
 */
const ARGS = [
  '--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--disable-sync',
  '--force-color-profile=srgb', '--font-render-hinting=none',
];

/** A headless Chromium for one test file; close it in `afterAll`. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.TEST_CHROMIUM_PATH;
  if (!executablePath) throw new Error('TEST_CHROMIUM_PATH is not set: does the jest project have the browser global setup?');
  return chromium.launch({ executablePath, headless: true, args: ARGS });
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
  page.setDefaultTimeout(10_000);
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
