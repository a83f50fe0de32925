import { useState } from 'react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderIn } from '../../test/render';
import { groupScopes } from './scope-groups';
import { ScopePicker } from './scope-picker';

const options = [
  { scope: 'audit:read', about: 'Read the audit log.' },
  { scope: 'users:read', about: 'See people.' },
  { scope: 'keys:read', about: 'See virtual keys.' },
  { scope: 'users:write', about: 'Change people.' },
  { scope: 'moons:read', about: 'See the moons.' },
];

it('groups scopes by what they are about, in a fixed order, and loses none', () => {
  const groups = groupScopes(options);
  expect(groups.map(({ concern }) => concern)).toEqual(['access', 'keys', 'ledger', 'other']);
  expect(groups[0]?.options.map(({ scope }) => scope)).toEqual(['users:read', 'users:write']);
  expect(groups.flatMap(({ options: held }) => held)).toHaveLength(options.length);
});

function Picker({ onChange }: { onChange: (scopes: string[]) => void }) {
  const [value, setValue] = useState<string[]>([]);
  return <ScopePicker label="Scopes" options={options} value={value} onChange={(next) => (setValue(next), onChange(next))} />;
}

describe('scope picker', () => {
  it('says what each scope allows, in the reader’s language or else in the server’s words', async () => {
    await renderIn(<Picker onChange={() => undefined} />, 'ko');
    const access = screen.getByRole('group', { name: '사용자와 접근' });
    expect(within(access).getByRole('checkbox', { name: '사용자 보기' })).not.toBeChecked();
    expect(within(access).getByText('users:read')).toBeInTheDocument();
    expect(screen.getByRole('checkbox', { name: 'See the moons.' })).toBeInTheDocument();
  });

  it('chooses by keyboard, all at once, and none', async () => {
    const onChange = jest.fn();
    const user = userEvent.setup();
    await renderIn(<Picker onChange={onChange} />);
    screen.getByRole('checkbox', { name: 'see people' }).focus();
    await user.keyboard(' ');
    expect(onChange).toHaveBeenLastCalledWith(['users:read']);
    expect(screen.getByText('1 of 5 chosen')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'All' }));
    expect(onChange).toHaveBeenLastCalledWith(options.map(({ scope }) => scope));
    await user.click(screen.getByRole('button', { name: 'None' }));
    expect(onChange).toHaveBeenLastCalledWith([]);
  });
});
