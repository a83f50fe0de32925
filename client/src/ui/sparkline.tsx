import styles from './sparkline.module.css';

const width = 120;
const height = 24;

/** The shape of the last values; the number beside it is the information. */
export function Sparkline({ values }: { values: readonly number[] }) {
  // A quarter of air above the highest value, so that a steady line does not stick to the top.
  const top = Math.max(1, ...values) * 1.25;
  const step = width / (values.length - 1);
  const y = (value: number): string => (height - 1 - (value / top) * (height - 2)).toFixed(1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${y(value)}`).join(' ');
  return (
    <svg className={styles.line} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
      <polyline points={points} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
