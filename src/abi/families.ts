/**
 * The family descriptor of an IP version.
 */
import type { IpVersion } from './address';
import type { Family } from './family';
import { ipv4 } from './ipv4';
import { ipv6 } from './ipv6';

export function familyOf(version: IpVersion): Family {
  return version === 4 ? ipv4 : ipv6;
}
