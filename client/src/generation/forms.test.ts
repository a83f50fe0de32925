import { klingImageParameters, klingImageToVideoParameters, klingTextToVideoParameters, legnextParameters } from '../../../schema/run/parameters';
import { finalTextOf, namesParameters } from './final-text';
import {
  klingDefaults, klingKinds, klingOptionsOf, klingParametersOf, legnextDefaults, legnextOptionsOf, legnextParametersOf, type KlingForm,
} from './forms';

const kling: KlingForm = { prompt: ' tea ', negativePrompt: ' text ', options: klingDefaults, image: '', imageAddress: '' };

describe('the form for LegNext', () => {
  it('TEST-50: begins with the defaults of the server', () => {
    expect(legnextParameters.parse({ prompt: 'x', options: {} }).options).toEqual(legnextDefaults);
  });

  it('TEST-50: sends all parameters, or none when they are switched off as a whole', () => {
    const form = { prompt: '  a fox ', withOptions: true, options: { ...legnextDefaults, weird: 12, raw: true } };
    expect(legnextParameters.parse(legnextParametersOf(form))).toEqual({ prompt: 'a fox', options: form.options });
    expect(legnextParametersOf({ ...form, withOptions: false })).toEqual({ prompt: 'a fox', options: null });
  });

  it('TEST-50: takes the final text apart without changing a character of it', () => {
    const full = finalTextOf({
      prompt: 'a fox --with a hat',
      options: { ...legnextDefaults, aspectRatio: '21:9', version: 'niji 6', quality: '.25', weird: 3_000, stop: 10, tile: true, raw: true, draft: true },
    });
    expect(full.words).toBe('a fox --with a hat');
    expect(full.parameters).toEqual([
      ' --ar 21:9', '--niji 6', '--q .25', '--s 250', '--c 0', '--w 3000', '--stop 10', '--tile', '--style raw', '--draft',
    ].map((part) => part.trim()));
    expect(`${full.words} ${full.parameters.join(' ')}`).toBe(full.text);
    expect(finalTextOf({ prompt: 'a fox', options: null })).toEqual({ text: 'a fox', words: 'a fox', parameters: [] });
  });

  it.each([
    ['a fox --ar 16:9', true], ['--v 7 a fox', true], ['A FOX --STYLE raw', true],
    ['a fox', false], ['well--argued', false], ['a fox --with a hat', false],
  ])('knows whether %j names a parameter itself', (words, expected) => {
    expect(namesParameters(words)).toBe(expected);
  });

  it('takes of a preset what still makes sense, and the defaults for the rest', () => {
    expect(legnextOptionsOf({ ...legnextDefaults, chaos: 7, tile: true })).toEqual({ ...legnextDefaults, chaos: 7, tile: true });
    expect(legnextOptionsOf({ aspectRatio: '5:1', version: 9, stylize: 1_001, chaos: -1, stop: 5, weird: 1.5, raw: 'yes' })).toEqual(legnextDefaults);
    expect(legnextOptionsOf(null)).toEqual(legnextDefaults);
    expect(klingOptionsOf('nonsense')).toEqual(klingDefaults);
    expect(klingOptionsOf({ creativity: 11, count: 9, mode: 'pro' })).toEqual({ ...klingDefaults, count: 9, mode: 'pro' });
  });
});

describe('the form for Kling', () => {
  it('TEST-52: begins with the defaults of the server', () => {
    expect(klingParametersOf('image', kling)).toEqual(klingImageParameters.parse({ prompt: 'tea', negativePrompt: 'text' }));
    expect(klingParametersOf('text-to-video', kling)).toEqual(klingTextToVideoParameters.parse({ prompt: 'tea', negativePrompt: 'text' }));
  });

  it('TEST-52: sends what each kind of work knows, and nothing else', () => {
    const schemas = { 'image': klingImageParameters, 'text-to-video': klingTextToVideoParameters, 'image-to-video': klingImageToVideoParameters };
    const full: KlingForm = {
      ...kling, image: 'out-1', options: {
        model: 'kling-v1-pro', imageRatio: '3:4', videoRatio: '9:16', mode: 'pro', durationSeconds: '10', creativity: 0, count: 9,
      },
    };
    for (const kind of klingKinds) {
      const sent = klingParametersOf(kind, full);
      expect(schemas[kind].parse(sent)).toEqual(sent);
    }
    expect(klingParametersOf('image-to-video', full)).not.toHaveProperty('aspectRatio');
  });

  it('takes one\'s own picture, or the address that was typed', () => {
    expect(klingParametersOf('image-to-video', { ...kling, image: 'out-1', imageAddress: 'https://a.test/b.png' })).toHaveProperty('image', 'out-1');
    expect(klingParametersOf('image-to-video', { ...kling, imageAddress: ' https://a.test/b.png ' })).toHaveProperty('image', 'https://a.test/b.png');
  });
});
