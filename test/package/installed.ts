/**
 * What install.sh has put into the directory that MFC_PACKAGE_DIR names.
 */
import { join } from 'node:path';
import { type Installed, readPairs } from './pairs';

export type { Installed } from './pairs';

const { MFC_PACKAGE_DIR: dir } = process.env;
if (!dir) throw new Error('Run: sh test/package/install.sh DIR, then set MFC_PACKAGE_DIR=DIR.');

export const tarball = join(dir, 'package.tgz');
/** What node-red-dev has said of it: `card.json` and `log`. */
export const scorecard = join(dir, 'scorecard');

export const installed: readonly Installed[] = readPairs(dir);
