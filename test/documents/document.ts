/**
 * A document of the top level, read as GitHub reads it: headings, links, tables and blocks of code.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../lab/namespace';

/** A fenced block and the heading above it. */
export interface Block {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;
const HEADING = /^#+ (.*)$/gm;

export class Document {
  readonly text: string;

  constructor(readonly name: string) {
    this.text = readFileSync(join(checkout, name), 'utf8');
  }

  get prose(): string {
    return this.text.replace(FENCE, '');
  }

  get blocks(): Block[] {
    return Array.from(this.text.matchAll(FENCE), ({ 1: language = '', 2: text = '', index }) => {
      const heading = headingsOf(this.text.slice(0, index).replace(FENCE, '')).at(-1) ?? '';
      return { heading, language, text };
    });
  }

  /** What links may lead to in this document, without the `#`. */
  get anchors(): string[] {
    return headingsOf(this.prose).map(slug);
  }

  /** Targets of links and pictures. */
  get links(): string[] {
    return Array.from(
      this.prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g),
      ([, link, source]) => link ?? source ?? '',
    );
  }

  /** The text below a heading, up to the next one of any level. */
  section(heading: string): string {
    const [, text] = this.prose.split(new RegExp(`^#+ ${heading}$`, 'm'));
    if (text === undefined) throw new Error(`${this.name} has no heading '${heading}'.`);
    return text.split(/^#/m)[0] ?? '';
  }

  /** The cells of the tables below a heading, row by row, without the head. */
  rows(heading: string): string[][] {
    const lines = this.section(heading).match(/^\|.*\|$/gm) ?? [];
    const cells = lines.map((line) => line.split('|').slice(1, -1));
    return cells.flatMap((row, i) => {
      const isHead = /^\|-/.test(lines[i] ?? '') || /^\|-/.test(lines[i + 1] ?? '');
      return isHead ? [] : [row.map((cell) => cell.trim())];
    });
  }
}

function headingsOf(text: string): string[] {
  return Array.from(text.matchAll(HEADING), ([, heading = '']) => heading);
}

/** As GitHub makes an anchor of a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** What stands in backticks. */
export const quoted = (text: string): string[] => Array.from(text.matchAll(/`([^`]+)`/g), ([, word = '']) => word);

/** What stands between single stars. */
export const slanted = (text: string): string[] =>
  Array.from(text.matchAll(/(?<!\*)\*([^*`]+)\*(?!\*)/g), ([, word = '']) => word);
