/**
 * The pairs of Node.js and Node-RED that install.sh puts into a directory, each with this package.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Installed {
  /** As `node20.20.2-red4.1.15`. */
  readonly name: string;
  /** Versions of Node.js and Node-RED. */
  readonly node: string;
  readonly red: string;
  /** Has that Node.js and that Node-RED in its node_modules. */
  readonly runtime: string;
  /** A Node-RED user directory with the package. */
  readonly user: string;
}

export function readPairs(dir: string): Installed[] {
  return readdirSync(dir).flatMap((name) => {
    const [, node, red] = /^node([\d.]+)-red([\d.]+)$/.exec(name) ?? [];
    if (node === undefined || red === undefined) return [];
    return [{ name, node, red, runtime: join(dir, name, 'runtime'), user: join(dir, name, 'user') }];
  });
}
