/**
 * What a check of a field answers, and what it may ask.
 */

/** A sentence of the catalog and the values that are put into it. */
export interface Fault {
  readonly key: string;
  /** The fault inside, where the field has many things in it. */
  readonly why?: Fault;
  /** Which item of a list it is, from 1. */
  readonly n?: number;
  readonly [value: string]: unknown;
}

/** Reads another field of the node. Blank if only the server knows it. */
export type Other = (field: string) => string;

/** Undefined if nothing is wrong. */
export type Check = (value: string, other: Other) => Fault | undefined;
