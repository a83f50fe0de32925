import '@mantine/core/styles/Combobox.layer.css';
import { NativeSelect } from '@mantine/core';
import { useT } from '../i18n/use-t';
import type { Role } from '../lib/permissions';
import { useSession } from '../session';
import { rolesToGive } from './rights';

interface RoleSelectProps {
  value: Role;
  error?: string;
  onChange: (role: Role) => void;
}

/** The roles that whoever is signed in may give; the one held stays among them. */
export function RoleSelect({ value, error, onChange }: RoleSelectProps) {
  const t = useT();
  const { viewer } = useSession();
  const given = rolesToGive(viewer.role);
  const choices = given.includes(value) ? given : [value, ...given];
  return (
    <NativeSelect label={t('user.role')} description={t(`role.${value}.help`)} value={value} error={error}
      data={choices.map((role) => ({ value: role, label: t(`role.${role}`) }))}
      onChange={(event) => onChange(event.currentTarget.value as Role)} />
  );
}
