/**
 * What cannot be read on a page: too faint for its background, cut off, or the key of a text instead of the text.
 */
import type { Locator } from 'playwright-core';

/** WCAG 2, 1.4.3 AA for large text. The editor's own themes have labels that are not far above it. */
const LEAST_CONTRAST = 3;

/** What is wrong with the texts that can be seen inside an element; empty if nothing is. */
export function illegible(element: Locator): Promise<string[]> {
  return element.evaluate(findIllegible, LEAST_CONTRAST);
}

// Runs in the page, which knows nothing from outside this function.
function findIllegible(root: Element, leastContrast: number): string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];

  const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

  function parse(css: string): Colour {
    if (!pixel) throw new Error('No canvas.');
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = css;
    pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = pixel.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  function over([red, green, blue, alpha]: Colour, below: Colour): Colour {
    const mix = (top: number, under: number) => top * alpha + under * (1 - alpha);
    return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1];
  }

  function background(element: Element | null): Colour {
    if (!element) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, background(element.parentElement));
  }

  function luminance([red, green, blue]: Colour): number {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((byte) => {
      const part = byte / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(element: Element): number {
    const { color, fill } = getComputedStyle(element);
    const below = background(element);
    const lights = [luminance(over(parse(element instanceof SVGElement ? fill : color), below)), luminance(below)];
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  }

  function isCutOff(element: Element, text: DOMRect): boolean {
    const frame = root.getBoundingClientRect();
    const hides = getComputedStyle(element).overflowX !== 'visible' && !element.hasAttribute('title');
    return (
      (hides && element.scrollWidth > element.clientWidth + 1) ||
      text.left < frame.left - 1 ||
      text.right > frame.right + 1
    );
  }

  function complaints(node: Node): string[] {
    const [text, element] = [node.textContent?.trim() ?? '', node.parentElement];
    const range = document.createRange();
    range.selectNodeContents(node);
    const rect = range.getBoundingClientRect();
    if (!text || !element?.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return [];
    if (element.clientWidth === 1 && element.clientHeight === 1) return []; // for those who hear the page
    if (rect.width < 2 || rect.height < 2 || element.closest(':disabled, option')) return [];
    const ratio = contrast(element);
    return [
      ...(ratio < leastContrast ? [`"${text}" is faint: ${ratio.toFixed(1)}`] : []),
      ...(isCutOff(element, rect) ? [`"${text}" is cut off`] : []),
      ...(/\bmfc-[a-z]+[.:][a-z]/.test(text) ? [`"${text}" has no text`] : []),
    ];
  }

  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode()) found.push(...complaints(walker.currentNode));
  return found;
}
