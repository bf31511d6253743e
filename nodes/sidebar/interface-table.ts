/**
 * The table of interfaces. Classes: mfc-interfaces; in its rows (data-key: the name) mfc-cell-name, -vif, -in, -out, -note.
 */
import { make, setAttributes, setText, show } from './dom.js';
import { formatBits } from './format.js';
import type { View } from './keyed.js';
import { makeCell, makeRow, Table } from './table.js';
import type { InterfaceRow } from './view.js';
import { language, say } from './words.js';

export function makeInterfaceTable(): Table<InterfaceRow> {
  const columns = [
    { name: 'name', title: say('interface.name') },
    { name: 'vif', title: say('interface.vif') },
    { name: 'in', title: say('interface.in') },
    { name: 'out', title: say('interface.out') },
  ];
  return new Table('mfc-interfaces', say('interface.title'), columns, makeInterface);
}

function makeInterface({ key }: InterfaceRow): View<InterfaceRow> {
  const dot = make('span', 'mfc-dot', { 'aria-hidden': 'true' });
  const name = make('span', 'mfc-strong', {}, key);
  const badge = make('span', 'mfc-badge');
  const addresses = make('span', 'mfc-weak');
  const note = makeCell('note', badge, addresses);
  const vif = makeCell('vif');
  const bitsIn = makeCell('in');
  const bitsOut = makeCell('out');
  // Where there is no room for the head of the table, the style puts its words in front.
  setAttributes(vif, { 'data-title': say('interface.vif') });
  setAttributes(bitsIn, { 'data-title': say('interface.in') });
  setAttributes(bitsOut, { 'data-title': say('interface.out') });
  const element = makeRow(key, makeCell('name', dot, name), vif, bitsIn, bitsOut, note);
  const update = (row: InterfaceRow): void => {
    dot.className = `mfc-dot mfc-link-${row.state}`;
    setText(badge, row.state === 'up' ? '' : say(`interface.${row.state}`));
    show(badge, row.state !== 'up');
    setText(addresses, row.addresses.join(', '));
    show(note, row.state !== 'up' || row.addresses.length > 0);
    setText(vif, vifText(row));
    setText(bitsIn, rateText(row.bitsIn));
    setText(bitsOut, rateText(row.bitsOut));
  };
  return { element, update };
}

/** That of the IPv4 table; with that of the IPv6 table behind a stroke if it has one there. */
function vifText({ vifi, vifi6 }: InterfaceRow): string {
  if (vifi6 === undefined) return String(vifi ?? '–');
  return `${vifi ?? '–'} / ${vifi6}`;
}

const rateText = (bits: number | undefined): string => (bits === undefined ? '–' : formatBits(bits, language()));
