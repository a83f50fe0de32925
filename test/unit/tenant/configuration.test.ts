import fc from 'fast-check';
import { featureNames } from '../../../schema/access/features';
import { featuresOf, readTenantConfiguration, tabsOf } from '../../../schema/tenant/configuration';

const file = { tenant_id: 'school_a', layout: 'School A', enabled_features: ['tab.chat'], branding: { page_title: 'P', browser_tab_title: 'B', logo_path: null } };

test('a file says what it says', () => {
  expect(readTenantConfiguration(file)).toEqual({ configuration: file });
  expect(readTenantConfiguration({ tenant_id: 'school_a', layout: 'School A' })).toEqual({ configuration: { tenant_id: 'school_a', layout: 'School A' } });
});

test('features and tabs are two names of the same', () => {
  fc.assert(fc.property(fc.subarray([...featureNames]), (features) => expect(featuresOf(tabsOf(features))).toEqual(features)));
});

test.each([
  ['no object', null, ''],
  ['an array', [file], ''],
  ['no tenant', { layout: 'A' }, 'tenant_id'],
  ['a slug with capitals', { ...file, tenant_id: 'School' }, 'tenant_id'],
  ['a slug that is a path', { ...file, tenant_id: '../etc' }, 'tenant_id'],
  ['a slug of one character', { ...file, tenant_id: 'a' }, 'tenant_id'],
  ['a slug of 41 characters', { ...file, tenant_id: 'a'.repeat(41) }, 'tenant_id'],
  ['a blank name', { ...file, layout: '  ' }, 'layout'],
  ['an unknown key', { ...file, owner: 'x' }, ''],
  ['an unknown key of the branding', { ...file, branding: { color: 'red' } }, 'branding'],
  ['features that are no list', { ...file, enabled_features: 'tab.chat' }, 'enabled_features'],
  ['an empty title', { ...file, branding: { page_title: '' } }, 'branding.page_title'],
])('%s is refused with its place', (_name, value, place) => {
  const read = readTenantConfiguration(value);
  expect('faults' in read && read.faults.map(({ path }) => path)).toEqual([place]);
});

test('an unknown feature is refused with the list of those that there are', () => {
  const read = readTenantConfiguration({ ...file, enabled_features: ['tab.chat', 'tab.naver'] });
  expect(read).toEqual({ faults: [{ path: 'enabled_features.1', message: expect.stringContaining('"tab.naver"; there are tab.chat, tab.virtual_keys') }] });
});

test('nothing that somebody writes makes the reader fail', () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    const read = readTenantConfiguration(value);
    expect('faults' in read || 'configuration' in read).toBe(true);
  }));
});
