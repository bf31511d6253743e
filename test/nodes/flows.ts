/**
 * The flows that the tests of the nodes run, as a flow file has them.
 */

/** A node of a flow file. No property but `id` and those that refer to a node may hold a node's id. */
export interface FlowItem {
  id: string;
  type: string;
  wires?: string[][];
  [property: string]: unknown;
}

/** Where messages end, by the id of the node there. */
export const SINKS = ['answers', 'caught', 'completed'] as const;
export type SinkName = (typeof SINKS)[number];

export const TAB: FlowItem = { id: 'tab', type: 'tab', label: 'Test' };

/** A config node with its defaults. */
export function controller(id = 'routes', properties: object = {}): FlowItem {
  return { id, type: 'mfc-controller', ...properties };
}

/** A node of ours whose answers are recorded. */
export function node(
  id: string,
  type: 'mfc add' | 'mfc del' | 'mfc set' | 'mfc state' | 'mfc event',
  properties: object = {},
): FlowItem {
  return { id, type, z: 'tab', controller: 'routes', wires: [['answers']], ...properties };
}

/** Sinks for the answers, failures and completions of these nodes. */
export function recorders(...ids: string[]): FlowItem[] {
  return [
    { id: 'on-failure', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'on-done', type: 'complete', z: 'tab', scope: ids, wires: [['completed']] },
    ...SINKS.map((id) => ({ id, type: 'sink', z: 'tab', wires: [] })),
  ];
}

/** A flow with these nodes of ours and all that records them. */
export function flow(...nodes: FlowItem[]): FlowItem[] {
  const ours = nodes.filter((item) => item.type.startsWith('mfc '));
  return [TAB, ...nodes, ...recorders(...ours.map((item) => item.id))];
}

/** One controller and one node of each type, named after what they do, with nothing set. */
export const STANDARD: readonly FlowItem[] = flow(
  controller(),
  node('add', 'mfc add'),
  node('del', 'mfc del'),
  node('state', 'mfc state'),
);
