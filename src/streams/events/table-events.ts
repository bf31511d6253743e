/**
 * Tells that the tables of a controller open, and why they do not.
 */
import type { IpVersion } from '../../abi/address';
import { MfcError, messageOf } from '../../errors';
import type { Events } from './events';

export class TableEvents {
  private readonly open = new Set<IpVersion>();
  /** Why the last attempt failed, as it was told. It is tried again and again, and told when the reason is another. */
  private told: string | undefined;

  constructor(private readonly events: Events) {}

  /** The table of a family is open, and what can be of the saved routes is in the kernel. */
  opened(version: IpVersion): void {
    this.open.add(version);
    this.told = undefined;
    this.events.emit('controller_open', { family: familyName(version) });
  }

  /** @param version undefined if it is about both families */
  failed(error: unknown, version: IpVersion | undefined): void {
    const reason = messageOf(error);
    const told = `${version} ${reason}`;
    if (told === this.told) return;
    this.told = told;
    this.events.emit('controller_closed', {
      ...(version === undefined ? {} : { family: familyName(version) }),
      reason,
      ...(error instanceof MfcError ? { code: error.code } : {}),
    });
  }

  /** The controller ends. */
  closed(): void {
    for (const version of this.open) {
      this.events.emit('controller_closed', { family: familyName(version), reason: 'The controller was closed.' });
    }
    this.open.clear();
  }
}

function familyName(version: IpVersion): string {
  return `ipv${version}`;
}
