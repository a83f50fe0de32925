/** Unpacks the Chromium that an npm package carries, once a test run, and tells the tests where it is. */
export default async function prepareBrowser(): Promise<void> {
  // The package is an ES module; jest's own module system cannot load it inside a test.
  const { default: chromium } = await import('@sparticuz/chromium');
  process.env.TEST_CHROMIUM_PATH = await chromium.executablePath();
}
