import { deepEqual, equal } from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { badFilter, statusOf } from '../../nodes/status';
import type { Status } from '../../src/controller/answers';
import { MfcError } from '../../src/errors';
import { speak, words } from './words';

const open = (routes: number, rest: Partial<Status> = {}): Status => ({
  state: 'open',
  routes,
  pending: 0,
  degraded: 0,
  ...rest,
});
const closed = (error?: Error): Status => ({ ...open(0), state: 'closed', ...(error && { error }) });
const inUse = new MfcError('ERR_MFC_TABLE_IN_USE', 'pimd (pid 7) owns the table.');

describe('status', () => {
  const RED = { _: words } as unknown as NodeAPI;
  after(() => speak('en-US'));

  const texts: [string, string[]][] = [
    ['en-US', ['open · 0 routes', 'open · 1 route', 'open · 2 routes, 1 pending', 'open · 12 routes, 3 degraded']],
    ['de', ['offen · 0 Routen', 'offen · 1 Route', 'offen · 2 Routen, 1 wartend', 'offen · 12 Routen, 3 gestört']],
    [
      'ja',
      [
        'オープン · ルート0件',
        'オープン · ルート1件',
        'オープン · ルート2件、保留1件',
        'オープン · ルート12件、縮退3件',
      ],
    ],
  ];
  for (const [language, expected] of texts) {
    it(`counts in ${language}`, async () => {
      await speak(language);
      const statuses = [open(0), open(1), open(2, { pending: 1 }), open(12, { degraded: 3 })];
      deepEqual(
        statuses.map((status) => statusOf(RED, status).text),
        expected,
      );
    });
  }

  it('says why it is closed', async () => {
    const reasons: [string, string, string][] = [
      ['en-US', 'closed: table in use', 'closed: see log'],
      ['de', 'geschlossen: Tabelle belegt', 'geschlossen: siehe Log'],
      ['ja', 'クローズ: テーブル使用中', 'クローズ: ログを参照'],
    ];
    for (const [language, known, unknown] of reasons) {
      await speak(language);
      equal(statusOf(RED, closed(inUse)).text, known);
      equal(statusOf(RED, closed(new Error('?'))).text, unknown);
    }
  });

  it('has a colour and a shape that need no language', async () => {
    await speak('en-US');
    deepEqual(statusOf(RED, { ...open(0), state: 'opening' }), { fill: 'yellow', shape: 'ring', text: 'opening' });
    deepEqual(statusOf(RED, closed()), { fill: 'red', shape: 'ring', text: 'closed' });
    deepEqual(badFilter(RED), { fill: 'red', shape: 'ring', text: 'bad filter' });
    const shapes = [open(1), open(1, { pending: 1 }), open(1, { degraded: 1 })].map((status) => {
      const { fill, shape } = statusOf(RED, status);
      return `${fill} ${shape}`;
    });
    deepEqual(shapes, ['green dot', 'yellow ring', 'yellow dot']);
  });
});
