/** Browsers by what their user agent says, the more particular first: most claim to be Chrome or Safari as well. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/\b(?:OPR|Opera)\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\bYaBrowser\/(\d+)/, 'Yandex Browser'],
  [/\bWhale\/(\d+)/, 'Whale'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* .*Safari\//, 'Safari'],
  [/^curl\/(\d+)/, 'curl'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** `Firefox 140, Linux` from a user agent; the text itself, cut, where nothing in it is known. */
export function deviceName(userAgent: string): string {
  const browser = browsers.map(([pattern, name]) => [name, pattern.exec(userAgent)?.[1]] as const).find(([, version]) => version);
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1];
  const known = [browser?.join(' '), system].filter((part) => part !== undefined);
  return known.length > 0 ? known.join(', ') : userAgent.trim().slice(0, 80);
}
