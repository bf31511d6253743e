/**
 * The config node as the other nodes and the admin endpoints know it.
 */
import type { Node, NodeDef } from 'node-red';
import type { Controller } from '../src/controller/controller';

export interface ControllerConfig extends NodeDef {
  /** Number of the routing table; blank is the kernel's default one. */
  table: string;
  /** Seconds between two readings of the counters; blank is the default. */
  meterInterval?: string | number;
  /** Whether routes outlive this process. */
  keepForwarding?: boolean;
  /** How long they do, seconds; blank is the default. */
  keepSeconds?: string | number;
  /** Interfaces where streams are seen that no route takes; blank for those of routes only. */
  watchInterfaces?: string;
  /** What messages may do; blank limits nothing. */
  allowedInterfaces?: string;
  allowedGroups?: string;
  allowedSources?: string;
  maxRoutes?: string | number;
  /** A JSON array of routes that messages cannot change. */
  reservedRoutes?: string;
  /** `refuse`, `warn` or `allow`. */
  loops?: string;
}

export interface ControllerNode extends Node {
  /** As the config has it. */
  table: string;
  /** Of a subflow's node: the id that it has in the subflow's definition. */
  readonly _alias?: string;
  /** Absent while no node uses this one. */
  controller?: Controller | undefined;
  /** The first user opens the controller. All users show its status. */
  register(user: Node): void;
  /** The last user leaves the controller parked: it may come back with the start of the flows. */
  unregister(user: Node): void;
  /** A message came too late. In a deploy the Catch nodes may be gone before it fails, so the log has to tell. */
  refused(): void;
}
