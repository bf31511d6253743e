// The flows that streams are kept over: two tabs with users of one controller.

/** A node of a flow file. */
export interface FlowItem {
  id: string;
  type: string;
  [property: string]: unknown;
}

const NAMES = ['add', 'del', 'state'] as const;

/** POST /add, /del and /state, in the tab `first`: the body is the payload, the answer is that of the node. */
const FIRST: readonly FlowItem[] = [
  { id: 'first', type: 'tab', label: 'First' },
  ...NAMES.flatMap((name) => [
    { id: `in-${name}`, type: 'http in', z: 'first', url: `/${name}`, method: 'post', wires: [[name]] },
    { id: name, type: `mfc ${name}`, z: 'first', controller: 'routes', wires: [['out']] },
  ]),
  { id: 'failed', type: 'catch', z: 'first', wires: [['error']] },
  {
    id: 'error',
    type: 'change',
    z: 'first',
    rules: [
      { t: 'set', p: 'payload', pt: 'msg', to: 'error', tot: 'msg' },
      { t: 'set', p: 'statusCode', pt: 'msg', to: '400', tot: 'num' },
    ],
    wires: [['out']],
  },
  { id: 'out', type: 'http response', z: 'first', wires: [] },
];

const SECOND: readonly FlowItem[] = [
  { id: 'second', type: 'tab', label: 'Second' },
  { id: 'spare', type: 'mfc add', z: 'second', controller: 'routes', wires: [] },
];

export const FLOW: readonly FlowItem[] = [{ id: 'routes', type: 'mfc-controller', table: '' }, ...FIRST, ...SECOND];

/** A flow with other values in one of its nodes. */
export function edited(id: string, properties: object, flow = FLOW): FlowItem[] {
  return flow.map((item) => (item.id === id ? { ...item, ...properties } : item));
}

export function without(...ids: string[]): FlowItem[] {
  return FLOW.filter((item) => !ids.includes(item.id));
}

/** All nodes of one tab in another one, which is there instead. */
export function moved(from: string, to: string): FlowItem[] {
  return FLOW.map((item) => {
    if (item.id === from) return { ...item, id: to };
    return item.z === from ? { ...item, z: to } : item;
  });
}
