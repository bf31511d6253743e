/**
 * The drawing of the routing: which boxes and lines there are, and where.
 */
import assert from 'node:assert/strict';
import { type Drawing, draw, type Line, type Port } from '../../nodes/sidebar/drawing';
import { lineWidth } from '../../nodes/sidebar/strands';
import { route, row, rows, streams } from './routes';

const WIDTH = 300;

function portOf({ ports }: Drawing, key: string): Port {
  const port = ports.find((one) => one.key === key);
  assert.ok(port, `no ${key} in ${ports.map((one) => one.key).join()}`);
  return port;
}

/** Both ends of a line: `M x1 y1 C … x2 y2`. */
function endsOf({ path }: Line): { x1: number; y1: number; x2: number; y2: number } {
  const numbers = Array.from(path.matchAll(/-?\d+(\.\d+)?/g), ([text]) => Number(text));
  const [x1 = Number.NaN, y1 = Number.NaN] = numbers;
  const [x2 = Number.NaN, y2 = Number.NaN] = numbers.slice(-2);
  return { x1, y1, x2, y2 };
}

/** All lines begin and end at the edges of their boxes, and none lies upon another there. */
function checkPlaces(drawing: Drawing): void {
  const taken = new Map<string, [number, number][]>();
  const take = (port: Port, y: number, { width, key }: Line): void => {
    const [from, to] = [y - width / 2, y + width / 2];
    assert.ok(from >= port.y - 0.1 && to <= port.y + port.height + 0.1, `${key} leaves the box ${port.key}`);
    const others = taken.get(port.key) ?? [];
    for (const [low, high] of others) assert.ok(to <= low + 0.1 || from >= high - 0.1, `${key} lies on another line`);
    taken.set(port.key, [...others, [from, to]]);
  };
  for (const line of drawing.lines) {
    const { x1, y1, x2, y2 } = endsOf(line);
    const input = portOf(drawing, `input ${line.from}`);
    assert.equal(x1, input.x + input.width);
    take(input, y1, line);
    if (line.to === undefined) continue;
    const output = portOf(drawing, `output ${line.to}`);
    assert.equal(x2, output.x);
    take(output, y2, line);
  }
  for (const { y, height, key } of drawing.ports)
    assert.ok(y >= 0 && y + height <= drawing.height, `${key} is cut off`);
}

describe('drawing', () => {
  it('one route: its input at the left, its outputs at the right, a line to each', () => {
    const drawing = draw([row({ oifs: ['eth2', { name: 'eth3', threshold: 16 }], bits_per_second: 1e6 })], WIDTH);
    assert.deepEqual(
      drawing.ports.map(({ key }) => key),
      ['input eth1', 'output eth2', 'output eth3'],
    );
    assert.deepEqual(
      drawing.lines.map(({ from, to, routes }) => ({ from, to, routes })),
      [
        { from: 'eth1', to: 'eth2', routes: ['10.1.1.5 239.1.1.1'] },
        { from: 'eth1', to: 'eth3', routes: ['10.1.1.5 239.1.1.1'] },
      ],
    );
    checkPlaces(drawing);
  });

  it('no route: nothing', () => {
    const { ports, lines } = draw([], WIDTH);
    assert.deepEqual({ ports, lines }, { ports: [], lines: [] });
  });

  it('interfaces are in the order of people: eth2 before eth10', () => {
    const { ports } = draw([row({ iif: 'eth0', oifs: ['eth10', 'eth2', 'br0'] })], WIDTH);
    assert.deepEqual(
      ports.map(({ name }) => name),
      ['eth0', 'br0', 'eth2', 'eth10'],
    );
  });

  it('a stream that leaves twice comes in once', () => {
    const both = { oifs: ['eth2', 'eth3'], packets_per_second: 100, bits_per_second: 1e6 };
    const drawing = draw([row(both)], WIDTH);
    const bits = (key: string): number => portOf(drawing, key).bits;
    assert.deepEqual([bits('input eth1'), bits('output eth2'), bits('output eth3')], [1e6, 1e6, 1e6]);
    const many = draw(
      streams(100, () => both),
      WIDTH,
    );
    assert.equal(portOf(many, 'input eth1').bits, 100e6);
  });

  it('a box says what the kernel counts there, also where it is less than its streams: one may be down', () => {
    const both = row({ oifs: ['eth2', 'eth3'], packets_per_second: 100, bits_per_second: 1e6 });
    const link = { state: 'up', addresses: [], canRoute: true } as const;
    const links = [
      { ...link, key: 'eth1', bitsIn: 1.1e6, bitsOut: 0 },
      { ...link, key: 'eth2', bitsIn: 0, bitsOut: 0 },
      { ...link, key: 'eth3' },
    ];
    const bits = draw([both], WIDTH, links).ports.map((port) => port.bits);
    assert.deepEqual(bits, [1.1e6, 0, 1e6]);
  });

  it('the width follows the rate: one step for each tenfold', () => {
    assert.equal(lineWidth(0), 1);
    const steps = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9].map(lineWidth);
    for (const [i, width] of steps.entries()) assert.ok(i === 0 || width > (steps[i - 1] ?? 0) + 1, steps.join());
    assert.ok(lineWidth(1) > lineWidth(0), 'what flows is wider than what is still');
    assert.ok(lineWidth(1e15) <= 12);
  });

  it('20 routes between many interfaces: a line each', () => {
    const outs = ['eth2', 'eth3', 'eth4', 'eth5', 'eth6'];
    const drawing = draw(
      streams(20, (i) => ({ oifs: [outs[i % 5] ?? ''] })),
      WIDTH,
    );
    assert.equal(drawing.lines.length, 20);
    checkPlaces(drawing);
  });

  it('many between the same two interfaces are one line for each tone, with all their bits', () => {
    const drawing = draw(
      streams(6, (i) => (i < 4 ? {} : { packets_per_second: 0, bits_per_second: 0 })),
      WIDTH,
    );
    assert.deepEqual(
      drawing.lines.map(({ tone, routes, bits }) => ({ tone, count: routes.length, bits })),
      [
        { tone: 'flowing', count: 4, bits: 4e6 },
        { tone: 'still', count: 2, bits: 0 },
      ],
    );
    checkPlaces(drawing);
  });

  it('500 routes: two lines at most for each pair of interfaces; trouble is not hidden', () => {
    const outs = ['eth2', 'eth3', 'eth4', 'eth5', 'eth6', 'eth7'];
    const states = ['active', 'pending', 'degraded', 'active', 'active'] as const;
    const all = streams(500, (i) => ({
      iif: `lan${i % 3}`,
      oifs: [outs[Math.floor(i / 3) % 6] ?? ''],
      state: states[i % 5] ?? 'active',
      alarm_state: i % 50 === 3 ? 'lost' : 'ok',
    }));
    const lost = new Set(all.filter(({ tone }) => tone === 'lost').map(({ key }) => key));
    assert.ok(lost.size > 5);
    const drawing = draw(all, WIDTH);
    assert.equal(drawing.lines.length, 2 * 3 * 6);
    for (const { tone, routes, from, to } of drawing.lines) {
      const expected = routes.some((key) => lost.has(key)) ? ['lost'] : ['flowing', 'pending'];
      assert.ok(expected.includes(tone), `${from}>${to}: ${tone}`);
    }
    const drawn = new Set(drawing.lines.flatMap(({ routes }) => routes));
    assert.deepEqual(drawn, new Set(all.map(({ key }) => key)));
    assert.ok(drawing.height < 800, String(drawing.height));
    checkPlaces(drawing);
  });

  it('where a stop filter takes a stream in, the line ends', () => {
    const drawing = draw([row({ oifs: [] })], WIDTH);
    assert.deepEqual(
      drawing.ports.map(({ key }) => key),
      ['input eth1'],
    );
    const [line] = drawing.lines;
    assert.equal(line?.to, undefined);
    assert.ok(line && endsOf(line).x1 < WIDTH / 2);
  });

  it('of a route that learns, what it has learnt is drawn; before that, itself', () => {
    const learning = { source: '*', group: '239.0.0.0/8', iif: 'eth+' };
    const learnt = route({ learnt: true });
    const before = draw(rows(route({ ...learning, streams: 0 })), WIDTH);
    assert.deepEqual(
      before.lines.map(({ from }) => from),
      ['eth+'],
    );
    const after = draw(rows(route({ ...learning, streams: 1 }), learnt), WIDTH);
    assert.deepEqual(
      after.lines.map(({ from }) => from),
      ['eth1'],
    );
  });

  it('a line keeps its key while rates change, so that it stays the same on the screen', () => {
    const keys = (bits: number): string[] =>
      draw([row({ packets_per_second: 1, bits_per_second: bits })], WIDTH).lines.map(({ key }) => key);
    assert.deepEqual(keys(1), keys(1e9));
  });

  for (const width of [200, 320, 600, 1200]) {
    it(`${width} pixels wide: nothing is outside, nothing overlaps`, () => {
      const drawing = draw(
        streams(30, (i) => ({ iif: `eth${i % 3}`, oifs: ['tv1', `tv${2 + (i % 4)}`] })),
        width,
      );
      for (const { x, width: boxWidth } of drawing.ports) assert.ok(x >= 0 && x + boxWidth <= width);
      checkPlaces(drawing);
    });
  }
});
