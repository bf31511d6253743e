// Does what a person at the editor does, over HTTP and the editor's websocket: reads the flow, presses inject buttons,
// watches the debug sidebar.

import { EventEmitter, once } from 'node:events';
import WebSocket from 'ws';
import { DEADLINE_MS } from './until';

interface FlowNode {
  id: string;
  type: string;
  name?: string;
}

/** A message in the debug sidebar: the node's name, and what it showed. */
export interface DebugMessage {
  name: string;
  value: unknown;
}

export class Visitor {
  #url: string;
  #socket: WebSocket;
  #seen: DebugMessage[] = [];
  #events = new EventEmitter();

  private constructor(url: string, socket: WebSocket) {
    this.#url = url;
    this.#socket = socket;
    socket.on('message', (data) => this.#read(String(data)));
    for (const topic of ['debug', 'notification/#']) socket.send(JSON.stringify({ subscribe: topic }));
  }

  static async open(url: string): Promise<Visitor> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`);
    await once(socket, 'open');
    return new Visitor(url, socket);
  }

  /** The nodes that are deployed. */
  async flow(): Promise<FlowNode[]> {
    return (await (await fetch(`${this.#url}/flows`)).json()) as FlowNode[];
  }

  /** Puts these nodes in the place of what is deployed; resolves when they run. */
  async deploy(flow: readonly object[]): Promise<void> {
    this.#seen = [];
    const running = once(this.#events, 'running', { signal: AbortSignal.timeout(DEADLINE_MS) });
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${this.#url}/flows`, { method: 'POST', headers, body: JSON.stringify(flow) });
    if (!response.ok) throw new Error(`The flow was not deployed: ${response.status}`);
    await running;
  }

  /** Presses the button of the inject node with this name. */
  async press(name: string): Promise<void> {
    const inject = (await this.flow()).find((node) => node.type === 'inject' && node.name === name);
    const response = await fetch(`${this.#url}/inject/${inject?.id}`, { method: 'POST' });
    if (!response.ok) throw new Error(`No button "${name}": ${response.status}`);
  }

  /** Resolves with the first message, also an earlier one, that `accept` wants. */
  async debug(accept: (message: DebugMessage) => boolean): Promise<DebugMessage> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const found = this.#seen.find(accept);
      if (found) return found;
      await once(this.#events, 'debug', { signal });
    }
  }

  hasSeen(accept: (message: DebugMessage) => boolean): boolean {
    return this.#seen.some(accept);
  }

  close(): void {
    this.#socket.terminate();
  }

  #read(text: string): void {
    for (const { topic, data } of JSON.parse(text) as {
      topic: string;
      data: { name: string; msg: string; format: string };
    }[]) {
      if (topic === 'notification/runtime-deploy') this.#events.emit('running');
      if (topic !== 'debug') continue;
      const value: unknown = data.format === 'Object' ? JSON.parse(data.msg) : data.msg;
      this.#seen.push({ name: data.name, value });
    }
    this.#events.emit('debug');
  }
}
