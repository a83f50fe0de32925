import { maskedNetwork } from '../../../queries/addresses';

test.each([
  ['203.0.113.9', '203.0.113.x'],
  ['::ffff:203.0.113.9', '203.0.113.x'],
  ['2001:db8:1:2::3', '2001:db8:1:x'],
  ['::1', '0:0:0:x'],
  ['unknown', null],
  ['', null],
])('%s is shown as %s', (address, shown) => {
  expect(maskedNetwork(address)).toBe(shown);
});
