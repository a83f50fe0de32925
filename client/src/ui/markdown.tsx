import { memo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { useT } from '../i18n/use-t';
import { splitBlocks } from '../lib/markdown-blocks';
import { CopyButton } from './copy-button';
import styles from './markdown.module.css';

/** Where a link leads, shown beside its words, because words can say anything. */
function hostOf(href: string | undefined): string | undefined {
  try {
    return href === undefined ? undefined : new URL(href).host || undefined;
  } catch {
    // Not an absolute URL: it leads nowhere outside.
    return undefined;
  }
}

function textOf(node: unknown): string {
  if (typeof node === 'string') {
    return node;
  }
  if (Array.isArray(node)) {
    return node.map(textOf).join('');
  }
  return node && typeof node === 'object' && 'props' in node ? textOf((node.props as { children?: unknown }).children) : '';
}

function Code({ children }: { children?: React.ReactNode }) {
  const t = useT();
  const text = textOf(children);
  return (
    <div className={styles.code}>
      <CopyButton text={text} label={t('markdown.code')} />
      <pre tabIndex={0} role="group" aria-label={t('markdown.code')}>{children}</pre>
    </div>
  );
}

function Outside({ href, children }: { href?: string; children?: React.ReactNode }) {
  const host = hostOf(href);
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      {host && !textOf(children).includes(host) && <span className="muted"> ({host})</span>}
    </a>
  );
}

function Picture({ src, alt }: { src?: string; alt?: string }) {
  const t = useT();
  return <Outside href={src}>{t('markdown.image')}: {alt || src}</Outside>;
}

function Table({ children }: { children?: React.ReactNode }) {
  const t = useT();
  return <div className={styles.table} tabIndex={0} role="group" aria-label={t('markdown.table')}><table>{children}</table></div>;
}

const components: Components = {
  pre: ({ children }) => <Code>{children}</Code>,
  a: ({ href, children }) => <Outside href={href}>{children}</Outside>,
  // Nothing is fetched from elsewhere just because a model wrote it.
  img: ({ src, alt }) => <Picture src={typeof src === 'string' ? src : undefined} alt={alt} />,
  table: ({ children }) => <Table>{children}</Table>,
  // A heading inside an answer is none of the page's.
  h1: ({ children }) => <p className={styles.heading}>{children}</p>,
  h2: ({ children }) => <p className={styles.heading}>{children}</p>,
  h3: ({ children }) => <p className={styles.heading}>{children}</p>,
  h4: ({ children }) => <p className={styles.heading}>{children}</p>,
  h5: ({ children }) => <p className={styles.heading}>{children}</p>,
  h6: ({ children }) => <p className={styles.heading}>{children}</p>,
};

const remarkPlugins = [remarkGfm];
// After markdown, so that nothing markdown makes can slip past.
const rehypePlugins = [rehypeSanitize];

const Block = memo(function Block({ text }: { text: string }) {
  return <ReactMarkdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>{text}</ReactMarkdown>;
});

/** Markdown from a model or a person: raw HTML stays text, and while it grows only the last block is drawn again. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown}>
      {/* Blocks only ever grow at the end, so their place is their name. */}
      {splitBlocks(text).map((block, place) => <Block key={place} text={block} />)}
    </div>
  );
}
