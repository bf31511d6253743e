/**
 * The tab: asks the server while it is seen, and shows the answers.
 *
 * Classes for those who look from outside (tests, styles), beside those that the parts name: mfc-sidebar (all of it),
 * mfc-filter, mfc-problem (why there is nothing to show, or nothing new), mfc-empty (what to do where a section has no rows),
 * and the sections mfc-section-drawing, -interfaces, -routes, -streams. What is not to be seen has the attribute `hidden`.
 */
import type { ChangeAnswer, ControllerStatus, LiveInterface, TableState } from './answers.js';
import { ControllerChoice } from './controllers.js';
import { make, setText, show } from './dom.js';
import type { Notice } from './notices.js';
import { Poll } from './poll.js';
import { watchPresence } from './presence.js';
import { type Answer, read, sentenceOf, write } from './server.js';
import { TableView } from './table-view.js';
import { type RouteRow, routeFor, type StreamRow, undoOf } from './view.js';
import { messageOf, say } from './words.js';

/** The server sends no more routes than this: the rest is for the filter. */
const MAX_ROUTES = 1000;

export class Tab {
  readonly element = make('div', 'mfc-sidebar');
  readonly #problem = make('div', 'mfc-problem', { role: 'status' });
  readonly #choice = new ControllerChoice((id) => {
    this.#turnTo(id);
    this.#poll.hurry();
  });
  readonly #view: TableView;
  readonly #poll: Poll;
  /** The id of the controller whose table is shown. */
  #shown: string | undefined;
  /** How often something was changed from here. */
  #changes = 0;

  constructor() {
    this.#view = new TableView({
      onDrop: (row) => this.#drop(row),
      onRoute: (row, oifs) => this.#route(row, oifs),
      onSearch: () => this.#poll.hurry(),
    });
    const header = make('div', 'red-ui-sidebar-header mfc-header', {}, this.#choice.element, this.#view.filter);
    this.element.append(header, this.#problem, this.#view.element, this.#view.notices.element);
    this.#showProblem(say('loading'));
    this.#view.hide();
    const clock = { set: window.setTimeout.bind(window), clear: window.clearTimeout.bind(window) };
    this.#poll = new Poll(() => this.#round(), clock);
    watchPresence(this.element, (isSeen) => this.#poll.turn(isSeen));
    // After an outage the editor's own connection is back before the next question is due.
    RED.comms.on('connect', () => this.#poll.hurry());
  }

  async #round(): Promise<void> {
    try {
      await this.#ask();
    } catch (error) {
      this.#showProblem(messageOf(error));
      this.#view.dim(true);
      throw error;
    }
  }

  async #ask(): Promise<void> {
    const { controllers } = (await read<{ controllers: ControllerStatus[] }>('controllers')).body;
    const controller = this.#choice.choose(controllers);
    // A deploy can take it away for a moment: when it is back, the view is as it was.
    if (controller !== undefined && controller.id !== this.#shown) this.#turnTo(controller.id);
    if (controller?.state !== 'open') {
      this.#showProblem(problemOf(controller));
      this.#view.hide();
      return;
    }
    const { search } = this.#view;
    const changes = this.#changes;
    const query = new URLSearchParams({ limit: String(MAX_ROUTES), search });
    const state = await read<TableState>(`${pathOf(controller.id)}/state?${query}`);
    const { interfaces } = (await read<{ interfaces: LiveInterface[] }>('interfaces')).body;
    // Another one was chosen meanwhile, or this one has been changed: the next answer is under way.
    if (controller.id !== this.#shown || changes !== this.#changes) return;
    this.#showProblem('');
    this.#view.dim(false);
    const canWrite = RED.user.hasPermission('mfc.write');
    this.#view.show({ state: state.body, search, now: state.now, interfaces, canWrite });
  }

  #turnTo(id: string): void {
    this.#shown = id;
    this.#view.clear();
  }

  async #drop(row: RouteRow): Promise<void> {
    const id = this.#shown;
    const { source, group } = row.route;
    const { body } = await this.#write(id, 'del', { source, group });
    this.#notice(id, {
      key: row.key,
      text: say('notice.dropped', { source, group }),
      warnings: body.warnings ?? [],
      undo: async () => void (await this.#write(id, 'add', undoOf(row))),
    });
  }

  async #route({ stream }: StreamRow, oifs: readonly string[]): Promise<void> {
    const id = this.#shown;
    const { source, group } = stream;
    const { body } = await this.#write(id, 'add', routeFor(stream, oifs));
    this.#notice(id, {
      key: `added ${source} ${group}`,
      text: say('notice.made', { source, group, oifs: oifs.join(', ') }),
      warnings: body.warnings ?? [],
    });
  }

  /** What was done at one controller is not told at another. */
  #notice(id: string | undefined, notice: Notice): void {
    if (id === this.#shown) this.#view.notices.add(notice);
  }

  async #write(id: string | undefined, verb: 'add' | 'del', payload: object): Promise<Answer<ChangeAnswer>> {
    if (id === undefined) throw new Error(say('error.absent'));
    try {
      return await write<ChangeAnswer>(`${pathOf(id)}/${verb}`, payload);
    } finally {
      this.#changes += 1;
      this.#poll.hurry();
    }
  }

  #showProblem(text: string): void {
    setText(this.#problem, text);
    show(this.#problem, text !== '');
  }
}

const pathOf = (id: string): string => `controllers/${encodeURIComponent(id)}`;

/** Why there is nothing to show, and what to do. */
function problemOf(controller: ControllerStatus | undefined): string {
  if (controller === undefined) return say('empty.controllers');
  if (controller.state === 'opening') return say('controller.is-opening');
  return controller.error === undefined ? say('controller.is-closed') : sentenceOf(controller.error);
}
