/**
 * The saved routes: one JSON file per controller, `{"version": 1, "mfc_rules": […]}`, readable by its user only.
 *
 * Written whole and atomically (a new file, fsync, rename), so that a crash at any moment leaves the old or the new one. A file that
 * cannot be understood is set aside under another name, never overwritten. pymfcd's file, the same without version, is read as well.
 */
import { copyFile, mkdir, open, readFile, realpath, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MfcError } from '../errors';
import { Pace } from '../pace';
import { type Route, toSavedRule } from '../routing/route';

const VERSION = 1;
const MODE = 0o600;

/** What could be read; rules are not looked at here. */
export interface Loaded {
  rules: unknown[];
  /** Set if the file made no sense and was moved away. */
  broken?: MfcError;
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown[] | undefined {
  try {
    const file: unknown = JSON.parse(text);
    if (!isRecord(file) || !Array.isArray(file.mfc_rules)) return undefined;
    if (file.version !== undefined && file.version !== VERSION) return undefined;
    return file.mfc_rules;
  } catch {
    return undefined;
  }
}

export class StateFile {
  /** A route never changes, so its line is made once: a change among ten thousand routes costs one line, not all. */
  private readonly lines = new WeakMap<Route, string>();

  constructor(readonly path: string) {}

  /** No file means no routes. Throws ERR_MFC_STORE if there is one that cannot be read. */
  async load(): Promise<Loaded> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { rules: [] };
      throw this.fault('read', error, "Check the file's owner and rights. Nothing was changed.");
    }
    const rules = parse(text);
    if (rules !== undefined) return { rules };
    const aside = this.asideName();
    try {
      await rename(this.path, aside);
    } catch (error) {
      throw this.fault('set aside', error, 'It is broken. Move it away by hand.');
    }
    const broken = new MfcError('ERR_MFC_STORE', `The saved routes in ${this.path} are not readable as routes.`, {
      value: this.path,
      hint: `The file was kept as ${aside}. The controller starts without routes.`,
    });
    return { rules: [], broken };
  }

  /** Keeps a copy of the file as it is now, since a part of it is about to be dropped. Answers its name. */
  async keepCopy(): Promise<string> {
    const aside = this.asideName();
    try {
      await copyFile(this.path, aside);
    } catch (error) {
      throw this.fault('copy', error, 'Some of its routes are not valid, and it must not be lost.');
    }
    return aside;
  }

  /** Resolves when the routes are on the disk. Throws ERR_MFC_STORE; the file is as before then. */
  async save(routes: readonly Route[]): Promise<void> {
    const lines = await new Pace().map(routes, (route) => this.lineOf(route));
    const text = `{"version": ${VERSION}, "mfc_rules": [${lines.length > 0 ? `\n${lines.join(',\n')}\n` : ''}]}\n`;
    try {
      await mkdir(dirname(this.path), { recursive: true });
      await replaceFile(await realpath(this.path).catch(() => this.path), text);
    } catch (error) {
      throw this.fault('save', error, 'The change was undone. Free space or fix the rights, then send it again.');
    }
  }

  private lineOf(route: Route): string {
    let line = this.lines.get(route);
    if (line === undefined) {
      line = JSON.stringify(toSavedRule(route));
      this.lines.set(route, line);
    }
    return line;
  }

  private asideName(): string {
    return `${this.path}.broken-${new Date().toISOString().replaceAll(':', '-')}`;
  }

  private fault(verb: string, error: unknown, hint: string): MfcError {
    const errno = errnoOf(error);
    return new MfcError('ERR_MFC_STORE', `Could not ${verb} the routes' file ${this.path}: ${errno}.`, {
      errno,
      value: this.path,
      hint,
    });
  }
}

/** One name for the new file: what a crash leaves behind is overwritten by the next save. */
async function replaceFile(path: string, text: string): Promise<void> {
  const newer = `${path}.new`;
  const file = await open(newer, 'w', MODE);
  try {
    await file.chmod(MODE);
    await file.writeFile(text); // until all is written: a disk that is nearly full takes a part of it without an error
    await file.sync();
  } finally {
    await file.close();
  }
  await renameForGood(newer, path);
}

/** Lasts through a power failure. What can fail for want of files or rights fails before the rename: the file is as before then. */
async function renameForGood(from: string, to: string): Promise<void> {
  const directory = await open(dirname(to), 'r');
  try {
    await rename(from, to);
    await directory.sync();
  } finally {
    await directory.close();
  }
}
