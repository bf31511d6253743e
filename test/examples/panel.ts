/**
 * The crosspoint panel as a browser has it: a socket.io client of the dashboard. It speaks by HTTP polling, with which every
 * client begins.
 */
import { until } from '../lab/lab';
import type { FlowNode } from './files';

interface Cell {
  output: string;
  isOn: boolean;
  look: 'off' | 'on' | 'silent' | 'pending' | 'failing';
}

/** What the panel shows. */
export interface Picture {
  rows: { input: string; name: string; signal: string; rate: string; reason?: string; cells: Cell[] }[];
  outputs: { name: string; rate: string; arrives?: number }[];
  snapshots: number[];
  /** What the button sends. */
  undo?: { id: string; topic: 'undo' | 'redo' };
  /** Why routing is off. */
  closed?: string;
  error?: string;
}

/** Of a chart: a line, where it is then, null in a gap, and the time that the flow gave it. */
interface Point {
  category: string;
  x: number;
  y: number | null;
  time?: number | undefined;
}

export interface Alarm {
  kind: 'good' | 'bad';
  text: string;
}

interface Message {
  payload?: unknown;
  /** What a chart has made of it. */
  _datapoint?: Point;
}

export const cellOf = ({ rows }: Picture, input: string, output: string): Cell | undefined =>
  rows.find((row) => row.input === input)?.cells.find((cell) => cell.output === output);

const SEPARATOR = '\x1e'; // between the packets of one answer
const [PING, PONG, CONNECT, EVENT] = ['2', '3', '40', '42'];

export class Panel {
  readonly #url: string;
  readonly #ids: Map<string, string>;
  readonly #abort = new AbortController();
  #latest = new Map<string, unknown>();
  /** The newest of each line of each chart. */
  #points = new Map<string, Point>();
  /** All that was shown since the last tap. */
  pictures: Picture[] = [];

  private constructor(url: string, ids: Map<string, string>) {
    this.#url = url;
    this.#ids = ids;
  }

  /** Connects to the dashboard that is deployed at `url`. */
  static async open(url: string, flow: readonly FlowNode[]): Promise<Panel> {
    const address = `${url}/dashboard/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(address)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const widgets = flow.filter(({ type }) => type.startsWith('ui-') && type !== 'ui-base');
    const panel = new Panel(`${address}&sid=${sid}`, new Map(widgets.map(({ id, name }) => [name ?? '', id])));
    await panel.#post(CONNECT);
    void panel.#poll();
    for (const name of ['crosspoint', 'alarm list']) await panel.#emit('widget-load', name);
    return panel;
  }

  close(): void {
    this.#abort.abort();
  }

  /** Taps a crosspoint as soon as it is drawn, and as it is drawn: nobody can do so before. */
  async tap(input: string, output: string): Promise<void> {
    const picture = await this.shows(({ rows }) => rows.some((row) => row.input === input), `a row for ${input}`);
    const topic = cellOf(picture, input, output)?.isOn ? 'drop' : 'take';
    this.pictures = [];
    await this.send('crosspoint', { topic, payload: { input, output } });
  }

  /** What its button sends, as soon as it says so. */
  async back(label: 'undo' | 'redo'): Promise<object> {
    const { undo } = await this.shows((picture) => picture.undo?.topic === label, label);
    return { topic: undo?.topic, payload: undo?.id };
  }

  /** What a widget's script sends. */
  send(widget: string, message: object): Promise<void> {
    return this.#emit('widget-send', widget, message);
  }

  /** Resolves with the picture, once it is accepted. */
  shows(accept: (picture: Picture) => boolean, awaited: string): Promise<Picture> {
    return this.#until('crosspoint', accept, awaited);
  }

  /** Resolves with an alarm, once it is in the list. */
  async alarm(text: string): Promise<Alarm | undefined> {
    const find = (alarms: Alarm[]) => alarms.find((alarm) => alarm.text.startsWith(text));
    return find(await this.#until<Alarm[]>('alarm list', (alarms) => find(alarms) !== undefined, text));
  }

  /** Resolves when a crosspoint looks so. */
  async looks(input: string, output: string, look: Cell['look']): Promise<Picture> {
    return this.shows((picture) => cellOf(picture, input, output)?.look === look, `${input} to ${output}: ${look}`);
  }

  async noAlarms(): Promise<void> {
    await this.#until<Alarm[]>('alarm list', ({ length }) => length === 0, 'no alarms');
  }

  /** Texts of all alarms in the list. */
  alarms(): string[] {
    const alarms = this.#latest.get(this.#ids.get('alarm list') ?? '') as Alarm[] | undefined;
    return (alarms ?? []).map(({ text }) => text);
  }

  /** Resolves when the newest point of a line is accepted. */
  async draws(chart: string, line: string, accept: (point: Point) => boolean): Promise<void> {
    const find = (): Point | undefined => this.#points.get(`${this.#ids.get(chart)} ${line}`);
    const isDrawn = (): boolean => {
      const point = find();
      return point !== undefined && accept(point);
    };
    await until(isDrawn, () => `${line} in '${chart}', which is at ${JSON.stringify(find())}`);
  }

  #until<T>(widget: string, accept: (payload: T) => boolean, awaited: string): Promise<T> {
    const find = (): T | undefined => {
      const payload = this.#latest.get(this.#ids.get(widget) ?? '') as T | undefined;
      return payload !== undefined && accept(payload) ? payload : undefined;
    };
    const latest = () => JSON.stringify(this.#latest.get(this.#ids.get(widget) ?? ''));
    return until(find, () => `${awaited}, and '${widget}' is ${latest()}`) as Promise<T>;
  }

  #emit(event: string, widget: string, ...rest: object[]): Promise<void> {
    return this.#post(EVENT + JSON.stringify([event, this.#ids.get(widget), ...rest]));
  }

  async #post(body: string): Promise<void> {
    const response = await fetch(this.#url, { method: 'POST', body });
    if (!response.ok) throw new Error(`The dashboard answers ${response.status} to ${body}`);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const packets = await fetch(this.#url, { signal }).then(
        (response) => response.text(),
        () => '',
      );
      for (const packet of packets.split(SEPARATOR)) {
        if (packet === PING) await this.#post(PONG);
        if (packet.startsWith(EVENT)) this.#read(JSON.parse(packet.slice(EVENT.length)));
      }
    }
  }

  #read([event, message]: [string, Message | null]): void {
    const [, id] = /^(?:msg-input|widget-load):(.+)$/.exec(event) ?? [];
    if (id === undefined || message?.payload === undefined) return;
    const { payload, _datapoint: point } = message;
    if (point !== undefined) this.#points.set(`${id} ${point.category}`, { ...point, time: (payload as Point).time });
    this.#latest.set(id, message.payload);
    if (id === this.#ids.get('crosspoint')) this.pictures.push(message.payload as Picture);
  }
}
