/**
 * Who may write routes need not be allowed to read them: of an answer he gets what became of his message, and neither routes nor
 * addresses or interfaces that he has not named himself.
 */
import { type ChangeAnswer, oifName, type StateAnswer } from '../../src/controller/answers';
import type { Controller } from '../../src/controller/controller';
import { interfaces } from '../../src/controller/interfaces';
import { MfcError } from '../../src/errors';
import type { Request } from './endpoints';

type Told = Pick<ChangeAnswer, 'status' | 'message' | 'changed' | 'warnings' | 'dry_run'>;
type Hide = (text: string) => string;

/** What Node-RED counts as the permission `mfc.read`. Asked itself, it would log a failed attempt. */
const READERS: readonly unknown[] = ['mfc.read', 'read', '*.read', '*'];

/** What is in the place of what is not told. */
const HIDDEN = '…';

/** Changes something as a request asks for. Answers, and fails, as far as who asks may see it. */
export async function changeFor(
  request: Request,
  controller: Controller,
  change: () => Promise<ChangeAnswer>,
): Promise<ChangeAnswer | Told> {
  if (mayRead(request)) return change();
  try {
    const { status, message, changed, warnings, dry_run } = await change();
    const hide = await hiding(request.body, controller);
    const told = { status, message: hide(message), changed, ...(dry_run && { dry_run }) };
    return warnings === undefined ? told : { ...told, warnings: warnings.map(hide) };
  } catch (error) {
    throw error instanceof MfcError ? untold(error, await hiding(request.body, controller)) : error;
  }
}

/** Passport notes the permissions of a user; without adminAuth there are no users, and everybody may. */
function mayRead(request: Request): boolean {
  const { authInfo } = request as { authInfo?: { scope?: unknown } };
  return (
    authInfo === undefined || [authInfo.scope].flat(Number.POSITIVE_INFINITY).some((scope) => READERS.includes(scope))
  );
}

function untold({ code, what, cause: { hint, value, ...cause } }: MfcError, hide: Hide): MfcError {
  return new MfcError(code, hide(what), {
    ...cause,
    ...(value !== undefined && { value: typeof value === 'string' ? hide(value) : value }),
    ...(hint !== undefined && { hint: hide(hint) }),
  });
}

/** Whatever a sentence says: the names themselves are looked for. One that is not open has no routes to tell of. */
async function hiding(body: unknown, controller: Controller): Promise<Hide> {
  const named = new Set(wordsIn(body));
  const known = await controller.state({}).then(namesIn, () => []);
  const secrets = new Set([...known, ...interfaces().map(({ name }) => name)].filter((name) => !named.has(name)));
  if (secrets.size === 0) return (text) => text;
  const longestFirst = Array.from(secrets).sort((a, b) => b.length - a.length);
  // Names are whole words: 10.1.1.1 is not the beginning of 10.1.1.15.
  const pattern = `(?<!\\w|\\w[.:])(?:${longestFirst.map(quoted).join('|')})(?!\\w|[.:/]\\w)`;
  const names = new RegExp(pattern, 'g');
  return (text) => text.replace(names, HIDDEN);
}

function namesIn({ mfc_rules }: StateAnswer): string[] {
  return mfc_rules
    .flatMap(({ source, group, iif, oifs }) => [source, group, iif, ...oifs.map(oifName)])
    .filter((name) => name !== '*');
}

/** A message's own names. A label is free text, and names nothing. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === 'label' ? [] : wordsIn(one)));
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
