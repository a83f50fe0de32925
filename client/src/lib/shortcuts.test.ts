import { prefer } from './preferences';
import { listenForShortcuts, registerShortcuts } from './shortcuts';

const press = (init: KeyboardEventInit, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));

describe('shortcuts', () => {
  const ran: string[] = [];
  let leave: () => void;

  beforeEach(() => {
    ran.length = 0;
    document.body.innerHTML = '<input id="field">';
    const unregister = registerShortcuts([
      { id: 'palette', keys: 'mod+k', run: () => ran.push('palette') },
      { id: 'next', keys: 'j', run: () => ran.push('next') },
      { id: 'users', keys: 'g m', run: () => ran.push('users') },
      { id: 'sheet', keys: '?', run: () => ran.push('sheet') },
      { id: 'clear', keys: 'shift+f', run: () => ran.push('clear') },
    ]);
    const stop = listenForShortcuts();
    leave = () => {
      unregister();
      stop();
    };
  });

  afterEach(() => {
    leave();
    prefer({ singleKeys: true });
  });

  it('runs single keys, sequences and Ctrl or Cmd', () => {
    press({ key: 'j' });
    press({ key: 'g' });
    press({ key: 'm' });
    press({ key: 'k', metaKey: true });
    press({ key: '?', shiftKey: true });
    press({ key: 'F', shiftKey: true });
    expect(ran).toEqual(['next', 'users', 'palette', 'sheet', 'clear']);
  });

  it('stays silent while someone types, but for Ctrl or Cmd', () => {
    const field = document.querySelector('#field') as HTMLElement;
    press({ key: 'j' }, field);
    press({ key: 'k', ctrlKey: true }, field);
    expect(ran).toEqual(['palette']);
  });

  it('stays silent while someone composes', () => {
    press({ key: 'j', isComposing: true });
    press({ key: 'j', keyCode: 229 });
    expect(ran).toEqual([]);
  });

  it('keeps single letters off when the reader wants so', () => {
    prefer({ singleKeys: false });
    press({ key: 'j' });
    press({ key: 'k', ctrlKey: true });
    expect(ran).toEqual(['palette']);
  });

  it('stays silent behind a dialog', () => {
    document.body.insertAdjacentHTML('beforeend', '<div role="dialog"></div>');
    press({ key: 'j' });
    expect(ran).toEqual([]);
  });
});
