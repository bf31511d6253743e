/**
 * A real Node-RED runtime with our nodes, for tests: loads flows, sends messages to nodes, and records what became of each.
 *
 * Flows are of the real kernel of this process's network namespace. The user directory is a temporary one, so that saved routes can be
 * looked at and survive a restart of the flows. What a message leads to is told apart by its `_msgid`.
 */
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import RED, { type Node, type NodeAPI, type NodeDef } from 'node-red';
import helper from 'node-red-node-test-helper';
import addNode from '../../nodes/mfc-add';
import controllerNode from '../../nodes/mfc-controller';
import delNode from '../../nodes/mfc-del';
import eventNode from '../../nodes/mfc-event';
import setNode from '../../nodes/mfc-set';
import stateNode from '../../nodes/mfc-state';
import type { ChangeAnswer, StateAnswer } from '../../src/controller/answers';
import { sweep } from '../../src/controller/parking';
import { until } from '../lab/lab';
import { type FlowItem, SINKS } from './flows';
import { type Message, Outcome } from './outcome';
import { speak, withWords } from './words';

interface NodeStatusEvent {
  id: string;
  status?: { fill?: string; shape?: string; text?: string };
}

export class NodeRed {
  /** What came to nodes of the type `ear`. */
  readonly heard: Message[] = [];
  readonly #outcomes = new Map<string, Outcome>();
  readonly #statuses = new Map<string, string>();
  readonly #log: { level: number; msg: unknown }[] = [];
  readonly #logHandler = new EventEmitter().on('log', (entry) => this.#log.push(entry));
  #number = 0;

  private constructor(readonly userDir: string) {}

  /** Starts flows. */
  static async start(flow: readonly FlowItem[]): Promise<NodeRed> {
    const red = new NodeRed(await mkdtemp(join(tmpdir(), 'mfc-nodes-')));
    RED.hooks.add('onComplete.test', ({ msg, error, node }) => {
      if (node.node.type.startsWith('mfc ')) red.#outcomes.get(msg._msgid)?.complete(error);
    });
    RED.events.on('node-status', red.#noteStatus);
    RED.log.addHandler(red.#logHandler);
    await red.load(flow);
    return red;
  }

  /** Loads flows after `unload`, as a start of Node-RED does. */
  async load(flow: readonly FlowItem[]): Promise<void> {
    helper.settings({ userDir: this.userDir });
    await speak('en-US');
    const nodes = [controllerNode, addNode, delNode, setNode, stateNode, eventNode].map(withWords);
    const types = [this.#sinkType, this.#earType, ...nodes];
    await helper.load(types, flow as FlowItem[]);
  }

  /** Stops all flows, as a stop of Node-RED does: no controller is left for a successor. */
  async unload(): Promise<void> {
    await helper.unload();
    await sweep();
  }

  /** Deploys in the editor's way: `full`, or only what is changed. */
  async deploy(flow: readonly FlowItem[], type: 'full' | 'flows' | 'nodes' = 'nodes'): Promise<void> {
    const started = once(RED.events, 'flows:started');
    await helper.setFlows(flow as FlowItem[], type).catch((error: Error) => {
      // The helper waits 300 ms for an event; on a busy machine that is short, and we wait for it ourselves.
      if (!error.message.startsWith('timeout')) throw error;
    });
    await started;
  }

  /** Makes nodes once more, as Node-RED does in deploys that overlap: nobody closes these. */
  makeAgain(items: readonly FlowItem[]): void {
    for (const item of items) {
      const node = helper.getNode(item.id);
      Reflect.construct(node.constructor, [{ ...item, _flow: Reflect.get(node, '_flow') }]);
    }
  }

  /** Stops the flows and forgets everything. */
  async close(): Promise<void> {
    await this.unload();
    RED.hooks.remove('*.test');
    RED.events.off('node-status', this.#noteStatus);
    RED.log.removeHandler(this.#logHandler);
    await rm(this.userDir, { recursive: true });
  }

  /** Gives a node a message. The outcome resolves when the node has called `done` and its answer or failure has come out. */
  async send(nodeId: string, payload: unknown, properties: object = {}): Promise<Outcome> {
    const outcome = this.post(nodeId, payload, properties);
    await outcome.delivered;
    return outcome;
  }

  /** What the node `add` answers. Throws if it fails. */
  async add(payload: unknown): Promise<ChangeAnswer> {
    return (await this.send('add', payload)).answer.payload as ChangeAnswer;
  }

  /** What the node `state` answers. */
  async state(): Promise<StateAnswer> {
    return (await this.send('state', {})).answer.payload as StateAnswer;
  }

  /** Gives a node a message and does not wait. */
  post(nodeId: string, payload: unknown, properties: object = {}): Outcome {
    const _msgid = `test-${++this.#number}`;
    const outcome = new Outcome(_msgid);
    this.#outcomes.set(_msgid, outcome);
    helper.getNode(nodeId).receive({ _msgid, ...properties, payload } as Message);
    return outcome;
  }

  /** The words under a node in the editor, as `green dot open · 1 route`. */
  status(nodeId: string): string {
    return this.#statuses.get(nodeId) ?? '';
  }

  async untilStatus(nodeId: string, status: string): Promise<void> {
    await until(
      () => this.status(nodeId) === status,
      () => `${nodeId} should show '${status}', not '${this.status(nodeId)}'.`,
    );
  }

  /** What was logged at a level so far. */
  logged(level: 'info' | 'warn' | 'error'): string[] {
    const wanted = { info: RED.log.INFO, warn: RED.log.WARN, error: RED.log.ERROR }[level];
    return this.#log.filter((entry) => entry.level === wanted).map((entry) => String(entry.msg));
  }

  /** Path of the file with a controller's saved routes. */
  stateFile(controllerId = 'routes'): string {
    return join(this.userDir, `mfc-${controllerId}.json`);
  }

  /** Its text; empty if there is none. */
  saved(controllerId = 'routes'): string {
    const path = this.stateFile(controllerId);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Stands at the end of wires and notes which message has come there. */
  readonly #sinkType = (red: NodeAPI): void => {
    const outcomes = this.#outcomes;
    function Sink(this: Node, config: NodeDef): void {
      red.nodes.createNode(this, config);
      const name = SINKS.find((sink) => sink === config.id);
      this.on('input', (msg, _send, done) => {
        if (name === undefined) return; // one with another name never ends
        outcomes.get(msg._msgid)?.arrive(name, msg);
        done();
      });
    }
    red.nodes.registerType('sink', Sink);
  };

  /** Stands at the end of wires and writes down what comes, whoever sends it. */
  readonly #earType = (red: NodeAPI): void => {
    const { heard } = this;
    function Ear(this: Node, config: NodeDef): void {
      red.nodes.createNode(this, config);
      this.on('input', (msg, _send, done) => {
        heard.push(msg as Message);
        done();
      });
    }
    red.nodes.registerType('ear', Ear);
  };

  readonly #noteStatus = ({ id, status }: NodeStatusEvent): void => {
    const { fill, shape, text } = status ?? {};
    this.#statuses.set(id, [fill, shape, text].filter((word) => word !== undefined).join(' '));
  };
}
