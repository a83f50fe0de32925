import { readFileSync } from 'node:fs';
import path from 'node:path';
import { failureCategoryNames } from '../../../schema/run/failure-category';
import { operationNames, scenarioNames } from '../../../schema/run/operations';
import {
  klingCount, klingCreativity, klingDurations, klingImageRatios, klingModels, klingModes, klingVideoRatios, legnextQualities, legnextRanges, legnextRatios, legnextVersions,
} from '../../../schema/run/parameter-rules';
import { parameterSchemas } from '../../../schema/run/parameters';
import { projectRoot } from '../../../src/paths';

const guide = readFileSync(path.join(projectRoot, 'docs/vendors.md'), 'utf8');
const rowOf = (name: string): string => guide.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';
const rowsOf = (name: string): string => guide.split('\n').filter((line) => line.startsWith('|') && line.includes(`\`${name}\``)).join('\n');
const figure = (number: number): string => number.toLocaleString('en-US');

it.each([
  ['options.aspectRatio', legnextRatios, '1:1'], ['options.version', legnextVersions, '7'], ['options.quality', legnextQualities, '1'],
  ['model', klingModels, 'kling-v1'], ['aspectRatio', klingImageRatios, '1:1'], ['aspectRatio', klingVideoRatios, '16:9'],
  ['mode', klingModes, 'std'], ['durationSeconds', klingDurations, '5'],
])('the guide names all that %s may be', (name, values, initial) => {
  for (const value of [...values, initial]) expect(rowsOf(name)).toContain(`\`${value}\``);
});

it.each([...Object.entries(legnextRanges).map(([name, range]) => [`options.${name}`, range] as const), ['count', klingCount] as const, ['creativity', klingCreativity] as const])(
  'the guide names the bounds of %s', (name, { min, max, initial }) => {
    for (const number of [min, max, initial]) expect(rowOf(name)).toContain(figure(number));
  });

it.each(operationNames)('the guide names every parameter of %s', (operation) => {
  expect(guide).toContain(`\`${operation.toUpperCase()}\``);
  const { shape } = parameterSchemas[operation];
  for (const name of Object.keys(shape)) expect(guide).toContain(`\`${name}\``);
});

it('the guide names every scenario and every category', () => {
  for (const name of [...scenarioNames, ...failureCategoryNames]) expect(guide).toContain(`| \`${name.toUpperCase()}\` |`);
});
