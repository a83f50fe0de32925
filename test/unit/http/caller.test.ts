import { payerOf } from '../../../src/http/caller';
import { person } from '../../support/principals';

test('people pay for themselves wherever they are, strangers as the network they come from', () => {
  expect(payerOf(person('user-1'), '192.0.2.1')).toBe('user-1');
  const stranger = (address: string): string => payerOf({ kind: 'anonymous' }, address);
  expect(stranger('192.0.2.1')).not.toBe(stranger('192.0.2.2'));
  expect(stranger('2001:db8::1')).toBe(stranger('2001:db8::ffff:0:1'));
  expect(stranger('2001:db8::1')).not.toBe(stranger('2001:db8:0:1::1'));
});
