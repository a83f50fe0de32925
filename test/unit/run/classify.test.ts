import { failures } from '../../../commands/run/failures';
import { failureCategoryNames } from '../../../schema/run/failure-category';
import { reportOf } from '../../../schema/run/diagnosis-reports';
import { classify } from '../../../src/upstreams/classify';

test.each([
  [402, 'Payment Required', undefined, 'quota'],
  [200, 'Insufficient Quota', undefined, 'quota'],
  [500, 'insufficient quota', undefined, 'quota'],
  [401, 'Failed to verify api key', undefined, 'authentication'],
  [429, 'Too Many Requests', undefined, 'rate_limit'],
  [500, 'Internal Server Error', undefined, 'server_error'],
  [503, '', undefined, 'server_error'],
  [599, 'banned prompt', undefined, 'server_error'],
  [404, 'job not found', undefined, 'unknown'],
  [200, '', undefined, 'unknown'],
  [418, '', undefined, 'unknown'],
])('TEST-60: status %i "%s" (code %s) is %s', (status, text, serviceCode, category) => {
  expect(classify({ status, text, serviceCode })).toBe(category);
});

test.each([
  [429, 1101, 'quota'], [429, 1102, 'quota'], [429, 1100, 'authentication'], [429, 1302, 'rate_limit'], [429, 1303, 'rate_limit'], [429, 1304, 'authentication'],
  [401, 1000, 'authentication'], [401, 1001, 'authentication'], [401, 1002, 'authentication'], [401, 1003, 'authentication'], [401, 1004, 'authentication'],
  [403, 1103, 'authentication'], [400, 1200, 'parameters'], [400, 1201, 'parameters'], [404, 1203, 'parameters'],
  [400, 1300, 'content_policy'], [400, 1301, 'content_policy'], [500, 5000, 'server_error'], [503, 5001, 'server_error'], [504, 5002, 'server_error'],
  [401, 4_711, 'authentication'],
])('TEST-60: the vendor\'s own code comes first: status %i with %i is %s', (status, serviceCode, category) => {
  expect(classify({ status, text: '', serviceCode })).toBe(category);
});

test.each([
  [-1, 'kling: it cannot be reached (ECONNREFUSED)', 'network'],
  [-1, 'kling: no complete answer within 60000 ms', 'timeout'],
  [-1, 'timeout simulated', 'timeout'],
  [400, 'text is too long', 'parameters'],
  [422, '', 'parameters'],
  [400, 'Banned prompt detected', 'content_policy'],
  [200, 'Failure to pass the risk control system', 'content_policy'],
  [403, 'Forbidden', 'authentication'],
])('what TEST-60 leaves unknown is told apart: status %i "%s" is %s', (status, text, category) => {
  expect(classify({ status, text, serviceCode: undefined })).toBe(category);
});

test('codes of one vendor mean nothing at another', () => {
  expect(classify({ status: 400, text: '', serviceCode: 1101 }, {})).toBe('parameters');
});

test.each(failureCategoryNames)('TEST-61: %s has a report with a summary, causes, fixes and next checks, all in sentences', (category) => {
  const { summary, likelyCauses, recommendedFixes, nextChecks } = reportOf(category);
  for (const texts of [[summary], likelyCauses, recommendedFixes, nextChecks]) {
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
  }
});

test.each(['quota', 'authentication', 'rate_limit', 'server_error', 'content_policy', 'parameters', 'network', 'interrupted'] as const)(
  'a refusal for %s is one sentence in the run and in its report, so that a screen says it once', (category) => {
    expect(reportOf(category).summary).toBe(failures[category].reason);
  },
);
