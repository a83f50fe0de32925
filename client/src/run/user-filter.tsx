import { useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useQuery } from 'urql';
import { toNode } from '../graphql/document';
import { useT } from '../i18n/use-t';
import { IconFilter } from '../ui/icons';
import { Popover } from '../ui/popover';
import { RunUsersDocument } from './gql/documents';
import styles from './runs-screen.module.css';

interface Person {
  id: string;
  displayName: string;
}

interface UserFilterProps {
  chosen: string | undefined;
  onChoose: (person: Person | undefined) => void;
}

/** Leaves the runs of one person. */
export function UserFilter(props: UserFilterProps) {
  const t = useT();
  const label = t('run.requestedBy');
  return (
    <Popover label={label} target={<Button size="xs" variant="default" leftSection={<IconFilter size={14} />}>{label}</Button>}>
      <People {...props} />
    </Popover>
  );
}

function People({ chosen, onChoose }: UserFilterProps) {
  const t = useT();
  const [looked, setLooked] = useState('');
  const [{ data }] = useQuery({ query: toNode(RunUsersDocument), variables: { search: looked.trim() || undefined } });
  const people = data?.users.nodes ?? [];
  return (
    <div className={styles.people}>
      <TextInput data-autofocus size="xs" aria-label={t('run.findUser')} placeholder={t('run.findUser')} value={looked}
        onChange={(event) => setLooked(event.currentTarget.value)} />
      <ul>
        {people.map(({ id, displayName, email }) => (
          <li key={id}>
            <button type="button" aria-pressed={id === chosen} onClick={() => onChoose(id === chosen ? undefined : { id, displayName })}>
              <bdi>{displayName}</bdi> {email && <span className="muted"><bdi>{email}</bdi></span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
