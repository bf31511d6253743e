/**
 * What the sidebar reads of the server's answers. The browser's code knows nothing else of the server; a test holds
 * these types against those of the controller.
 */

/** Of `GET mfc/interfaces`. */
export interface LiveInterface {
  readonly name: string;
  readonly up: boolean;
  /** It is up and has a carrier. */
  readonly running: boolean;
  readonly multicast: boolean;
  /** With their lengths: `10.1.1.1/24`. */
  readonly addresses: readonly string[];
}

/** What went wrong, in words for people. */
export interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Of `GET mfc/controllers`. */
export interface ControllerStatus {
  readonly id: string;
  readonly name: string;
  readonly state: 'open' | 'opening' | 'closed';
  /** Why it is closed. */
  readonly error?: ServerError;
}

export interface VifState {
  readonly vifi: number;
  readonly bits_in_per_second?: number;
  readonly bits_out_per_second?: number;
}

export type Oif = string | { readonly name: string; readonly threshold: number };

export interface RouteState {
  readonly source: string;
  readonly group: string;
  readonly iif: string;
  readonly oifs: readonly Oif[];
  readonly state: 'active' | 'pending' | 'degraded' | 'missing' | 'foreign';
  readonly reason?: string;
  readonly label?: string;
  readonly learnt?: true;
  /** Of a route that learns: how many streams it has entries for. */
  readonly streams?: number;
  /** The controller puts it in; messages cannot change it. */
  readonly reserved?: true;
  readonly alarm_state?: 'waiting' | 'ok' | 'lost';
  readonly packets_per_second?: number;
  readonly bits_per_second?: number;
  /** Packets that came in by another interface than the input, and were dropped. */
  readonly wrong_if_per_second?: number;
  /** Hosts open the outputs. */
  readonly members?: object;
  /** Seconds since the last packet. */
  readonly age?: number;
}

/** A stream that comes in and that no route takes. */
export interface UnroutedStream {
  readonly source: string;
  readonly group: string;
  readonly iif: string;
  /** ISO time. */
  readonly last_seen: string;
}

/** Of `GET mfc/controllers/:id/state`. */
export interface TableState {
  readonly vif_map: Readonly<Record<string, VifState>>;
  readonly vif6_map: Readonly<Record<string, VifState>>;
  readonly mfc_rules: readonly RouteState[];
  readonly unrouted: readonly UnroutedStream[];
  /** How many routes match; `mfc_rules` are the first of them. */
  readonly total?: number;
}

/** Of `POST mfc/controllers/:id/add` and `…/del`. */
export interface ChangeAnswer {
  readonly warnings?: readonly string[];
}
