import { saidBeside } from './said-beside';

const quota = 'The account has no credit left.';
const doubt = 'The vendor could not be reached. Whether it has the work is not known.';

it.each([
  ['what the title says', 'The account has no credit left', [quota, quota], []],
  ['what another says with more beside', 'No answer', [doubt, 'The vendor could not be reached.'], [doubt]],
  ['nothing that is news', '실패', [quota, 'The plan is used up.'], [quota, 'The plan is used up.']],
  ['what is missing', 'Failed', [null, undefined, ''], []],
])('leaves out %s', (_what, title, sentences, shown) => {
  expect(saidBeside(title, sentences)).toEqual(shown);
});
