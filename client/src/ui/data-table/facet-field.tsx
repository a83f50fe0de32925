import { TextInput } from '@mantine/core';
import { isoOfLocal, localOfIso } from '../../lib/local-time';

interface FacetFieldProps {
  label: string;
  kind: 'text' | 'time' | 'id';
  value: string | undefined;
  /** Told the value, empty for none. */
  onChoose: (value: string) => void;
}

/** The one free value of a facet; a moment is typed in the reader's time and kept in UTC. */
export function FacetField({ label, kind, value, onChoose }: FacetFieldProps) {
  const time = kind === 'time';
  const choose = (text: string): void => onChoose(time ? isoOfLocal(text) : text.trim());
  return (
    <TextInput
      size="xs"
      type={time ? 'datetime-local' : 'text'}
      step={time ? 1 : undefined}
      label={label}
      defaultValue={time ? localOfIso(value) : value}
      onKeyDown={(event) => event.key === 'Enter' && choose(event.currentTarget.value)}
      onBlur={(event) => choose(event.currentTarget.value)}
    />
  );
}
