/**
 * The names that descriptors have in the service manager's store: FDNAME= of sd_notify(3), at most 255 characters of ASCII, no colon.
 *
 *   mfc/ID/NAME/GENERATION/INODE    kept; the highest generation of a name counts
 *   mfc/ID/probe                    asks whether the store takes any more
 */

/** What a name says of its descriptor. */
export interface Stored {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  /** The socket's: tells that a descriptor is what its name says. */
  readonly inode: number;
}

export function storedName({ id, name, generation, inode }: Stored): string {
  return ['mfc', encodeURIComponent(id), encodeURIComponent(name), generation, inode].join('/');
}

export function probeName(id: string): string {
  return `mfc/${encodeURIComponent(id)}/probe`;
}

/** Undefined if the name is not one of ours, or that of a probe. */
export function readStoredName(text: string): Stored | undefined {
  const [, id, name, generation, inode] = /^mfc\/([^/]*)\/([^/]+)\/(\d+)\/(\d+)$/.exec(text) ?? [];
  if (id === undefined || name === undefined) return undefined;
  try {
    return {
      id: decodeURIComponent(id),
      name: decodeURIComponent(name),
      generation: Number(generation),
      inode: Number(inode),
    };
  } catch {
    return undefined;
  }
}
