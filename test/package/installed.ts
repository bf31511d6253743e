/**
 * What install.sh has put into the directory that MFC_PACKAGE_DIR names.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const { MFC_PACKAGE_DIR: dir } = process.env;
if (!dir) throw new Error('Run: sh test/package/install.sh DIR, then set MFC_PACKAGE_DIR=DIR.');

export const tarball = join(dir, 'package.tgz');
/** What node-red-dev has said of it: `card.json` and `log`. */
export const scorecard = join(dir, 'scorecard');

export interface Installed {
  /** As `node20-red4.1`. */
  readonly name: string;
  /** Versions of Node.js and Node-RED, as far as install.sh asked for one. */
  readonly node: string;
  readonly red: string;
  /** Has that Node.js and that Node-RED in its node_modules. */
  readonly runtime: string;
  /** A Node-RED user directory with the package. */
  readonly user: string;
}

export const installed: readonly Installed[] = readdirSync(dir).flatMap((name) => {
  const [, node, red] = /^node([\d.]+)-red([\d.]+)$/.exec(name) ?? [];
  if (node === undefined || red === undefined) return [];
  return [{ name, node, red, runtime: join(dir, name, 'runtime'), user: join(dir, name, 'user') }];
});
