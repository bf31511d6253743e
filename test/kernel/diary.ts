// A listener that writes down what a watch tells it, one line each.

import type { IpVersion } from '../../src/abi/address';
import type { KernelEntry, WatchListener } from '../../src/kernel/kernel';

export class Diary implements WatchListener {
  /** `link eth1`, `made (10.0.0.1, 239.1.1.1)`, `gone …`, `owner 4`, `overflow`. */
  readonly lines: string[] = [];
  readonly entries: { entry: KernelEntry; gone: boolean }[] = [];

  link(name: string, ifindex: number): void {
    this.lines.push(`link ${name} ${ifindex}`);
  }

  entry(entry: KernelEntry, gone: boolean): void {
    this.entries.push({ entry, gone });
    this.lines.push(`${gone ? 'gone' : 'made'} (${entry.source}, ${entry.group})`);
  }

  ownerChanged(version: IpVersion): void {
    this.lines.push(`owner ${version}`);
  }

  overflow(): void {
    this.lines.push('overflow');
  }

  clear(): void {
    this.lines.length = 0;
    this.entries.length = 0;
  }
}
