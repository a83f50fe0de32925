import { decodeListSearch, parseSearch } from '../lib/url-codec';
import { auditList, type AuditRow } from './list';
import { auditLogSpec } from './spec';

const entry = {
  act: 'UserCreated', stream: 'user-1', actorId: 'olga', correlationId: 'c', subjects: ['ada'], result: 'SUCCEEDED',
  at: '2030-05-05T12:00:00.000Z',
} as unknown as AuditRow;

const admits = (url: string) => auditList(decodeListSearch(auditLogSpec, parseSearch(url))).admits(entry);

it.each([
  ['', true], ['?q=user', true], ['?q=tenant', false], ['?act=UserCreated', true], ['?act=UserDeleted', false],
  ['?result=SUCCEEDED', true], ['?result=REFUSED', false], ['?actor=olga', true], ['?actor=eve', false],
  ['?from=2030-05-05T12:00:00.000Z', true], ['?from=2030-05-05T12:00:00.001Z', false],
  ['?to=2030-05-05T12:00:00.000Z', true], ['?to=2030-05-05T11:59:59.999Z', false],
  ['?from=nonsense', true], ['?sort=position', false],
])('of %s a new act: %p', (url, belongs) => expect(admits(url)).toBe(belongs));
