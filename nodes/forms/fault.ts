/**
 * What is to be said of a field, as a sentence of the catalog and what is put in there.
 */
export interface Fault {
  readonly key: string;
  /** Another sentence in it. */
  readonly why?: Fault;
  readonly [value: string]: string | number | Fault | undefined;
}

/** The text of another field of the form; blank if it is blank, or if only the server knows it. */
export type Other = (field: string) => string;

/** Undefined if there is nothing to say of a text. */
export type Check = (value: string, other: Other) => Fault | undefined;
