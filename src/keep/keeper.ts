/**
 * What keeps descriptors open beyond this process.
 */

/** Keeps the descriptors of sockets open beyond this process. */
export interface Keeper {
  /** What an earlier process left, by name: descriptors of this process now, close-on-exec. They also stay kept. Empty after the first call. */
  take(): Map<string, number>;
  /**
   * Keeps a copy of `fd` under `name` from now on; one kept before under that name is let go. One socket has one name. Starts the
   * holder if it does not run. When this resolves, the socket is kept, whatever happens to this process. Throws MfcError.
   */
  keep(name: string, fd: number): Promise<void>;
  /**
   * From now on it is another controller's of this process, with these options; what is kept stays kept. Answers false, and changes
   * nothing, if that one has another id or directory, or if nothing is kept any more. Never throws: a holder that fails is told by `keep`.
   */
  goOnFor(options: KeeperOptions): Promise<boolean>;
  /** Keeps nothing any more: the store forgets, the holder ends. Safe to call twice. This process's descriptors stay open. */
  release(): Promise<void>;
  /** Forgets the connection without releasing: what is kept stays kept (the process is about to end). */
  close(): void;
}

export interface KeeperOptions {
  /** Tells the keeps of several controllers apart: the id of the config node. */
  id: string;
  /** Directory for the holder's socket: Node-RED's user directory. */
  directory: string;
  /** How long the holder keeps the sockets alone, seconds. */
  seconds: number;
}
