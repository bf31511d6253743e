/**
 * What a help text has in every language: its elements in their order, and in them what nobody translates.
 */

const BLOCKS = new Set([
  'script',
  'h3',
  'h4',
  'p',
  'pre',
  'ul',
  'ol',
  'li',
  'dl',
  'dt',
  'dd',
  'table',
  'tr',
  'th',
  'td',
]);
/** Blocks whose text is the same in every language. A type beside a field's name is a word of the language. */
const LITERAL = new Set(['pre', 'dt']);
const VOID = new Set(['br', 'img', 'hr']);
const TOKENS = /<(\/?)(\w+)([^>]*)>|([^<]+)/g;

interface Element {
  readonly tag: string;
  readonly attributes: string;
  readonly isBlock: boolean;
  /** For blocks, the code, links and emphasis in them: their order is that of the language's sentence. */
  readonly inner: string[];
  text: string;
}

/** One line for each element that makes a block: nesting, tag, class or name, and the texts that are literal. */
export function outline(html: string): string[] {
  const lines: string[] = [];
  const open: Element[] = [];
  const close = (element: Element, depth: number): void => {
    const { tag, attributes, inner, isBlock } = element;
    const name = /(?:class|data-help-name|href)="([^"]*)"/.exec(attributes)?.[1] ?? '';
    if (isBlock) {
      const text = LITERAL.has(tag) ? element.text.trim() : '';
      lines.push(['  '.repeat(depth) + tag, name, text, ...inner.sort()].filter((part) => part !== '').join(' | '));
    } else if (tag !== 'span') {
      const text = tag === 'code' ? element.text.replace(/\s+/g, ' ') : name;
      open.findLast((outer) => outer.isBlock)?.inner.push(`${tag} ${text}`.trimEnd());
    }
  };
  for (const [token, slash, tag = '', attributes = '', text] of html.matchAll(TOKENS)) {
    if (text !== undefined) {
      for (const element of open.some((outer) => outer.tag === 'span') ? [] : open) element.text += text;
    } else if (slash === '') {
      const element = { tag, attributes, isBlock: BLOCKS.has(tag), inner: [], text: '' };
      if (VOID.has(tag)) close(element, open.length);
      else open.push(element);
    } else {
      const element = open.pop();
      if (element?.tag !== tag) throw new Error(`${token} closes <${element?.tag}>`);
      close(element, open.length);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.tag}> is not closed`);
  return lines;
}

/** The texts of all elements of one kind, such as `h4`. */
export const textsOf = (html: string, tag: string): string[] =>
  Array.from(html.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g')), ([, text = '']) => text);
