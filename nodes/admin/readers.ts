/**
 * Who may write routes need not be allowed to read them: of an answer he gets what became of his message, and no routes.
 */
import type { ChangeAnswer } from '../../src/controller/answers';
import type { Request } from './endpoints';

type Told = Pick<ChangeAnswer, 'status' | 'message' | 'changed' | 'warnings' | 'dry_run'>;

/** What Node-RED counts as the permission `mfc.read`. Asked itself, it would log a failed attempt. */
const READERS: readonly unknown[] = ['mfc.read', 'read', '*.read', '*'];

/** The answer as far as who asks may see it. */
export function readable(answer: ChangeAnswer, request: Request): ChangeAnswer | Told {
  if (mayRead(request)) return answer;
  const { status, message, changed, warnings, dry_run } = answer;
  return { status, message, changed, ...(warnings && { warnings }), ...(dry_run && { dry_run }) };
}

/** Passport notes the permissions of a user; without adminAuth there are no users, and everybody may. */
function mayRead(request: Request): boolean {
  const { authInfo } = request as { authInfo?: { scope?: unknown } };
  return (
    authInfo === undefined || [authInfo.scope].flat(Number.POSITIVE_INFINITY).some((scope) => READERS.includes(scope))
  );
}
