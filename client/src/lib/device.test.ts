import { deviceName } from './device';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140, Linux'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/147.0.0.0 Safari/537.36`, 'Chrome 147, Windows'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/147.0.0.0 Safari/537.36 Edg/147.0.1`, 'Edge 147, Windows'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${apple} Version/19.0 Mobile/15E148 Safari/604.1`, 'Safari 19, iPhone'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/19.1 Safari/605.1.15`, 'Safari 19, macOS'],
  [`Mozilla/5.0 (Linux; Android 16) ${webKit} SamsungBrowser/29.0 Chrome/140.0.0.0 Mobile Safari/537.36`, 'Samsung Internet 29, Android'],
  ['curl/8.15.0', 'curl 8'],
  ['my-own-worker (night shift)', 'my-own-worker (night shift)'],
])('%s', (userAgent, words) => {
  expect(deviceName(userAgent)).toBe(words);
});

it('cuts what it does not know', () => {
  expect(deviceName('x'.repeat(300))).toHaveLength(80);
});
