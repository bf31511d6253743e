/**
 * The Node-REDs that the browser opens: with MFC_PACKAGE_DIR each that install.sh has installed, with the packed package;
 * else that of the dev dependencies, with this checkout.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '../lab/namespace';
import { NodeRedProcess } from '../lab/node-red-process';
import { readPairs } from '../package/pairs';
import { OPERATOR, READER } from './login';

export type Theme = 'light' | 'dark';

export const THEMES: readonly Theme[] = ['light', 'dark'];

const PACKAGE = '@mroute/node-red-mfc';
/** From the dev dependencies: the dashboard, and what makes the editor of Node-RED 4 dark. That of Node-RED 5 can be. */
const COMPANIONS = ['@flowfuse/node-red-dashboard', '@node-red-contrib-themes/theme-collection'];

export interface Edition {
  /** As `node20.20.2-red4.1.15`. */
  readonly name: string;
  /** Version of Node-RED. */
  readonly red: string;
  /** Its Node.js. */
  readonly node: string;
  readonly runtime: string;
  /** The folder of our package. */
  readonly home: string;
}

function find(dir: string | undefined): Edition[] {
  if (!dir) return [{ name: 'dev', red: '4.1', node: process.execPath, runtime: checkout, home: checkout }];
  const found = readPairs(dir).map(({ name, red, runtime, user }) => ({
    name,
    red,
    node: join(runtime, 'node_modules/.bin/node'),
    runtime,
    home: join(user, 'node_modules', PACKAGE),
  }));
  if (found.length < 2) throw new Error(`${dir} has no two Node-REDs: sh test/package/install.sh ${dir}`);
  return found;
}

export const editions: readonly Edition[] = find(process.env.MFC_PACKAGE_DIR);

/** Of each user, as the editor saves it. On a slow machine Node-RED 5 shows its first tip before there is a place for it, and throws. */
const NO_TIPS = Object.fromEntries(
  ['_', OPERATOR.username, READER.username].map((name) => [name, { editor: { view: { 'view-show-tips': false } } }]),
);

/** A running Node-RED with a user directory of its own. */
export interface RunningRed {
  readonly url: string;
  /** Ends it, and its user directory goes. */
  close(): Promise<void>;
}

export interface RedOptions {
  theme: Theme;
  flow?: readonly object[];
  /** More for settings.js. */
  settings?: object;
}

/** Starts Node-RED inside the lab. */
export async function startRed(edition: Edition, { theme, flow = [], settings }: RedOptions): Promise<RunningRed> {
  const userDir = mkdtempSync(join(tmpdir(), 'mfc-browser-'));
  const link = (name: string, target: string) => {
    const path = join(userDir, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  link(PACKAGE, edition.home);
  for (const name of COMPANIONS) link(name, join(checkout, 'node_modules', name));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow));
  writeFileSync(join(userDir, '.config.users.json'), JSON.stringify(NO_TIPS));
  const own = {
    credentialSecret: randomBytes(8).toString('hex'),
    editorTheme: editorTheme(edition, theme),
    ...settings,
  };
  const { node, runtime } = edition;
  const red = await NodeRedProcess.start({ node, runtime, userDir, settings: own });
  return {
    url: red.url,
    close: async () => {
      await red.end('SIGTERM');
      rmSync(userDir, { recursive: true });
    },
  };
}

/** No welcome, no look at what is new in the catalogue: the lab has no internet. */
function editorTheme({ red }: Edition, theme: Theme): object {
  const quiet = { tours: false, palette: { catalogues: [] } };
  return theme === 'dark' && red.startsWith('4.') ? { ...quiet, theme: 'dark' } : quiet;
}
