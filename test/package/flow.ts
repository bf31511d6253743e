/**
 * The flow that the check of the package deploys: each node of ours behind an HTTP endpoint, failures as status 400.
 */

const NAMES = ['add', 'del', 'state'] as const;

/** POST /add, /del and /state: the body is the payload, the answer is that of the node. */
export const FLOW: readonly object[] = [
  { id: 'tab', type: 'tab', label: 'Check' },
  { id: 'routes', type: 'mfc-controller' },
  ...NAMES.flatMap((name) => [
    { id: `in-${name}`, type: 'http in', z: 'tab', url: `/${name}`, method: 'post', wires: [[`mfc-${name}`]] },
    { id: `mfc-${name}`, type: `mfc ${name}`, z: 'tab', controller: 'routes', wires: [['out']] },
  ]),
  { id: 'failed', type: 'catch', z: 'tab', scope: NAMES.map((name) => `mfc-${name}`), wires: [['error']] },
  {
    id: 'error',
    type: 'change',
    z: 'tab',
    rules: [
      { t: 'set', p: 'payload', pt: 'msg', to: 'error', tot: 'msg' },
      { t: 'set', p: 'statusCode', pt: 'msg', to: '400', tot: 'num' },
    ],
    wires: [['out']],
  },
  { id: 'out', type: 'http response', z: 'tab', wires: [] },
];
