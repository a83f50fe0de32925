import { shownParameters } from './shown-parameters';

it('shows parameters one by one, without words, empty ones and nonsense', () => {
  expect(shownParameters({ prompt: 'a fox', model: 'kling-v1', negativePrompt: '', options: { version: '7', tile: false, raw: true, stop: 100 }, count: 2 })).toEqual([
    { name: 'version', value: '7' }, { name: 'raw', value: '✓' }, { name: 'stop', value: '100' }, { name: 'count', value: '2' },
  ]);
  expect([null, undefined, 'x', [1]].map(shownParameters)).toEqual([[], [], [], []]);
});
