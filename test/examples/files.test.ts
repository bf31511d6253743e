/**
 * The example files themselves: that the editor imports each of them without a question, a gap or a red triangle.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { loadEditor } from '../editor/fake-editor';
import { type FlowNode, fileNames, readFlow, readText, textsIn } from './files';

const ID = /^[0-9a-f]{16}$/;
const HEIGHT = 30;
const BUTTON = 25;
const STATUS = 18;

const editor = loadEditor();
const isOurs = ({ type }: FlowNode): boolean => editor.definitions.has(type);
const propertiesOfAll = ['id', 'type', 'z', 'g', 'x', 'y', 'wires'];

/** What the editor writes on a node. */
function labelOf(node: FlowNode): string {
  if (isOurs(node)) return editor.definitions.get(node.type)?.label.call(editor.newNode(node.type, node)) ?? '';
  return node.name || (typeof node.topic === 'string' && node.topic) || node.type;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where a node is drawn: the width of its text is a guess. Some have a button beside them, some a status below. */
function boxOf(node: FlowNode): Box {
  const { type, x = 0, y = 0 } = node;
  const isLink = type === 'link in' || type === 'link out'; // without a label
  const width = isLink ? HEIGHT : Math.max(100, 20 * Math.ceil((50 + 6.5 * labelOf(node).length) / 20));
  const hasStatus = isOurs(node) || node.tostatus === true;
  return {
    left: x - width / 2 - (type === 'inject' ? BUTTON : 0),
    right: x + width / 2 + (type === 'debug' ? BUTTON : 0),
    top: y - HEIGHT / 2,
    bottom: y + HEIGHT / 2 + (hasStatus ? STATUS : 0),
  };
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe('example files', () => {
  it('are numbered without gaps', () => {
    ok(fileNames.length > 0);
    for (const [i, file] of fileNames.entries()) {
      match(file, new RegExp(`^${String(i + 1).padStart(2, '0')}-[a-z0-9-]+\\.json$`));
    }
  });

  it('share no ids', () => {
    const ids = fileNames.flatMap((file) => readFlow(file).map(({ id }) => id));
    deepEqual(
      ids.filter((id, i) => ids.indexOf(id) < i),
      [],
    );
    for (const id of ids) match(id, ID);
  });

  for (const file of fileNames) {
    describe(file, () => {
      const flow = readFlow(file);
      const tabs = flow.filter(({ type }) => type === 'tab');
      const groups = flow.filter(({ type }) => type === 'group');
      const placed = flow.filter((node) => node.z !== undefined && !groups.includes(node));

      it('ends with a newline, as editors write files', () => match(readText(file), /[^\n]\n$/));

      it('is one tab that explains itself', () => {
        equal(tabs.length, 1);
        const info = tabs[0]?.info ?? '';
        match(info, /the lab that `npm start` builds.* [Ee]lsewhere write your own/s);
        ok(!/^\|/m.test(info), 'a table is wider than the sidebar');
        ok(flow.some(({ type }) => type === 'comment'));
      });

      it('has one controller of its own, which the list of controllers tells from those of other examples', () => {
        const controllers = flow.filter(({ type }) => type === 'mfc-controller');
        deepEqual(
          controllers.map(({ name }) => name),
          [tabs[0]?.label],
        );
      });

      it('says what to do where there is a controller already', () => {
        if (file === fileNames[0]) return; // it is the first
        match(tabs[0]?.info ?? '', /select the same controller in all \*\*mfc\*\* nodes/);
      });

      it('has wires and references only to nodes in it', () => {
        const ids = new Set(flow.map(({ id }) => id));
        const on = new Map(placed.map(({ id, z }) => [id, z]));
        for (const node of flow) {
          deepEqual(
            textsIn(node).filter((text) => ID.test(text) && !ids.has(text)),
            [],
          );
          for (const target of (node.wires ?? []).flat()) equal(on.get(target), node.z, `a wire of ${node.id}`);
        }
        for (const { z } of placed) ok(tabs.some(({ id }) => id === z));
      });

      it('has nodes with the properties of their types, and nothing red', () => {
        const types = new Map(flow.map(({ id, type }) => [id, type]));
        for (const node of flow.filter(isOurs)) {
          const defaults = editor.definitions.get(node.type)?.defaults ?? {};
          const own = Object.keys(node).filter((name) => !propertiesOfAll.includes(name));
          deepEqual(own.sort(), Object.keys(defaults).sort(), node.id);
          deepEqual(editor.faults(node.type, editor.newNode(node.type, node)), [], node.id);
          for (const [name, { type }] of Object.entries(defaults)) {
            if (type !== undefined) equal(types.get(String(node[name])), type, node.id);
          }
        }
      });

      it('has buttons with different names and JSON that parses', () => {
        const buttons = flow.filter(({ type }) => type === 'inject');
        equal(new Set(buttons.map(({ name }) => name)).size, buttons.length);
        for (const { payload, payloadType } of buttons) if (payloadType === 'json') JSON.parse(String(payload));
      });

      it('has nodes on the grid, none over another or beyond the edge', () => {
        const boxes = placed.map((node) => ({ node, box: boxOf(node) }));
        for (const [i, { node, box }] of boxes.entries()) {
          equal(((node.x ?? 0) % 10) + ((node.y ?? 0) % 20), 0, `${labelOf(node)} is off the grid`);
          ok(box.left > 0 && box.top > 0, `${labelOf(node)} is beyond the edge`);
          for (const other of boxes.slice(0, i)) {
            ok(!overlap(box, other.box), `${labelOf(node)} is over ${labelOf(other.node)}`);
          }
        }
      });
    });
  }
});
