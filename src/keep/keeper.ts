export interface Keeper {
  take(): Map<string, number>;
  keep(name: string, fd: number): Promise<void>;
  release(): Promise<void>;
  close(): void;
}
export interface KeeperOptions {
  id: string;
  directory: string;
  seconds: number;
}
export function openKeeper(_options: KeeperOptions): Promise<Keeper> {
  throw new Error('not here yet');
}
