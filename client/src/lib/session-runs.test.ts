import { beginSession, sessionRuns, startedHere } from './session-runs';

it('knows each run once, also after a reload, until a new session begins', () => {
  startedHere('a');
  startedHere('b');
  startedHere('a');
  expect(sessionRuns.get()).toEqual(['a', 'b']);
  jest.isolateModules(() => {
    const { sessionRuns: reloaded }: typeof import('./session-runs') = require('./session-runs');
    expect(reloaded.get()).toEqual(['a', 'b']);
  });
  beginSession();
  expect(sessionRuns.get()).toEqual([]);
});
