import { readConfiguration } from '../../../src/configuration';
import { clientAddress, trustedProxies } from '../../../src/http/proxies';

const trusts = trustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);

test.each<[string, string, string | string[] | undefined, string]>([
  ['nobody in between', '203.0.113.9', undefined, '203.0.113.9'],
  ['a stranger who claims to be a proxy', '203.0.113.9', '198.51.100.7', '203.0.113.9'],
  ['one proxy', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['a chain of ours', '127.0.0.1', '203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ['what a stranger wrote before they came to us', '127.0.0.1', '127.0.0.1, 10.9.9.9, 203.0.113.9', '203.0.113.9'],
  ['several headers', '10.0.0.1', ['198.51.100.7', '203.0.113.9'], '203.0.113.9'],
  ['IPv4 in IPv6', '::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['IPv6', '2001:db8::1', '2001:db9::1', '2001:db9::1'],
  ['only proxies', '127.0.0.1', '10.0.0.7', '10.0.0.7'],
  ['nonsense', '127.0.0.1', 'somebody', 'somebody'],
  ['an empty header', '127.0.0.1', ' , ', '127.0.0.1'],
])('%s', (_what, peer, forwarded, address) => {
  expect(clientAddress(peer, forwarded, trusts)).toBe(address);
});

test('without proxies nothing is believed, and what is no address is no proxy', () => {
  expect(clientAddress('127.0.0.1', '203.0.113.9', trustedProxies([]))).toBe('127.0.0.1');
  expect(() => trustedProxies(['the load balancer'])).toThrow('ipaddr');
  expect(trusts('')).toBe(false);
});

test('what is configured is judged at the start', () => {
  expect(readConfiguration({ KEYLEDGER_TRUST_PROXY: '10.0.0.0/8, 10.1.2.3,::1, 2001:db8::/32' }).trustProxy).toEqual(['10.0.0.0/8', '10.1.2.3', '::1', '2001:db8::/32']);
  for (const value of ['the balancer', '10.0.0.0/99', '10.0.0.1,', '*', '1', '0x7f', '010.0.0.1', '1/8', '10.1/16', '::ffff:10.0.0.1/104', '::ffff:0:0/96']) {
    expect(() => readConfiguration({ KEYLEDGER_TRUST_PROXY: value })).toThrow('KEYLEDGER_TRUST_PROXY: must be addresses or networks');
  }
});
