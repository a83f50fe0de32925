import { useState, type CSSProperties } from 'react';
import { ImageTile, type GenerationRow } from '../generation';
import { useT } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import { useIds, useRow } from '../live/use-live-list';
import { IconMovie } from '../ui/icons';
import styles from './gallery-screen.module.css';
import { columnsIn, rowsOf, ROW } from './masonry';
import { useWidth } from './use-width';

interface TilesProps {
  list: LiveList<GenerationRow>;
  onOpen: (outputId: string) => void;
}

/** Pictures and videos at their own proportions, newest first; those that came while the page was open fade in. */
export function Tiles({ list, onOpen }: TilesProps) {
  const ids = useIds(list);
  const { element, width } = useWidth<HTMLUListElement>();
  const [since] = useState(Date.now);
  const columns = columnsIn(width);
  const grid: CSSProperties = { gridTemplateColumns: `repeat(${columns.count}, minmax(0, 1fr))`, gridAutoRows: `${ROW}px` };
  return (
    <ul ref={element} className={styles.tiles} style={grid}>
      {width > 0 && ids.map((id) => <RunTiles key={id} list={list} id={id} column={columns.width} since={since} onOpen={onOpen} />)}
    </ul>
  );
}

interface RunTilesProps extends TilesProps {
  id: string;
  /** Pixels of one column. */
  column: number;
  /** What changed after this moment is new to the reader. */
  since: number;
}

function RunTiles({ list, id, column, since, onOpen }: RunTilesProps) {
  const t = useT();
  const run = useRow(list, id);
  const words = run?.prompt ?? t('chat.hidden');
  const label = t('gallery.open', { prompt: words });
  return run?.outputs.map((output) => (
    <li key={output.id} style={{ gridRowEnd: `span ${rowsOf(output, column)}` }} data-new={Date.parse(run.updatedAt) > since || undefined}>
      {output.kind === 'VIDEO' && output.url !== null && output.thumbnailUrl === null ? (
        <button type="button" className={styles.movie} aria-label={label} onClick={() => onOpen(output.id)}>
          <IconMovie size={28} aria-hidden />
          <span><bdi>{words}</bdi></span>
        </button>
      ) : <ImageTile output={output} alt={words} label={label} onOpen={() => onOpen(output.id)} />}
      {output.kind === 'VIDEO' && output.thumbnailUrl !== null && <IconMovie className={styles.mark} size={18} aria-hidden />}
    </li>
  ));
}
