/**
 * One element of a form, as far as the nodes' scripts touch it through jQuery.
 */
export class FakeElement {
  readonly length = 1;
  /** As the last `toggle` left it. */
  isShown = true;
  private readonly handlers = new Map<string, (() => void)[]>();
  private readonly properties: Map<string, unknown>;

  /** @param value a text, or whether a box is checked */
  constructor(private value: string | boolean = '') {
    const isBox = typeof value === 'boolean';
    this.properties = new Map<string, unknown>([
      ['type', isBox ? 'checkbox' : 'text'],
      ['checked', value === true],
    ]);
  }

  /** That of a box is `on`, checked or not. */
  val(value?: string): string {
    if (value !== undefined) this.value = value;
    return typeof this.value === 'boolean' ? 'on' : this.value;
  }

  prop(name: string, value?: unknown): unknown {
    if (value !== undefined) this.properties.set(name, value);
    return this.properties.get(name);
  }

  is(selector: string): boolean {
    if (selector !== ':checked') throw new Error(`No test for ${selector}`);
    return this.prop('checked') === true;
  }

  on(events: string, handler: () => void): void {
    for (const event of events.split(' ')) this.handlers.set(event, [...(this.handlers.get(event) ?? []), handler]);
  }

  trigger(event: string): void {
    for (const handler of this.handlers.get(event) ?? []) handler();
  }

  toggle(isShown: boolean): void {
    this.isShown = isShown;
  }
}
