// The process of a controller dies while somebody holds its sockets, who gives them to the next one.

import type { IpVersion } from '../../../src/abi/address';
import type { MrouteSocket } from '../../../src/kernel/kernel';
import type { Bench } from '../bench';

const VERSIONS = [4, 6] as const;

/** @param meanwhile what happens before the next one gets them */
export async function die(
  { kernel, controller }: Bench,
  meanwhile: () => void = () => undefined,
): Promise<Map<IpVersion, MrouteSocket>> {
  const holders = VERSIONS.flatMap((version) => {
    const fd = kernel.ownerFd(version);
    return fd === undefined ? [] : [{ version, holder: kernel.hold(fd) }];
  });
  kernel.kill();
  await controller.close();
  meanwhile();
  return new Map(
    holders.map(({ version, holder }) => {
      const socket = kernel.adoptMroute(version, undefined, holder.give());
      holder.letGo();
      return [version, socket];
    }),
  );
}
