/**
 * Which controller is shown: the one that was chosen last in this browser, else the one that was shown before, else the first
 * that is open.
 * Classes: mfc-controller (the list), which is hidden where there is nothing to choose.
 */
import type { ControllerStatus } from './answers.js';
import { make, setText, show } from './dom.js';
import { keyed, type View } from './keyed.js';
import { say } from './words.js';

const MEMORY = 'mfc-sidebar-controller';

type Named = ControllerStatus & { readonly key: string };

export class ControllerChoice {
  readonly element = make('select', 'mfc-controller', { 'aria-label': say('controller.label') });
  readonly #options = new Map<string, View<Named>>();
  #last: string | undefined;

  constructor(onChange: (id: string) => void) {
    this.element.addEventListener('change', () => {
      RED.settings.setLocal(MEMORY, this.element.value);
      onChange(this.element.value);
    });
  }

  /** Answers the one that is to be shown. */
  choose(controllers: readonly ControllerStatus[]): ControllerStatus | undefined {
    const named = controllers.map((one) => ({ ...one, key: one.id }));
    keyed(this.element, this.#options, named, makeOption);
    show(this.element, controllers.length > 1);
    const wanted = RED.settings.getLocal(MEMORY);
    const chosen =
      controllers.find(({ id }) => id === wanted) ??
      controllers.find(({ id, state }) => id === this.#last && state !== 'closed') ??
      controllers.find(({ state }) => state === 'open') ??
      controllers[0];
    if (chosen !== undefined) this.element.value = chosen.id;
    this.#last = chosen?.id;
    return chosen;
  }
}

function makeOption({ key }: Named): View<Named> {
  const element = make('option', '', { value: key });
  const update = ({ id, name, state }: Named): void => {
    const node = RED.nodes.node(id);
    const text = node ? RED.utils.getNodeLabel(node, name || id) : name || id;
    setText(element, state === 'open' ? text : `${text} (${say(`controller.${state}`)})`);
  };
  return { element, update };
}
