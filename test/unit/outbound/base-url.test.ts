import { classifyAddress } from '../../../src/outbound/address';
import { BaseUrlRefused, parseBaseUrl } from '../../../src/outbound/base-url';

const PUBLIC = { allowPrivate: false };
const OPERATOR = { allowPrivate: true };

/** Ways to say an inside address, or to make two parsers disagree about which host is meant. */
const FORBIDDEN = [
  // loopback in every spelling
  'https://127.0.0.1/', 'https://127.1/', 'https://127.0.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://017700000001/', 'https://127.0.0.1.:443/', 'https://127.255.255.254/', 'https://0x7f.0x0.0x0.0x1/', 'https://１２７.０.０.１/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127。0。0。1/', 'https://%31%32%37.0.0.1/', 'https://[::1]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[::0001]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/', 'https://[0:0:0:0:0:ffff:7f00:1]/', 'https://[::127.0.0.1]/', 'https://[::7f00:1]/', 'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./', 'https://foo.localhost/', 'https://loopback/', 'https://ip6-localhost/', 'https://server.local/',
  'https://db.internal/',
  'https://metadata.google.internal/', 'https://printer.lan/', 'https://1.0.0.127.in-addr.arpa/',
  // unspecified, private, shared, link-local, metadata
  'https://0.0.0.0/', 'https://0/', 'https://[::]/', 'https://10.0.0.1/', 'https://172.16.0.1/', 'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://100.64.0.1/', 'https://100.100.100.200/', 'https://169.254.169.254/', 'https://2852039166/', 'https://0xa9fea9fe/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[fd00:ec2::254]/', 'https://[fe80::1]/', 'https://[fc00::1]/', 'https://[fec0::1]/',
  // addresses that embed another, and those that belong to nobody
  'https://[64:ff9b::7f00:1]/', 'https://[64:ff9b:1::1]/', 'https://[2002:7f00:1::]/', 'https://[2001:0:7f00:1::]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[2001:db8::1]/', 'https://[100::1]/', 'https://[3fff::1]/', 'https://[4000::1]/', 'https://[ff02::1]/', 'https://224.0.0.1/',
  'https://255.255.255.255/', 'https://240.0.0.1/', 'https://192.0.2.1/', 'https://198.18.0.1/', 'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://192.0.0.192/', 'https://192.88.99.1/',
  // confusion of parsers
  'https://user@api.example.com/', 'https://api.example.com@127.0.0.1/', 'https://api.example.com:pass@10.0.0.1/',
  'https://@api.example.com/',
  'https://api.example.com\\@127.0.0.1/', 'https:\\\\127.0.0.1/', 'https:/127.0.0.1/', 'https:127.0.0.1/', 'https:///127.0.0.1/',
  ' https://api.example.com/',
  'https://api.exam\tple.com/', 'https://api.example.com/\r\nHost: inside', 'https://api.example.com\u200b/',
  'https://api。example.com/', 'https://ａpi.example.com/',
  'https://api.example.com./', 'https://api.example.com/?next=x', 'https://api.example.com/#x', 'https://api.example.com?',
  'https://api.example.com#',
  'https://api.example.com/a/../b', 'https://api.example.com/%2e%2e/b', 'https://api.example.com//evil.example',
  'https://api.example.com/v1%2f..',
  // other schemes and ports
  'http://api.example.com/', 'http://8.8.8.8/', 'ftp://api.example.com/', 'file:///etc/passwd', 'gopher://api.example.com/',
  'javascript:alert(1)',
  'data:text/plain,x', 'ws://api.example.com/', 'unix:/var/run/docker.sock', '//api.example.com/', 'api.example.com', '', 'https://',
  'https://:443/',
  'https://api.example.com:22/', 'https://api.example.com:80/', 'https://api.example.com:6379/', 'https://api.example.com:99999/',
  'https://api.example.com:0/',
];

it('knows many spellings', () => {
  expect(new Set(FORBIDDEN).size).toBe(FORBIDDEN.length);
  expect(FORBIDDEN.length).toBeGreaterThanOrEqual(100);
});

it.each(FORBIDDEN)('refuses %j as a public upstream', (url) => {
  expect(() => parseBaseUrl(url, PUBLIC)).toThrow(BaseUrlRefused);
});

it.each([
  ['https://api.example.com', { origin: 'https://api.example.com', secure: true, path: '' }],
  ['https://api.example.com:443/v1', { origin: 'https://api.example.com', secure: true, path: '/v1' }],
  ['HTTPS://API.Example.com/v1/', { origin: 'https://api.example.com', secure: true, path: '/v1' }],
  ['https://xn--bcher-kva.example/v1', { origin: 'https://xn--bcher-kva.example', secure: true, path: '/v1' }],
  ['https://8.8.8.8/', { origin: 'https://8.8.8.8', secure: true, path: '' }],
  ['https://[2606:4700::1111]/v1', { origin: 'https://[2606:4700::1111]', secure: true, path: '/v1' }],
])('accepts %s as a public upstream', (url, expected) => {
  expect(parseBaseUrl(url, PUBLIC)).toEqual(expected);
});

it.each([
  'http://127.0.0.1:4000', 'http://localhost:4000/v1', 'http://litellm:4000', 'https://10.1.2.3:8443/llm', 'http://[::1]:8000/v1',
  'https://api.example.com:8443',
])(
  'accepts %s from the operator',
  (url) => expect(parseBaseUrl(url, OPERATOR).origin).toBe(new URL(url).origin),
);

it.each([
  'http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://0.0.0.0:4000', 'http://[::]:4000', 'http://0x7f.1:4000', 'http://224.0.0.1',
  'http://u:p@127.0.0.1', 'file:///etc/passwd', 'http://127.0.0.1:4000/?x',
])(
  'refuses %s even from the operator',
  (url) => expect(() => parseBaseUrl(url, OPERATOR)).toThrow(BaseUrlRefused),
);

it.each([
  ['not an address', 'forbidden'], ['fe80::1%eth0', 'forbidden'], ['::ffff:10.0.0.1', 'private'], ['::ffff:8.8.8.8', 'public'],
  ['::8.8.8.8', 'forbidden'],
])(
  'classifies %s as %s',
  (address, expected) => expect(classifyAddress(address)).toBe(expected),
);
