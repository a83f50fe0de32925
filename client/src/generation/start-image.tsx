import { TextInput } from '@mantine/core';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { useSession } from '../session';
import { ProblemNotice } from '../ui/problem-notice';
import fields from './fields.module.css';
import { GenerationsDocument } from './gql/documents';
import styles from './start-image.module.css';

interface StartImageProps {
  /** Id of the output that was chosen; empty: none. */
  image: string;
  /** The https address that was typed; empty: none. */
  address: string;
  error: string | undefined;
  onChange: (change: { image: string; imageAddress: string }) => void;
}

const OFFERED_RUNS = 24;
const LONGEST_ADDRESS = 2_000;

/** The picture that a video begins with: one of one's own, or one at an https address. */
export function StartImage({ image, address, error, onChange }: StartImageProps) {
  const t = useT();
  const { viewer: { user: { id: userId } } } = useSession();
  const { data, problem, refresh } = useAnswer(GenerationsDocument, {
    first: OFFERED_RUNS, filter: { kind: ['IMAGE'], state: ['SUCCEEDED'], requestedBy: userId },
  });
  const offered = data?.runs.nodes.flatMap(({ prompt, outputs }) => outputs.filter(({ kind, url }) => kind === 'IMAGE' && url !== null)
    .map(({ id, thumbnailUrl, url }) => ({ id, source: thumbnailUrl ?? url ?? '', words: prompt ?? t('chat.hidden') }))) ?? [];
  // A picture that a link brought along may be older than those that are offered.
  const brought = image !== '' && data && !offered.some(({ id }) => id === image);
  const choose = (id: string) => onChange({ image: id, imageAddress: '' });

  return (
    <fieldset className={`${fields.choice} ${styles.image}`}>
      <legend>{t('parameter.image')}</legend>
      {problem && !data && <ProblemNotice problem={problem} onRetry={() => void refresh()} />}
      {data && offered.length === 0 && !brought && <p>{t('kling.startImage.none')}</p>}
      <div className={styles.offered}>
        {brought && <Option id={image} source={`/outputs/${image}/thumbnail`} words={t('kling.startImage.brought')} chosen onChoose={choose} />}
        {offered.map((option) => <Option key={option.id} {...option} chosen={option.id === image} onChoose={choose} />)}
      </div>
      <TextInput type="url" label={t('kling.startImage.address')} description={t('kling.startImage.addressHelp')} pattern="https://.*"
        maxLength={LONGEST_ADDRESS} placeholder="https://" value={address} required={image === ''} error={error}
        onChange={(event) => onChange({ image: '', imageAddress: event.currentTarget.value })} />
    </fieldset>
  );
}

interface OptionProps {
  id: string;
  source: string;
  words: string;
  chosen: boolean;
  onChoose: (id: string) => void;
}

function Option({ id, source, words, chosen, onChoose }: OptionProps) {
  return (
    <label className={styles.option}>
      <input type="radio" name="start-image" className="visually-hidden" checked={chosen} onChange={() => onChoose(id)} />
      <img src={source} alt={words} title={words} width={72} height={72} loading="lazy" decoding="async" />
    </label>
  );
}
