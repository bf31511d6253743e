// The flows that streams are kept over: two tabs with users of one controller.

/** A node of a flow file. */
export interface FlowItem {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** POST /add: the body is the payload of an `mfc add` in the tab `first`, the answer is that of the node. With `-2`: POST /add-2. */
export function asked(name: 'add' | 'del' | 'state', controller: string, ending = ''): FlowItem[] {
  const id = name + ending;
  return [
    { id: `in-${id}`, type: 'http in', z: 'first', url: `/${id}`, method: 'post', wires: [[id]] },
    { id, type: `mfc ${name}`, z: 'first', controller, wires: [['out']] },
  ];
}

const FIRST: readonly FlowItem[] = [
  { id: 'first', type: 'tab', label: 'First' },
  ...(['add', 'del', 'state'] as const).flatMap((name) => asked(name, 'routes')),
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
